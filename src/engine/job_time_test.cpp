// What time does to jobs: those that run for too long, wait with patience, or that nobody comes for.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::seconds;
constexpr auto kUrl = "http://origin/a.bin";

class Time : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    transport.serve(kUrl, content_);
  }
  const std::string content_ = patterned(300'000);
};

TEST_F(Time, a_job_that_runs_for_too_long_is_an_error_and_resume_gives_it_as_much_again) {
  transport.always(kUrl, {.stall_after = 1000});
  const JobId job = create_job();
  ASSERT_TRUE(change(job, {.maximum_download_time = seconds(100)}).ok());
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(99));
  EXPECT_EQ(state_of(job), JobState::transferring);
  loop.advance(seconds(2));
  ASSERT_EQ(state_of(job), JobState::error);
  EXPECT_EQ(snapshot(job)->job.error->error.code, BG_E_MAXDOWNLOAD_TIMEOUT);
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(99));
  EXPECT_EQ(state_of(job), JobState::transferring);
}

TEST_F(Time, waiting_does_not_count_and_a_restart_does_not_start_over) {
  transport.always(kUrl, {.stall_after = 1000});
  const JobId job = create_job();
  ASSERT_TRUE(change(job, {.maximum_download_time = seconds(100)}).ok());
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  loop.advance(seconds(1000));
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(60));
  ASSERT_TRUE(suspend(job).ok());
  loop.advance(seconds(1000));
  EXPECT_EQ(state_of(job), JobState::suspended);
  restart();
  EXPECT_EQ(snapshot(job)->job.downloading, seconds(60));
}

TEST_F(Time, more_patience_is_heeded_while_the_job_waits) {
  transport.always(kUrl, {.fail = FakeTransport::refused()});
  const JobId id = create_job();
  ASSERT_TRUE(add_file(id, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(change(id, {.minimum_retry_delay = seconds(600), .no_progress_timeout = seconds(700)}).ok());
  ASSERT_TRUE(resume(id).ok());
  loop.advance(seconds(665));
  ASSERT_EQ(state_of(id), JobState::transient_error);
  ASSERT_TRUE(change(id, {.no_progress_timeout = seconds(1'209'600)}).ok());
  loop.advance(seconds(300));
  EXPECT_EQ(state_of(id), JobState::transient_error);
}

TEST_F(Time, a_clock_that_is_set_makes_no_job_old) {
  const JobId job = start_job(kUrl, ApiView::delivery_optimization);
  const auto created = snapshot(job)->job.created;
  loop.advance(std::chrono::minutes(30));
  host.clock_set_by = std::chrono::hours(24 * 365);
  loop.advance(std::chrono::hours(3));
  EXPECT_TRUE(in_queue(job));
  EXPECT_EQ(snapshot(job)->job.created, created + std::chrono::hours(24 * 365));
  loop.advance(std::chrono::hours(24 * 31));
  EXPECT_FALSE(in_queue(job));
}

TEST_F(Time, jobs_nobody_comes_for_are_cancelled_after_their_time) {
  const JobId bits = start_job(kUrl);
  const JobId delivery = create_job(ApiView::delivery_optimization);
  ASSERT_TRUE(add_file(delivery, kUrl, "/dl/b.bin").ok());
  loop.advance(std::chrono::hours(24 * 29));
  ASSERT_TRUE(change(delivery, {.description = "touched"}).ok());
  EXPECT_TRUE(in_queue(delivery));
  loop.advance(std::chrono::hours(24 + 2));
  EXPECT_FALSE(in_queue(delivery)) << "30 days, whatever happened since";
  EXPECT_TRUE(in_queue(bits));
  ASSERT_TRUE(change(bits, {.description = "touched"}).ok());
  loop.advance(std::chrono::hours(24 * 89));
  EXPECT_TRUE(in_queue(bits));
  loop.advance(std::chrono::hours(24 + 2));
  EXPECT_FALSE(in_queue(bits));
  EXPECT_TRUE(files.temps().empty());
}

}  // namespace
}  // namespace dosvc
