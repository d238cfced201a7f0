// What happens when the queue itself can't be saved: callers hear of it, nothing is half done, and it goes on by
// itself.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Op = FakeFiles::Op;
constexpr auto kUrl = "http://origin/a.bin";

class StoreFailure : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    content_ = patterned(8 << 20);
    transport.serve(kUrl, content_);
  }
  static Error full() { return {HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::none, "full"}; }
  void slowly() {
    transport.set_chunk(1 << 20);
    transport.set_pace(milliseconds(200));
  }
  void expect_right_file(const JobId& job) {
    ASSERT_EQ(state_of(job), JobState::transferred);
    ASSERT_TRUE(complete(job).ok());
    EXPECT_TRUE(files.content("/dl/a.bin") == content_) << "wrong bytes";
  }
  Pending<CommandOutcome> begin(const JobId& job, JobCommand what) {
    return ask<CommandOutcome>([&](auto reply) { engine->command(user, job, what, reply); });
  }
  std::string content_;
};

TEST_F(StoreFailure, a_store_that_fails_is_an_error_to_the_caller_and_nothing_is_half_done) {
  const JobId job = create_job();
  store.fail_next_commit({HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::none, "full"});
  EXPECT_EQ(add_file(job, kUrl, "/dl/a.bin").error().code, HRESULT_FROM_WIN32(ERROR_DISK_FULL));
  EXPECT_EQ(snapshot(job)->progress.files_total, 0u);
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  store.fail_next_commit({HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::none, "full"});
  EXPECT_FALSE(resume(job).ok());
  EXPECT_EQ(state_of(job), JobState::suspended);
  ASSERT_TRUE(resume(job).ok());
  expect_right_file(job);

  store.fail_next_commit({HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::none, "full"});
  auto created = result_of<std::shared_ptr<JobView>>([&](auto reply) { engine->create_job(user, {}, reply); });
  EXPECT_FALSE(created.ok());
  EXPECT_TRUE(engine->list(user, false)->empty());
}

TEST_F(StoreFailure, the_first_bytes_of_a_job_cost_no_commit) {
  slowly();
  const JobId job = create_job();
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  const std::size_t before = store.commits();
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(store.commits(), before + 1);
  loop.advance(milliseconds(300));
  ASSERT_EQ(state_of(job), JobState::transferring);
  EXPECT_EQ(store.commits(), before + 1);
  crash_and_restart();
  loop.advance(seconds(10));
  expect_right_file(job);
}

TEST_F(StoreFailure, a_store_that_fails_for_a_while_in_mid_transfer_costs_only_time) {
  transport.set_chunk(50'000);
  transport.set_pace(std::chrono::milliseconds(300));
  const JobId job = start_job(kUrl);
  loop.advance(seconds(2));
  store.fail_commits(true);
  loop.advance(seconds(30));
  store.fail_commits(false);
  loop.advance(seconds(60));
  expect_right_file(job);
}

TEST_F(StoreFailure, a_failed_job_is_not_tried_in_a_tight_loop) {
  transport.always(kUrl, {.fail = FakeTransport::refused()});
  const JobId job = start_job(kUrl);
  ASSERT_EQ(state_of(job), JobState::transient_error);
  store.fail_commits(true);
  loop.advance(seconds(700));
  EXPECT_LT(store.reads(), 100u);
  store.fail_commits(false);
  transport.behave(kUrl);
  loop.advance(seconds(2000));
  expect_right_file(job);
}

TEST_F(StoreFailure, a_job_that_can_be_neither_saved_nor_read_back_goes_on_later) {
  slowly();
  const JobId job = start_job(kUrl);
  loop.advance(milliseconds(500));
  store.fail_commits(true);
  store.fail_load(Error{E_FAIL, ErrorContext::none, "io"});
  EXPECT_FALSE(change(job, {.description = "x"}).ok());
  loop.advance(seconds(60));
  store.fail_commits(false);
  store.fail_load(std::nullopt);
  loop.advance(seconds(100));
  expect_right_file(job);
}

TEST_F(StoreFailure, cancel_that_waits_for_the_disk_is_answered) {
  for (const char* name : {"x", "y"}) transport.serve(std::string("http://origin/") + name, std::string(1000, 'x'));
  const JobId job = create_job(ApiView::delivery_optimization);
  ASSERT_TRUE(add_file(job, "http://origin/x", "/dl/x").ok());
  ASSERT_TRUE(add_file(job, "http://origin/y", "/dl/y").ok());
  files.hold(Op::sync);
  ASSERT_TRUE(resume(job).ok());  // x is being synced, y waits for the next sync
  const auto cancelled = begin(job, JobCommand::cancel);
  loop.run_until_idle();
  store.fail_next_commit(full());
  files.release();
  loop.advance(seconds(100));
  EXPECT_TRUE(cancelled->has_value());
}

TEST_F(StoreFailure, two_cancels_and_a_failed_commit_end_the_job_once) {
  slowly();
  files.hold(Op::remove);
  transport.always(kUrl, {.stall_after = 1 << 20});
  const JobId job = start_job(kUrl);
  loop.advance(seconds(1));
  store.fail_next_commit(full());  // that of the halt's checkpoint
  const auto first = begin(job, JobCommand::cancel);
  loop.run_until_idle();
  const auto second = begin(job, JobCommand::cancel);
  loop.run_until_idle();
  files.release();
  loop.run_until_idle();
  ASSERT_TRUE(first->has_value() && second->has_value());
  EXPECT_FALSE(in_queue(job));
  EXPECT_TRUE(files.names().empty());
}

TEST_F(StoreFailure, a_failed_commit_during_complete_brings_no_file_back) {
  slowly();
  files.hold_answers(Op::remove);
  transport.always(kUrl, {.stall_after = 1 << 20});
  const JobId job = start_job(kUrl);
  loop.advance(seconds(1));
  store.fail_next_commit(full());
  const auto completed = begin(job, JobCommand::complete);
  loop.run_until_idle();
  loop.advance(seconds(6));
  files.release();
  loop.run_until_idle();
  ASSERT_TRUE(completed->has_value());
  EXPECT_TRUE((*completed)->ok());
  EXPECT_FALSE(in_queue(job));
  EXPECT_TRUE(files.names().empty());
}

TEST_F(StoreFailure, a_cancel_that_could_not_be_saved_leaves_a_job_that_goes_on) {
  slowly();
  const JobId job = start_job(kUrl);
  loop.advance(milliseconds(500));
  files.hold_answers(Op::remove);
  const auto cancelled = begin(job, JobCommand::cancel);
  loop.run_until_idle();
  store.fail_next_commit(full());
  files.release();
  loop.run_until_idle();
  ASSERT_TRUE(cancelled->has_value());
  EXPECT_FALSE((*cancelled)->ok());
  loop.advance(seconds(60));
  expect_right_file(job);
}

TEST_F(StoreFailure, a_new_file_with_the_old_ones_inode_number_is_not_taken_for_it) {
  slowly();
  transport.next(kUrl, {.cut_after = 6 << 20});
  transport.next(kUrl, {.ignore_range = true});  // a balancer's other server; the same version
  const JobId job = start_job(kUrl);
  loop.advance(milliseconds(950));
  ASSERT_FALSE(store.committed(job)->files[0].done.empty());
  store.fail_commits(true);  // kill -9 before the commit would be the same
  loop.advance(milliseconds(100));
  store.fail_commits(false);
  loop.advance(seconds(30));
  expect_right_file(job);
}

}  // namespace
}  // namespace dosvc
