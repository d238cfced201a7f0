// What becomes of jobs when the network goes and comes back.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
constexpr auto kUrl = "http://origin/a.bin";

class Network : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    content_ = patterned(1'000'000);
    transport.serve(kUrl, content_);
    transport.set_chunk(50'000);
    transport.set_pace(milliseconds(500));
  }
  void network(NetworkState state) {
    engine->set_network(state);
    loop.run_until_idle();
  }
  void expect_right_file(const JobId& job) {
    ASSERT_EQ(state_of(job), JobState::transferred);
    ASSERT_TRUE(complete(job).ok());
    EXPECT_EQ(files.content("/dl/a.bin"), content_);
  }
  std::string content_;
};

TEST_F(Network, a_running_job_stops_at_once_and_goes_on_at_once_where_it_was) {
  const JobId job = start_job(kUrl);
  loop.advance(seconds(3));
  ASSERT_EQ(state_of(job), JobState::transferring);
  network(NetworkState::lost);
  ASSERT_EQ(state_of(job), JobState::transient_error);
  EXPECT_TRUE(transport.open().empty());
  const auto shot = snapshot(job);
  EXPECT_EQ(shot->wait, WaitReason::network);
  EXPECT_FALSE(shot->next_attempt) << "no time brings it back";
  EXPECT_EQ(shot->job.error->error.code, BG_E_NETWORK_DISCONNECTED);
  EXPECT_EQ(shot->job.error->file, 0u);
  EXPECT_EQ(shot->job.error_count, 0u);
  const auto bytes = shot->progress.bytes_transferred;
  EXPECT_GT(bytes, 0u);
  loop.advance(hours(5));
  EXPECT_EQ(state_of(job), JobState::transient_error);
  EXPECT_EQ(transport.requests().size(), 1u) << "it isn't tried meanwhile";

  network(NetworkState::there);
  EXPECT_TRUE(is_running(*state_of(job)));
  EXPECT_EQ(transport.requests().size(), 2u);
  EXPECT_EQ(transport.requests().back().asked.offset, bytes);
  EXPECT_EQ(transport.distrusted, 1u);
  loop.advance(seconds(20));
  expect_right_file(job);
}

TEST_F(Network, a_request_that_is_made_only_once_may_outlive_a_short_loss) {
  const JobId job = create_job();
  JobChange post;
  post.method = "POST";
  ASSERT_TRUE(change(job, post).ok());
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(3));
  network(NetworkState::lost);
  EXPECT_EQ(state_of(job), JobState::transferring);
  network(NetworkState::there);
  loop.advance(seconds(20));
  expect_right_file(job);
}

TEST_F(Network, jobs_that_wait_for_their_turn_are_not_begun) {
  network(NetworkState::lost);
  const JobId job = start_job(kUrl);
  EXPECT_EQ(state_of(job), JobState::queued);
  EXPECT_EQ(snapshot(job)->wait, WaitReason::network);
  EXPECT_FALSE(snapshot(job)->job.error);
  loop.advance(hours(24 * 20));  // longer than its no-progress timeout: it hasn't failed
  EXPECT_EQ(state_of(job), JobState::queued);
  EXPECT_TRUE(transport.requests().empty());
  network(NetworkState::there);
  loop.advance(seconds(20));
  expect_right_file(job);
}

TEST_F(Network, what_is_on_this_machine_needs_none) {
  for (const std::string url : {"http://127.0.0.1:81/a.bin", "http://[::1]/a.bin", "http://localhost/a.bin"}) {
    transport.serve(url, content_);
    network(NetworkState::there);
    const JobId job = start_job(url);
    loop.advance(seconds(1));
    network(NetworkState::lost);
    EXPECT_TRUE(is_running(*state_of(job))) << url;
    loop.advance(seconds(20));
    expect_right_file(job);
    const JobId next = start_job(url);
    loop.advance(seconds(20));
    expect_right_file(next);
  }
}

TEST_F(Network, those_that_could_not_connect_are_tried_again_on_a_new_one_and_no_others) {
  transport.next(kUrl, {.fail = FakeTransport::refused()});
  const JobId refused = start_job(kUrl);
  transport.always("http://busy/x", {.status = 429});
  const JobId busy = start_job("http://busy/x");
  files.fail_once(FakeFiles::Op::open, "", {HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::local_file, "full"});
  transport.serve("http://origin/b", "b");
  const JobId full = start_job("http://origin/b");
  for (const JobId& job : {refused, busy, full}) ASSERT_EQ(state_of(job), JobState::transient_error);
  network(NetworkState::lost);
  EXPECT_EQ(snapshot(refused)->wait, WaitReason::retry) << "it waits for its time as before";
  const std::size_t before = transport.requests().size();
  network(NetworkState::there);
  EXPECT_TRUE(is_running(*state_of(refused)));
  EXPECT_EQ(transport.requests().size(), before + 1);
  for (const JobId& job : {busy, full}) EXPECT_EQ(state_of(job), JobState::transient_error);
}

TEST_F(Network, a_connection_that_fails_before_the_loss_was_told_counts_as_lost) {
  transport.always(kUrl, {.by_hand = true});
  const JobId job = start_job(kUrl);
  network(NetworkState::lost);
  ASSERT_EQ(state_of(job), JobState::transient_error);
  network(NetworkState::there);
  ASSERT_EQ(state_of(job), JobState::connecting);
  EXPECT_EQ(snapshot(job)->job.error_count, 0u);
}

TEST_F(Network, no_network_for_too_long_is_an_error_that_says_so) {
  const JobId job = create_job(ApiView::delivery_optimization);
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(change(job, {.no_progress_timeout = seconds(1000)}).ok());
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(2));
  network(NetworkState::lost);
  loop.advance(seconds(990));
  EXPECT_EQ(state_of(job), JobState::transient_error);
  ASSERT_TRUE(change(job, {.no_progress_timeout = seconds(2000)}).ok());
  loop.advance(seconds(1000));
  EXPECT_EQ(state_of(job), JobState::transient_error);
  EXPECT_EQ(snapshot(job)->wait, WaitReason::network);
  loop.advance(seconds(20));
  ASSERT_EQ(state_of(job), JobState::error);
  EXPECT_EQ(snapshot(job)->job.error->error.code, BG_E_NETWORK_DISCONNECTED);
  EXPECT_EQ(snapshot(job)->job.error_count, 1u);
  network(NetworkState::there);
  EXPECT_EQ(state_of(job), JobState::error) << "the program must act";
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(20));
  expect_right_file(job);
}

TEST_F(Network, a_program_acts_on_a_job_that_waits_for_it) {
  const JobId job = start_job(kUrl);
  loop.advance(seconds(1));
  network(NetworkState::lost);
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(state_of(job), JobState::queued);
  EXPECT_EQ(snapshot(job)->wait, WaitReason::network);
  ASSERT_TRUE(suspend(job).ok());
  network(NetworkState::there);
  EXPECT_EQ(state_of(job), JobState::suspended);
  ASSERT_TRUE(cancel(job).ok());
  EXPECT_TRUE(files.temps().empty());
}

TEST_F(Network, all_of_many_go_on) {
  network(NetworkState::lost);
  std::vector<JobId> jobs;
  for (int i = 0; i < 1000; ++i) jobs.push_back(start_job(kUrl + std::to_string(i)));  // 404 in the end
  for (const JobId& job : jobs) ASSERT_EQ(snapshot(job)->wait, WaitReason::network);
  network(NetworkState::there);
  loop.advance(seconds(60));
  for (const JobId& job : jobs) ASSERT_EQ(state_of(job), JobState::error);
}

TEST_F(Network, what_has_arrived_whole_is_finished_without_one) {
  transport.set_pace({});
  files.hold(FakeFiles::Op::sync);
  const JobId job = start_job(kUrl);
  ASSERT_EQ(state_of(job), JobState::transferring);
  network(NetworkState::lost);
  files.release();
  loop.run_until_idle();
  expect_right_file(job);
}

// ---- Sleep of the machine ----

TEST_F(Network, after_a_sleep_transfers_are_asked_for_anew_at_once) {
  transport.next(kUrl, {.stall_after = 100'000});  // nobody is at the other end any more
  const JobId job = start_job(kUrl);
  loop.advance(seconds(2));
  ASSERT_EQ(transport.requests().size(), 1u);
  host.slept = hours(8);
  loop.advance(seconds(2));
  EXPECT_EQ(transport.requests().size(), 2u);
  EXPECT_EQ(transport.requests().back().asked.offset, 100'000u);
  EXPECT_EQ(transport.distrusted, 1u);
  EXPECT_EQ(snapshot(job)->job.error_count, 0u);
  loop.advance(seconds(20));
  EXPECT_EQ(transport.requests().size(), 2u) << "once";
  expect_right_file(job);
}

TEST_F(Network, sleep_is_no_lack_of_progress) {
  transport.always(kUrl, {.fail = FakeTransport::refused()});
  const JobId job = create_job(ApiView::delivery_optimization);
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(change(job, {.minimum_retry_delay = seconds(300), .no_progress_timeout = seconds(1000)}).ok());
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(100));
  host.slept += hours(8);
  loop.advance(hours(8));  // while it slept, no timer fired in truth; they do now
  EXPECT_EQ(state_of(job), JobState::transient_error) << "its time is not over";
  loop.advance(seconds(1000));
  EXPECT_EQ(state_of(job), JobState::error);
}

TEST_F(Network, the_clock_on_the_wall_moves_no_timeout) {
  transport.always(kUrl, {.fail = FakeTransport::refused()});
  const JobId job = create_job(ApiView::delivery_optimization);
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(change(job, {.minimum_retry_delay = seconds(300), .no_progress_timeout = seconds(1000)}).ok());
  ASSERT_TRUE(resume(job).ok());
  for (const auto year : {hours(24 * 365), hours(-24 * 365)}) {
    host.clock_set_by = year;
    const std::size_t before = transport.requests().size();
    loop.advance(seconds(299));
    EXPECT_EQ(transport.requests().size(), before);
    loop.advance(seconds(40));
    EXPECT_EQ(transport.requests().size(), before + 1);
    EXPECT_EQ(state_of(job), JobState::transient_error);
    host.clock_set_by = {};
    loop.advance(seconds(20));
    if (year < hours(0)) break;
    transport.behave(kUrl);
    transport.always(kUrl, {.fail = FakeTransport::refused()});
    ASSERT_TRUE(resume(job).ok());
  }
  loop.advance(seconds(600));
  EXPECT_EQ(state_of(job), JobState::transient_error);
  loop.advance(seconds(100));
  EXPECT_EQ(state_of(job), JobState::error);
}

}  // namespace
}  // namespace dosvc
