// Complete and Cancel: what stays on disk, and what doesn't.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::seconds;
using Op = FakeFiles::Op;

class Finish : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    for (const char* name : {"a", "b", "c"}) transport.serve(url(name), std::string(200'000, name[0]));
  }
  static std::string url(const std::string& name) { return "http://origin/" + name; }
  JobId job_with(std::initializer_list<const char*> names, ApiView view = ApiView::bits) {
    const JobId job = create_job(view);
    for (const char* name : names) EXPECT_TRUE(add_file(job, url(name), std::string("/dl/") + name).ok());
    EXPECT_TRUE(resume(job).ok());
    return job;
  }
};

TEST_F(Finish, cancel_leaves_nothing_behind_when_it_answers) {
  transport.set_pace(seconds(1));
  const JobId job = job_with({"a", "b"});
  loop.advance(seconds(2));
  ASSERT_FALSE(files.temps().empty());
  ASSERT_EQ(cancel(job)->code, S_OK);
  EXPECT_TRUE(files.names().empty());
  EXPECT_EQ(state_of(job), JobState::cancelled);
  EXPECT_TRUE(store.committed().empty());
  EXPECT_TRUE(transport.open().empty());
}

TEST_F(Finish, cancel_waits_for_no_sync) {
  transport.set_pace(seconds(1));
  const JobId fetching = job_with({"a"});
  loop.advance(seconds(2));
  files.hold(Op::sync);
  EXPECT_TRUE(cancel(fetching).ok());
  transport.set_pace(seconds(0));
  const JobId settling = job_with({"b"});
  EXPECT_EQ(state_of(settling), JobState::transferring);
  EXPECT_TRUE(cancel(settling).ok());
  EXPECT_TRUE(files.names().empty());
  files.release();
  loop.run_until_idle();
  EXPECT_TRUE(files.names().empty());
}

TEST_F(Finish, cancel_of_a_transferred_job_deletes_its_files) {
  const JobId job = job_with({"a"});
  ASSERT_EQ(state_of(job), JobState::transferred);
  ASSERT_TRUE(cancel(job).ok());
  EXPECT_TRUE(files.names().empty());
}

TEST_F(Finish, cancel_while_a_temporary_file_is_being_made_leaves_nothing_behind) {
  files.hold(Op::open);
  const JobId job = job_with({"a"});
  const auto answer = ask<CommandOutcome>([&](auto reply) { engine->command(user, job, JobCommand::cancel, reply); });
  loop.run_until_idle();
  EXPECT_FALSE(answer->has_value());
  files.release();
  loop.run_until_idle();
  ASSERT_TRUE(answer->has_value());
  EXPECT_TRUE((*answer)->ok());
  EXPECT_TRUE(files.names().empty());
}

TEST_F(Finish, complete_in_the_middle_keeps_the_finished_files_and_deletes_the_rest) {
  transport.always(url("c"), {.stall_after = 100'000});
  const JobId job = job_with({"a", "b", "c"});
  ASSERT_EQ(state_of(job), JobState::transferring);
  EXPECT_EQ(complete(job)->code, BG_S_PARTIAL_COMPLETE);
  EXPECT_EQ(files.names(), (std::vector<std::string>{"/dl/a", "/dl/b"}));
  EXPECT_EQ(state_of(job), JobState::acknowledged);
}

TEST_F(Finish, complete_in_error_keeps_the_finished_files) {
  transport.always(url("b"), {.status = 404});
  const JobId job = job_with({"a", "b", "c"});
  ASSERT_EQ(state_of(job), JobState::error);
  EXPECT_EQ(complete(job)->code, BG_S_PARTIAL_COMPLETE);
  EXPECT_EQ(files.names(), (std::vector<std::string>{"/dl/a"}));
}

TEST_F(Finish, an_older_file_of_that_name_is_replaced) {
  files.make_file("/dl/a", "old");
  const JobId job = job_with({"a"});
  EXPECT_EQ(files.content("/dl/a"), "old");
  ASSERT_TRUE(complete(job).ok());
  EXPECT_EQ(files.content("/dl/a"), std::string(200'000, 'a'));
}

TEST_F(Finish, the_file_has_the_servers_time_and_the_programs_mode) {
  NewJob spec;
  spec.umask = 027;
  const JobId job = create_job(spec);
  ASSERT_TRUE(add_file(job, url("a"), "/dl/a").ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_TRUE(complete(job).ok());
  const auto inode = files.look("/dl/a");
  EXPECT_EQ(inode->mode, static_cast<mode_t>(0640));
  ASSERT_TRUE(inode->modified.has_value());
  EXPECT_EQ(inode->modified->time_since_epoch(), seconds(1893456000));  // Tue, 01 Jan 2030 00:00:00 GMT
}

TEST_F(Finish, after_a_failed_rename_the_job_stays_transferred_and_complete_works_again) {
  const JobId job = job_with({"a", "b", "c"});
  const std::string temp_b = file_snapshot(job, 1)->file.temp_name;
  files.fail(Op::publish, temp_b, {E_ACCESSDENIED, ErrorContext::local_file, "no"});
  EXPECT_EQ(complete(job).error().code, E_ACCESSDENIED);
  EXPECT_EQ(state_of(job), JobState::transferred);
  EXPECT_TRUE(files.exists("/dl/a"));
  EXPECT_EQ(file_snapshot(job, 0)->file.stage, FileStage::completed);
  EXPECT_EQ(file_snapshot(job, 1)->file.stage, FileStage::transferred);
  files.mend(Op::publish, temp_b);
  EXPECT_EQ(complete(job)->code, S_OK);
  EXPECT_EQ(files.names(), (std::vector<std::string>{"/dl/a", "/dl/b", "/dl/c"}));
}

TEST_F(Finish, a_crash_between_rename_and_record_is_no_loss) {
  const JobId job = job_with({"a", "b"});
  files.hold_answers(Op::publish);
  const auto answer = ask<CommandOutcome>([&](auto reply) { engine->command(user, job, JobCommand::complete, reply); });
  loop.run_until_idle();
  ASSERT_TRUE(files.exists("/dl/a"));
  crash_and_restart();
  files.release();
  EXPECT_EQ(state_of(job), JobState::transferred);
  EXPECT_EQ(complete(job)->code, S_OK);
  EXPECT_EQ(files.names(), (std::vector<std::string>{"/dl/a", "/dl/b"}));
}

// Nor is anything written for each of them: their rows go next.
TEST_F(Finish, the_names_of_all_files_cost_no_commit_but_that_which_forgets_the_job) {
  const JobId job = job_with({"a", "b"});
  const std::size_t before = store.commits();
  ASSERT_EQ(complete(job)->code, S_OK);
  EXPECT_EQ(store.commits() - before, 1u);
}

TEST_F(Finish, a_kill_half_way_through_cancel_leaves_a_job_that_can_be_fetched_again_or_cancelled) {
  const JobId job = job_with({"a"});
  ASSERT_EQ(state_of(job), JobState::transferred);
  files.hold_answers(Op::remove);
  (void)ask<CommandOutcome>([&](auto reply) { engine->command(user, job, JobCommand::cancel, reply); });
  loop.run_until_idle();
  crash_and_restart();
  files.release();
  EXPECT_EQ(complete(job).error().code, HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND));
  EXPECT_EQ(state_of(job), JobState::transferred);
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(state_of(job), JobState::transferred);
  EXPECT_EQ(complete(job)->code, S_OK);
  EXPECT_EQ(files.content("/dl/a"), std::string(200'000, 'a'));
}

TEST_F(Finish, temporary_files_that_stay_are_told) {
  transport.set_pace(seconds(1));
  const JobId job = job_with({"a"});
  loop.advance(seconds(1));
  files.fail(Op::remove, "", {E_ACCESSDENIED, ErrorContext::local_file, "no"});
  EXPECT_EQ(cancel(job)->code, BG_S_UNABLE_TO_DELETE_FILES);
  EXPECT_EQ(state_of(job), JobState::cancelled);
}

TEST_F(Finish, other_calls_wait_until_it_is_through) {
  const JobId job = job_with({"a"});
  files.hold(Op::publish);
  const auto completed =
      ask<CommandOutcome>([&](auto reply) { engine->command(user, job, JobCommand::complete, reply); });
  const auto cancelled =
      ask<CommandOutcome>([&](auto reply) { engine->command(user, job, JobCommand::cancel, reply); });
  loop.run_until_idle();
  EXPECT_FALSE(completed->has_value());
  EXPECT_FALSE(cancelled->has_value());
  files.release();
  loop.run_until_idle();
  ASSERT_TRUE(completed->has_value() && cancelled->has_value());
  EXPECT_TRUE((*completed)->ok());
  EXPECT_EQ((*cancelled)->error().code, BG_E_NOT_FOUND);
  EXPECT_TRUE(files.exists("/dl/a"));
}

TEST_F(Finish, a_whole_file_that_is_just_being_synced_is_kept_by_complete) {
  files.hold(Op::sync);
  const JobId job = job_with({"a"});
  const auto completed =
      ask<CommandOutcome>([&](auto reply) { engine->command(user, job, JobCommand::complete, reply); });
  loop.run_until_idle();
  files.release();
  loop.run_until_idle();
  ASSERT_TRUE(completed->has_value());
  EXPECT_EQ((**completed)->code, S_OK);
  EXPECT_TRUE(files.exists("/dl/a"));
}

TEST_F(Finish, what_the_store_still_holds_of_the_jobs_is_forgotten_soon_and_for_several_at_once) {
  for (int i = 0; i < 2; ++i) {
    const JobId first = job_with({"a"});
    const JobId second = job_with({"b"});
    ASSERT_TRUE(cancel(first).ok());
    loop.advance(seconds(9));
    EXPECT_TRUE(store.remembers_erased());
    ASSERT_TRUE(cancel(second).ok());
    loop.advance(seconds(1));
    EXPECT_FALSE(store.remembers_erased());
  }
}

TEST_F(Finish, a_commit_that_fails_keeps_the_job) {
  transport.always(url("a"), {.never_answer = true});
  const JobId job = job_with({"a"});
  store.fail_next_commit({HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::none, "full"});
  EXPECT_FALSE(cancel(job).ok());
  EXPECT_TRUE(in_queue(job));
  EXPECT_EQ(cancel(job)->code, S_OK);
}

}  // namespace
}  // namespace dosvc
