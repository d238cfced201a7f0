// What one user may have at a time. Each limit binds its user alone.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::minutes;

const HRESULT kQuota = HRESULT_FROM_WIN32(ERROR_DISK_QUOTA_EXCEEDED);
const HRESULT kTooManyFiles = HRESULT_FROM_WIN32(ERROR_NOT_ENOUGH_QUOTA);

class UserLimitsTest : public EngineFixture {
 protected:
  void SetUp() override {
    for (const char* name : {"a", "b", "c"}) transport.serve(url(name), std::string(100'000, *name));
    transport.set_chunk(10'000);
  }
  static std::string url(const std::string& name) { return "http://origin/" + name; }
  Result<std::shared_ptr<JobView>> create_as(const Caller& caller) {
    return result_of<std::shared_ptr<JobView>>([&](auto reply) { engine->create_job(caller, {}, reply); });
  }
  HRESULT created_as(const Caller& caller) {
    const auto view = create_as(caller);
    return view ? S_OK : view.error().code;
  }
  Result<std::uint32_t> add_as(const Caller& caller, const JobId& id, std::size_t count, const std::string& names) {
    std::vector<NewFile> list;
    for (std::size_t i = 0; i < count; ++i) list.push_back({url("a"), "/dl/" + names + std::to_string(i), {}, {}});
    return result_of<std::uint32_t>([&](auto reply) { engine->add_files(caller, id, list, reply); });
  }
  HRESULT added_as(const Caller& caller, const JobId& id, std::size_t count, const std::string& names) {
    const auto first = add_as(caller, id, count, names);
    return first ? S_OK : first.error().code;
  }
  HRESULT download_created_as(const Caller& caller) {
    NewJob spec;
    spec.view = ApiView::delivery_optimization;
    spec.download.emplace();
    const auto view = result_of<std::shared_ptr<JobView>>([&](auto reply) { engine->create_job(caller, spec, reply); });
    return view ? S_OK : view.error().code;
  }
  HRESULT error_of(const JobId& id) {
    const auto job = snapshot(id);
    return job && job->job.error ? job->job.error->error.code : S_OK;
  }
  UserLimits& limits() { return options.settings.limits; }

  const Caller other_{1001, false};
  const Caller root_{0, true};
};

TEST_F(UserLimitsTest, without_any_there_are_none) {
  start();
  for (int i = 0; i < 500; ++i) EXPECT_EQ(created_as(user), S_OK);
  EXPECT_TRUE(add_as(user, create_job(), 500, "many"));
}

TEST_F(UserLimitsTest, jobs_of_a_user_are_counted_from_their_making_to_their_end) {
  limits().jobs_per_user = 2;
  start();
  const JobId first = create_job();
  create_job();
  const auto refused = create_as(user);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, BG_E_TOO_MANY_JOBS_PER_USER);
  EXPECT_NE(refused.error().message.find("complete or cancel some"), std::string::npos);
  EXPECT_EQ(created_as(other_), S_OK);
  ASSERT_TRUE(cancel(first));
  EXPECT_EQ(created_as(user), S_OK);
  EXPECT_EQ(created_as(user), BG_E_TOO_MANY_JOBS_PER_USER);
  restart();
  EXPECT_EQ(created_as(user), BG_E_TOO_MANY_JOBS_PER_USER);
  EXPECT_EQ(created_as(other_), S_OK);
  EXPECT_EQ(created_as(other_), BG_E_TOO_MANY_JOBS_PER_USER);
}

TEST_F(UserLimitsTest, calls_that_come_together_are_counted_one_by_one) {
  limits().jobs_per_user = 2;
  start();
  std::vector<Pending<std::shared_ptr<JobView>>> asked;
  for (int i = 0; i < 4; ++i) {
    asked.push_back(ask<std::shared_ptr<JobView>>([&](auto reply) { engine->create_job(user, {}, reply); }));
  }
  const JobId job = (loop.run_until_idle(), (**asked.front())->get()->id());
  int made = 0;
  for (const auto& each : asked) made += (*each)->ok() ? 1 : 0;
  EXPECT_EQ(made, 2);

  engine->use({{{}, {}, 3, {}}, true, {}});
  std::vector<Pending<std::uint32_t>> added;
  for (int i = 0; i < 4; ++i) {
    const std::vector<NewFile> list{{url("a"), "/dl/" + std::to_string(i), {}, {}}};
    added.push_back(ask<std::uint32_t>([&](auto reply) { engine->add_files(user, job, list, reply); }));
  }
  loop.run_until_idle();
  made = 0;
  for (const auto& each : added) made += (*each)->ok() ? 1 : 0;
  EXPECT_EQ(made, 3);
}

TEST_F(UserLimitsTest, a_job_that_could_not_be_saved_is_not_counted) {
  limits().jobs_per_user = 1;
  start();
  store.fail_next_commit({HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::none, "full"});
  EXPECT_EQ(created_as(user), HRESULT_FROM_WIN32(ERROR_DISK_FULL));
  EXPECT_EQ(created_as(user), S_OK);
}

TEST_F(UserLimitsTest, administrators_are_not_bound_by_counts) {
  limits().jobs_per_user = 0;
  limits().files_per_job = 1;
  start();
  const auto made = create_as(root_);
  ASSERT_TRUE(made);
  EXPECT_EQ(created_as(user), BG_E_TOO_MANY_JOBS_PER_USER);
  EXPECT_TRUE(add_as(root_, (*made)->id(), 5, "roots"));
}

TEST_F(UserLimitsTest, a_job_that_is_taken_over_counts_for_its_new_owner) {
  limits().jobs_per_user = 1;
  start();
  const JobId job = create_job();
  const Caller admin{1002, true};
  ASSERT_TRUE(
      result_of<CommandOutcome>([&](auto reply) { engine->command(admin, job, JobCommand::take_ownership, reply); }));
  EXPECT_EQ(created_as(user), S_OK);
  EXPECT_EQ(created_as({1002, false}), BG_E_TOO_MANY_JOBS_PER_USER);
}

// They lie where he made them lie.
TEST_F(UserLimitsTest, the_bytes_of_a_job_that_is_taken_over_count_for_who_made_it) {
  limits().temporary_bytes_per_user = 150'000;
  start();
  const JobId first = start_job(url("a"));
  const JobId second = create_job();
  ASSERT_TRUE(add_as(user, second, 1, "second"));
  for (const JobId& job : {first, second}) {
    ASSERT_TRUE(
        result_of<CommandOutcome>([&](auto reply) { engine->command(root_, job, JobCommand::take_ownership, reply); }));
  }
  restart();
  user = root_;
  ASSERT_TRUE(resume(second));
  EXPECT_EQ(error_of(second), kQuota) << "root's own jobs are exempt, and this isn't one";
  user = {1000, false};
  EXPECT_EQ(error_of(start_job(url("b"))), kQuota);
  user = root_;
  ASSERT_TRUE(cancel(first));
  ASSERT_TRUE(resume(second));
  EXPECT_EQ(state_of(second), JobState::transferred);
}

TEST_F(UserLimitsTest, files_of_a_job_are_limited) {
  limits().files_per_job = 3;
  start();
  const JobId job = create_job();
  EXPECT_TRUE(add_as(user, job, 2, "x"));
  const auto refused = add_as(user, job, 2, "y");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, BG_E_TOO_MANY_FILES_IN_JOB);
  EXPECT_EQ(view_of(job)->files().size(), 2u) << "all or none";
  EXPECT_TRUE(add_as(user, job, 1, "z"));
  EXPECT_TRUE(add_as(user, create_job(), 3, "other"));
}

TEST_F(UserLimitsTest, files_of_all_a_users_jobs_are_counted_from_their_adding_to_the_jobs_end) {
  limits().files_per_user = 5;
  start();
  const JobId first = create_job();
  const JobId second = create_job();
  EXPECT_EQ(added_as(user, first, 3, "x"), S_OK);
  const auto refused = add_as(user, second, 3, "y");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, kTooManyFiles);
  EXPECT_NE(refused.error().message.find("limits.files_per_user"), std::string::npos) << refused.error().message;
  EXPECT_TRUE(view_of(second)->files().empty()) << "all or none";
  EXPECT_EQ(added_as(user, second, 2, "y"), S_OK);
  EXPECT_EQ(added_as(user, second, 1, "z"), kTooManyFiles);
  EXPECT_EQ(created_as(user), S_OK) << "a job has no files at first";
  const auto others = create_as(other_);
  ASSERT_TRUE(others);
  EXPECT_EQ(added_as(other_, (*others)->id(), 5, "o"), S_OK);
  restart();
  EXPECT_EQ(added_as(user, second, 1, "z"), kTooManyFiles);
  ASSERT_TRUE(cancel(first));
  EXPECT_EQ(added_as(user, second, 4, "many"), kTooManyFiles);
  EXPECT_EQ(added_as(user, second, 3, "some"), S_OK);
  ASSERT_TRUE(resume(second));
  loop.run_until_idle();
  ASSERT_EQ(state_of(second), JobState::transferred);
  EXPECT_EQ(added_as(user, second, 1, "z"), kTooManyFiles) << "what is transferred is still in the queue";
  ASSERT_TRUE(complete(second));
  EXPECT_EQ(added_as(user, create_job(), 5, "new"), S_OK);
}

TEST_F(UserLimitsTest, files_that_are_added_together_are_counted_over_all_jobs) {
  limits().files_per_user = 3;
  start();
  const std::vector<JobId> jobs{create_job(), create_job()};
  std::vector<Pending<std::uint32_t>> added;
  for (int i = 0; i < 4; ++i) {
    const std::vector<NewFile> list{{url("a"), "/dl/a" + std::to_string(i), {}, {}},
                                    {url("a"), "/dl/b" + std::to_string(i), {}, {}}};
    added.push_back(ask<std::uint32_t>([&](auto reply) { engine->add_files(user, jobs[i % 2], list, reply); }));
  }
  loop.run_until_idle();
  int made = 0;
  for (const auto& each : added) made += (*each)->ok() ? 1 : 0;
  EXPECT_EQ(made, 1);
}

TEST_F(UserLimitsTest, a_download_counts_for_one_file) {
  limits().files_per_user = 2;
  start();
  EXPECT_EQ(download_created_as(user), S_OK);
  EXPECT_EQ(download_created_as(user), S_OK);
  EXPECT_EQ(download_created_as(user), kTooManyFiles);
  EXPECT_EQ(download_created_as(other_), S_OK);
  EXPECT_EQ(download_created_as({1000, true}), S_OK) << "an administrator";
  EXPECT_EQ(created_as(user), S_OK) << "no file, also for one who has more than he may";
}

TEST_F(UserLimitsTest, files_that_could_not_be_saved_are_not_counted) {
  limits().files_per_user = 3;
  start();
  const JobId job = create_job();
  ASSERT_EQ(added_as(user, job, 1, "x"), S_OK);
  const Error full{HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::none, "full"};
  store.fail_next_commit(full);
  EXPECT_EQ(added_as(user, job, 2, "y"), full.code);
  store.fail_next_commit(full);
  EXPECT_EQ(download_created_as(user), full.code);
  EXPECT_EQ(added_as(user, job, 2, "y"), S_OK);
  EXPECT_EQ(added_as(user, job, 1, "z"), kTooManyFiles);
}

TEST_F(UserLimitsTest, files_of_a_job_that_is_taken_over_count_for_its_new_owner_and_bind_no_administrator) {
  limits().files_per_user = 2;
  start();
  const JobId kept = create_job();
  const JobId job = create_job();
  ASSERT_EQ(added_as(user, job, 2, "x"), S_OK);
  EXPECT_EQ(added_as(root_, job, 1, "y"), S_OK);
  ASSERT_TRUE(result_of<CommandOutcome>([&](auto reply) {
    engine->command({1002, true}, job, JobCommand::take_ownership, reply);
  }));
  EXPECT_EQ(added_as({1002, false}, job, 1, "z"), kTooManyFiles);
  EXPECT_EQ(added_as(user, kept, 2, "new"), S_OK);
}

TEST_F(UserLimitsTest, files_of_jobs_that_grew_too_old_are_not_counted) {
  limits().files_per_user = 2;
  start();
  ASSERT_EQ(added_as(user, create_job(), 2, "old"), S_OK);
  loop.advance(std::chrono::hours(24 * 60));
  const JobId young = create_job();
  EXPECT_EQ(added_as(user, young, 1, "new"), kTooManyFiles);
  loop.advance(std::chrono::hours(24 * 31));
  EXPECT_EQ(added_as(user, young, 2, "new"), S_OK);
}

TEST_F(UserLimitsTest, of_two_files_that_have_no_room_together_one_gets_through_and_then_the_other) {
  limits().temporary_bytes_per_user = 150'000;
  start();
  transport.set_pace(std::chrono::milliseconds(100));
  const JobId first = start_job(url("a"));
  loop.advance(std::chrono::milliseconds(150));
  const JobId second = start_job(url("b"));
  loop.advance(std::chrono::seconds(5));
  EXPECT_EQ(state_of(first), JobState::transferred);
  EXPECT_EQ(state_of(second), JobState::transient_error);
  EXPECT_EQ(error_of(second), kQuota);
  EXPECT_NE(snapshot(second)->job.error->error.message.find("user 1000"), std::string::npos);
  user = other_;
  const JobId others = start_job(url("c"));
  loop.advance(std::chrono::seconds(5));
  EXPECT_EQ(state_of(others), JobState::transferred) << "another user";
  user = {1000, false};
  loop.advance(minutes(15));
  EXPECT_EQ(state_of(second), JobState::transient_error) << "there is still no room";
  ASSERT_TRUE(complete(first));
  loop.advance(minutes(120));
  EXPECT_EQ(state_of(second), JobState::transferred);
  EXPECT_EQ(files.content(file_snapshot(second)->file.temp_name), std::string(100'000, 'b'));
}

TEST_F(UserLimitsTest, a_file_of_unknown_size_is_stopped_when_it_is_too_much_and_harms_none_that_was_let_in) {
  limits().temporary_bytes_per_user = 150'000;
  start();
  transport.set_pace(std::chrono::milliseconds(100));
  transport.always(url("b"), {.alter = [](ResponseHead& head) { head.content_length.reset(); }});
  const JobId known = start_job(url("a"));
  const JobId unknown = start_job(url("b"));
  loop.advance(std::chrono::seconds(5));
  EXPECT_EQ(state_of(known), JobState::transferred);
  EXPECT_EQ(state_of(unknown), JobState::transient_error);
  EXPECT_EQ(error_of(unknown), kQuota);
  EXPECT_GT(file_snapshot(unknown)->bytes_transferred, 0u);
}

TEST_F(UserLimitsTest, what_is_held_counts_after_a_restart_too_and_root_is_exempt) {
  limits().temporary_bytes_per_user = 150'000;
  start();
  const JobId first = start_job(url("a"));
  loop.run_until_idle();
  ASSERT_EQ(state_of(first), JobState::transferred);
  restart();
  const JobId second = start_job(url("b"));
  loop.run_until_idle();
  EXPECT_EQ(error_of(second), kQuota);
  user = root_;
  for (const char* name : {"a", "b"}) {
    const JobId roots = create_job();
    ASSERT_TRUE(add_file(roots, url(name), std::string("/dl/roots-") + name));
    ASSERT_TRUE(resume(roots));
    EXPECT_EQ(state_of(roots), JobState::transferred);
  }
}

TEST_F(UserLimitsTest, a_limit_that_is_lifted_while_the_service_runs_is_gone) {
  limits().temporary_bytes_per_user = 50'000;
  start();
  const JobId job = start_job(url("a"));
  loop.run_until_idle();
  EXPECT_EQ(error_of(job), kQuota);
  engine->use({});
  ASSERT_TRUE(resume(job));
  EXPECT_EQ(state_of(job), JobState::transferred);
}

}  // namespace
}  // namespace dosvc
