// JobError and JobTransferred, to the letter.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::seconds;
using Answer = RecordingListener::Answer;
constexpr auto kUrl = "http://origin/a.bin";

class JobErrorCallback : public EngineFixture {
 protected:
  void SetUp() override { start(); }

  std::shared_ptr<RecordingListener> listener() { return std::make_shared<RecordingListener>(loop); }
  // A job whose only file the server doesn't have: every run ends in ERROR.
  JobId failing_job(const std::shared_ptr<JobListener>& ear) {
    const JobId job = create_job();
    EXPECT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
    if (ear) {
      EXPECT_TRUE(set_listener(job, ear).ok());
    }
    EXPECT_TRUE(resume(job).ok());
    return job;
  }
};

TEST_F(JobErrorCallback, comes_once_when_it_is_taken) {
  const auto ear = listener();
  const JobId job = failing_job(ear);
  EXPECT_EQ(state_of(job), JobState::error);
  ASSERT_EQ(ear->heard.size(), 1u);
  EXPECT_EQ(ear->heard[0].kind, NotificationKind::error);
  ASSERT_TRUE(ear->heard[0].job->job.error.has_value());
  EXPECT_EQ(ear->heard[0].job->job.error->error.code, BG_E_HTTP_ERROR_404);
  EXPECT_EQ(ear->heard[0].job->job.error->file, 0u);
  loop.advance(std::chrono::hours(24));
  EXPECT_EQ(ear->heard.size(), 1u);
}

TEST_F(JobErrorCallback, comes_again_after_1_2_4_up_to_60_seconds_until_it_is_taken) {
  const auto ear = listener();
  ear->otherwise = Answer::refused;
  const auto began = loop.now();
  failing_job(ear);
  std::vector<long> at;
  for (std::size_t told = 1; at.size() < 9; ++told) {
    ASSERT_EQ(ear->heard.size(), told);
    at.push_back(std::chrono::duration_cast<seconds>(loop.now() - began).count());
    ASSERT_TRUE(loop.next_timer().has_value());
    loop.advance(*loop.next_timer() - loop.now());
  }
  EXPECT_EQ(at, (std::vector<long>{0, 1, 3, 7, 15, 31, 63, 123, 183}));
  ear->otherwise = Answer::taken;
  loop.advance(seconds(61));
  const std::size_t told = ear->heard.size();
  loop.advance(seconds(3600));
  EXPECT_EQ(ear->heard.size(), told);
}

TEST_F(JobErrorCallback, is_not_repeated_while_the_program_has_not_answered) {
  const auto ear = listener();
  ear->otherwise = Answer::never;
  failing_job(ear);
  loop.advance(seconds(3600));
  EXPECT_EQ(ear->heard.size(), 1u);
}

TEST_F(JobErrorCallback, never_comes_for_a_transient_error) {
  transport.always(kUrl, {.fail = FakeTransport::refused()});
  const auto ear = listener();
  const JobId job = failing_job(ear);
  EXPECT_EQ(state_of(job), JobState::transient_error);
  EXPECT_TRUE(snapshot(job)->job.error.has_value());
  loop.advance(std::chrono::hours(10));
  EXPECT_EQ(state_of(job), JobState::transient_error);
  EXPECT_TRUE(ear->heard.empty());
}

TEST_F(JobErrorCallback, comes_when_the_no_progress_timeout_turns_a_transient_error_into_an_error) {
  transport.always(kUrl, {.fail = FakeTransport::refused()});
  const auto ear = listener();
  const JobId job = create_job();
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(set_listener(job, ear).ok());
  ASSERT_TRUE(change(job, {.minimum_retry_delay = seconds(60), .no_progress_timeout = seconds(600)}).ok());
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(595));
  EXPECT_EQ(state_of(job), JobState::transient_error);
  EXPECT_TRUE(ear->heard.empty());
  loop.advance(seconds(10));
  EXPECT_EQ(state_of(job), JobState::error);
  ASSERT_EQ(ear->heard.size(), 1u);
  EXPECT_EQ(ear->heard[0].job->job.error->error.code, FakeTransport::refused().error.code);
}

TEST_F(JobErrorCallback, comes_when_the_timeout_is_shortened_while_the_job_waits) {
  transport.always(kUrl, {.fail = FakeTransport::refused()});
  const auto ear = listener();
  const JobId now = failing_job(ear);
  ASSERT_EQ(state_of(now), JobState::transient_error);
  ASSERT_TRUE(change(now, {.no_progress_timeout = seconds(0)}).ok());
  EXPECT_EQ(state_of(now), JobState::error);
  EXPECT_EQ(ear->count(NotificationKind::error), 1u);

  const JobId soon = failing_job(ear);
  ASSERT_TRUE(change(soon, {.no_progress_timeout = seconds(100)}).ok());
  EXPECT_EQ(state_of(soon), JobState::transient_error);
  loop.advance(seconds(101));
  EXPECT_EQ(state_of(soon), JobState::error);
  EXPECT_EQ(ear->count(NotificationKind::error), 2u);
}

TEST_F(JobErrorCallback, a_second_fatal_error_calls_again) {
  const auto ear = listener();
  const JobId job = failing_job(ear);
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(ear->count(NotificationKind::error), 2u);
}

TEST_F(JobErrorCallback, stops_when_the_job_leaves_error) {
  const auto ear = listener();
  ear->otherwise = Answer::refused;
  const JobId job = failing_job(ear);
  ASSERT_TRUE(suspend(job).ok());
  const auto told = ear->heard.size();
  loop.advance(seconds(3600));
  EXPECT_EQ(ear->heard.size(), told);
}

TEST_F(JobErrorCallback, stops_when_the_flag_or_the_interface_goes) {
  const auto ear = listener();
  ear->otherwise = Answer::refused;
  const JobId job = failing_job(ear);
  ASSERT_TRUE(change(job, {.notify_flags = kNotifyTransferred}).ok());
  loop.advance(seconds(3600));
  EXPECT_EQ(ear->heard.size(), 1u);
  ASSERT_TRUE(change(job, {.notify_flags = kNotifyTransferred | kNotifyError}).ok());
  EXPECT_EQ(ear->heard.size(), 2u);
  ASSERT_TRUE(set_listener(job, nullptr).ok());
  loop.advance(seconds(3600));
  EXPECT_EQ(ear->heard.size(), 2u);
}

TEST_F(JobErrorCallback, disable_silences_everything) {
  const auto ear = listener();
  const JobId job = create_job();
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(set_listener(job, ear).ok());
  ASSERT_TRUE(change(job, {.notify_flags = kNotifyError | kNotifyDisable | kNotifyModification}).ok());
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(state_of(job), JobState::error);
  EXPECT_TRUE(ear->heard.empty());
  EXPECT_EQ(ear->modifications, 0u);
}

TEST_F(JobErrorCallback, a_new_interface_gets_what_the_old_one_did_not_take) {
  const auto old_ear = listener();
  old_ear->otherwise = Answer::never;
  const JobId job = failing_job(old_ear);
  ASSERT_EQ(old_ear->heard.size(), 1u);
  const auto new_ear = listener();
  ASSERT_TRUE(set_listener(job, new_ear).ok());
  EXPECT_EQ(new_ear->count(NotificationKind::error), 1u);
  loop.advance(seconds(3600));
  EXPECT_EQ(old_ear->heard.size(), 1u);
  EXPECT_EQ(new_ear->heard.size(), 1u);
}

TEST_F(JobErrorCallback, one_that_registers_late_hears_of_it_too) {
  const JobId job = failing_job(nullptr);
  const auto ear = listener();
  ASSERT_TRUE(set_listener(job, ear).ok());
  EXPECT_EQ(ear->count(NotificationKind::error), 1u);
}

TEST_F(JobErrorCallback, the_error_object_lives_until_the_job_is_transferring_again) {
  const JobId job = failing_job(nullptr);
  EXPECT_TRUE(snapshot(job)->job.error.has_value());
  transport.serve(kUrl, "content");
  transport.next(kUrl, {.by_hand = true});
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(state_of(job), JobState::connecting);
  EXPECT_TRUE(snapshot(job)->job.error.has_value());
  transport.open(kUrl)->answer();
  loop.run_until_idle();
  EXPECT_EQ(state_of(job), JobState::transferring);
  EXPECT_FALSE(snapshot(job)->job.error.has_value());
}

TEST_F(JobErrorCallback, after_a_restart_the_job_is_still_in_error_and_tells_whoever_registers) {
  const JobId job = failing_job(nullptr);
  const auto before = snapshot(job)->job.error;
  crash_and_restart();
  EXPECT_EQ(state_of(job), JobState::error);
  EXPECT_EQ(snapshot(job)->job.error, before);
  const auto ear = listener();
  ASSERT_TRUE(set_listener(job, ear).ok());
  EXPECT_EQ(ear->count(NotificationKind::error), 1u);
}

TEST_F(JobErrorCallback, job_transferred_keeps_the_same_contract) {
  transport.serve(kUrl, "content");
  const auto ear = listener();
  ear->script = {Answer::refused, Answer::refused, Answer::taken};
  const JobId job = failing_job(ear);
  EXPECT_EQ(state_of(job), JobState::transferred);
  EXPECT_EQ(ear->count(NotificationKind::transferred), 1u);
  loop.advance(seconds(1));
  EXPECT_EQ(ear->count(NotificationKind::transferred), 2u);
  loop.advance(seconds(2));
  EXPECT_EQ(ear->count(NotificationKind::transferred), 3u);
  loop.advance(seconds(3600));
  EXPECT_EQ(ear->count(NotificationKind::transferred), 3u);
}

TEST_F(JobErrorCallback, is_heard_only_after_the_state_is_on_disk) {
  const JobId job = create_job();
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  const auto ear = listener();
  ASSERT_TRUE(set_listener(job, ear).ok());
  transport.always(kUrl, {.by_hand = true});
  ASSERT_TRUE(resume(job).ok());
  store.fail_commits(true);
  transport.open(kUrl)->answer(ResponseHead{.status = 404});
  loop.run_until_idle();
  EXPECT_TRUE(ear->heard.empty());
  store.fail_commits(false);
  transport.always(kUrl, {.status = 404});
  loop.advance(seconds(10));
  EXPECT_EQ(state_of(job), JobState::error);
  EXPECT_EQ(ear->heard.size(), 1u);
}

TEST_F(JobErrorCallback, modifications_are_coalesced_and_never_repeated) {
  transport.serve(kUrl, std::string(1'000'000, 'x'));
  transport.set_chunk(10'000);
  transport.set_pace(std::chrono::milliseconds(50));
  const JobId job = create_job();
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  const auto ear = listener();
  ASSERT_TRUE(set_listener(job, ear).ok());
  ASSERT_TRUE(change(job, {.notify_flags = kNotifyModification}).ok());
  ear->modifications = 0;
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(4));
  EXPECT_EQ(state_of(job), JobState::transferring);
  EXPECT_GE(ear->modifications, 4u);
  EXPECT_LE(ear->modifications, 10u);
  EXPECT_TRUE(ear->heard.empty());
}

}  // namespace
}  // namespace dosvc
