// Jobs of users who have logged off, where the policy lets them wait.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class OwnerPresence : public EngineFixture {
 protected:
  void SetUp() override {
    options.settings.run_when_logged_off = false;
    start();
    transport.serve("http://origin/a.bin", std::string(1 << 20, 'a'));
    transport.serve("http://origin/b.bin", std::string(1 << 20, 'b'));
  }
  void here(std::set<uid_t> users) {
    engine->set_presence({std::move(users)});
    loop.run_until_idle();
  }
  JobId start_slowly() {
    transport.set_chunk(64 << 10);
    transport.set_pace(milliseconds(100));
    const JobId job = start_job("http://origin/a.bin");
    loop.advance(milliseconds(500));
    EXPECT_EQ(state_of(job), JobState::transferring);
    return job;
  }
  void expect_waits_for_log_on(const JobId& job) {
    EXPECT_EQ(state_of(job), JobState::queued);
    EXPECT_EQ(snapshot(job)->wait, WaitReason::log_on);
  }
};

TEST_F(OwnerPresence, a_running_job_waits_while_its_owner_is_away_and_goes_on_from_where_it_was) {
  here({1000});
  const JobId job = start_slowly();
  here({});
  expect_waits_for_log_on(job);
  const std::uint64_t bytes = snapshot(job)->progress.bytes_transferred;
  EXPECT_GT(bytes, 0u);
  loop.advance(hours(24));
  expect_waits_for_log_on(job);
  EXPECT_EQ(snapshot(job)->progress.bytes_transferred, bytes);
  here({1000});
  EXPECT_NE(snapshot(job)->wait, WaitReason::log_on);
  loop.advance(seconds(5));
  EXPECT_EQ(state_of(job), JobState::transferred);
}

TEST_F(OwnerPresence, while_nobody_can_tell_all_count_as_there) {
  const JobId job = start_job("http://origin/a.bin");
  loop.run_until_idle();
  EXPECT_EQ(state_of(job), JobState::transferred);
}

TEST_F(OwnerPresence, accounts_of_the_system_are_always_there) {
  here({});
  user.uid = 999;
  const JobId job = start_job("http://origin/a.bin");
  loop.run_until_idle();
  EXPECT_EQ(state_of(job), JobState::transferred);
}

TEST_F(OwnerPresence, one_who_is_away_stops_nobody_else) {
  here({1001});
  const JobId waits = start_job("http://origin/a.bin");
  expect_waits_for_log_on(waits);
  const Caller owner = std::exchange(user, Caller{1001, false});
  const JobId runs = start_job("http://origin/b.bin");
  loop.run_until_idle();
  EXPECT_EQ(state_of(runs), JobState::transferred);
  user = owner;
  expect_waits_for_log_on(waits);
}

TEST_F(OwnerPresence, a_retry_that_is_due_waits_as_well_and_that_is_no_lack_of_progress) {
  here({1000});
  transport.always("http://origin/a.bin", {.fail = FakeTransport::refused()});
  const JobId job = start_job("http://origin/a.bin", ApiView::delivery_optimization);
  EXPECT_EQ(state_of(job), JobState::transient_error);
  here({});
  EXPECT_EQ(state_of(job), JobState::transient_error);
  loop.advance(hours(48));
  expect_waits_for_log_on(job);
  here({1000});
  EXPECT_EQ(state_of(job), JobState::transient_error);
}

TEST_F(OwnerPresence, the_policy_counts_at_once_when_it_changes) {
  here({});
  const JobId job = start_job("http://origin/a.bin");
  expect_waits_for_log_on(job);
  ServiceSettings run;
  run.run_when_logged_off = true;
  engine->use(run);
  loop.run_until_idle();
  EXPECT_EQ(state_of(job), JobState::transferred);
}

TEST_F(OwnerPresence, after_a_start_it_is_told_anew_and_holds_what_the_queue_had) {
  here({});
  const JobId job = start_job("http://origin/a.bin");
  stop();
  auto started = start_engine({loop, store, transport, files, host, programs}, options);
  ASSERT_TRUE(started.ok());
  engine = std::move(started).take();
  engine->set_presence({std::set<uid_t>{}});  // before its first turn
  loop.run_until_idle();
  expect_waits_for_log_on(job);
}

TEST_F(OwnerPresence, it_can_still_be_suspended_completed_and_cancelled) {
  here({});
  const JobId suspended = start_job("http://origin/a.bin");
  ASSERT_TRUE(suspend(suspended).ok());
  EXPECT_EQ(snapshot(suspended)->wait, WaitReason::resume_call);
  ASSERT_TRUE(resume(suspended).ok());
  expect_waits_for_log_on(suspended);
  ASSERT_TRUE(cancel(suspended).ok());
  here({1000});
  EXPECT_FALSE(in_queue(suspended));
}

TEST_F(OwnerPresence, a_job_that_was_taken_over_waits_for_its_new_owner) {
  here({1001});
  const JobId job = start_job("http://origin/a.bin");
  expect_waits_for_log_on(job);
  const Caller taker{1001, true};
  ASSERT_TRUE(result_of<CommandOutcome>([&](auto reply) {
                engine->command(taker, job, JobCommand::take_ownership, reply);
              }).ok());
  user = taker;
  EXPECT_EQ(state_of(job), JobState::transferred);
}

}  // namespace
}  // namespace dosvc
