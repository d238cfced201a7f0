// Every job that doesn't move says why: one way into each of the waits that there are, and out of it.
#include "fakes/engine_fixture.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace dosvc {
namespace {

using std::chrono::seconds;
using Op = FakeFiles::Op;
constexpr auto kUrl = "http://origin/a.bin";

class Waits : public EngineFixture, public testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    content_ = patterned(100'000);
    start();
    transport.serve(kUrl, content_);
    transport.set_chunk(10'000);
  }

  // A job that has come into this wait; what must happen for it to go on is left in go_on_.
  JobId reach(WaitReason reason);

  JobId waits_for_turn() {
    options.run.background_jobs = 1;
    restart();
    transport.always("http://other/x", {.never_answer = true});
    (void)start_job("http://other/x");
    const JobId job = start_job(kUrl);
    go_on_ = [this] {
      const auto jobs = engine->list(user, false);
      for (const auto& view : *jobs) {
        if (state_of(view->id()) == JobState::connecting) (void)cancel(view->id());
      }
    };
    return job;
  }
  JobId fails(Failure failure) {
    transport.next(kUrl, {.fail = std::move(failure)});
    return start_job(kUrl);
  }
  JobId gets_no_room(HRESULT code) {
    files.fail(Op::open, "", {code, ErrorContext::local_file, "no room"});
    go_on_ = [this] {
      files.mend(Op::open, "");
      loop.advance(seconds(700));
    };
    return start_job(kUrl);
  }
  // `what` is held on the disk until it goes on.
  JobId is_held(Op what, const std::string& sha256 = {}) {
    files.hold(what);
    go_on_ = [this] { files.release(); };
    const JobId job = start_job(kUrl, ApiView::bits, sha256);
    loop.advance(seconds(2));
    return job;
  }
  JobId reads_trusted() {
    files.make_file("/home/ca.pem", "certificates");
    files.hold(Op::certificate);
    go_on_ = [this] { files.release(); };
    NewJob spec;
    spec.http.ca_file = "/home/ca.pem";
    const JobId job = create_job(spec);
    EXPECT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
    EXPECT_TRUE(resume(job).ok());
    loop.advance(seconds(2));
    return job;
  }
  JobId finishes() {
    const JobId job = start_job(kUrl);
    files.hold(Op::publish);
    (void)ask<CommandOutcome>([&](auto reply) { engine->command(user, job, JobCommand::complete, reply); });
    loop.advance(seconds(2));
    go_on_ = [this] { files.release(); };
    return job;
  }
  JobId is_patient_no_more() {
    transport.next(kUrl, {.fail = FakeTransport::refused()});
    const JobId job = create_job();
    EXPECT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
    EXPECT_TRUE(change(job, {.minimum_retry_delay = seconds(600), .no_progress_timeout = seconds(600)}).ok());
    host.next_random = {~std::uint64_t{0}};  // the jitter takes the attempt behind the end
    EXPECT_TRUE(resume(job).ok());
    go_on_ = [this, job] {
      loop.advance(seconds(600));
      EXPECT_EQ(state_of(job), JobState::error);
    };
    return job;
  }

  std::string content_;
  std::function<void()> go_on_ = [] {};
};

JobId Waits::reach(WaitReason reason) {
  Failure limited = http_failure(429, kUrl);
  limited.retry_after = seconds(120);
  switch (reason) {
    case WaitReason::none:
      transport.set_pace(std::chrono::milliseconds(100));
      return start_job(kUrl);
    case WaitReason::turn:
      return waits_for_turn();
    case WaitReason::answer: {
      transport.always(kUrl, {.by_hand = true});
      go_on_ = [this] {
        transport.open(kUrl)->answer();
        transport.open(kUrl)->bytes(100'000);
      };
      return start_job(kUrl);
    }
    case WaitReason::retry:
      go_on_ = [this] { loop.advance(seconds(700)); };
      return fails(FakeTransport::refused());
    case WaitReason::resume_call: {
      const JobId job = create_job();
      EXPECT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
      go_on_ = [this, job] { EXPECT_TRUE(resume(job).ok()); };
      return job;
    }
    case WaitReason::complete_call: {
      const JobId job = start_job(kUrl);
      go_on_ = [this, job] { EXPECT_TRUE(complete(job).ok()); };
      return job;
    }
    case WaitReason::log_on: {
      options.settings.run_when_logged_off = false;
      restart();
      engine->set_presence({std::set<uid_t>{}});
      go_on_ = [this] { engine->set_presence({std::set<uid_t>{user.uid}}); };
      return start_job(kUrl);
    }
    case WaitReason::timeout:
      return is_patient_no_more();
    case WaitReason::retry_after:
      go_on_ = [this] { loop.advance(seconds(700)); };
      return fails(limited);
    case WaitReason::network:
      engine->set_network(NetworkState::lost);
      go_on_ = [this] { engine->set_network(NetworkState::there); };
      return start_job(kUrl);
    case WaitReason::disk_space:
      return gets_no_room(HRESULT_FROM_WIN32(ERROR_DISK_FULL));
    case WaitReason::disk_quota:
      return gets_no_room(HRESULT_FROM_WIN32(ERROR_DISK_QUOTA_EXCEEDED));
    case WaitReason::trust:
      return reads_trusted();
    case WaitReason::opening:
      return is_held(Op::open);
    case WaitReason::silence: {
      transport.next(kUrl, {.stall_after = 1000});
      const JobId job = start_job(kUrl);
      loop.advance(seconds(7));
      go_on_ = [this] { transport.open(kUrl)->bytes(99'000); };
      return job;
    }
    case WaitReason::check:
      return is_held(Op::sha256, FakeFiles::sha256_of(content_));
    case WaitReason::sync:
      return is_held(Op::sync);
    case WaitReason::finish:
      return finishes();
    case WaitReason::store: {
      transport.set_pace(std::chrono::milliseconds(500));
      const JobId job = start_job(kUrl);
      store.fail_next_commit({HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::none, "full"});
      EXPECT_FALSE(change(job, {.description = "can't be saved"}).ok());
      go_on_ = [this] { loop.advance(seconds(20)); };
      return job;
    }
    case WaitReason::service:
      options.transfers = false;
      restart();
      go_on_ = [this] {
        options.transfers = true;
        restart();
      };
      return start_job(kUrl);
  }
  return {};
}

// The seconds until the next attempt that must be told: at least and at most, or none.
std::optional<std::pair<int, int>> time_told_with(WaitReason reason) {
  switch (reason) {
    case WaitReason::retry:
    case WaitReason::retry_after:  // the job's own delay is longer than what the server wants
    case WaitReason::disk_space:
    case WaitReason::disk_quota:
      return std::pair(600, 660);
    case WaitReason::timeout:
      return std::pair(600, 600);  // when it will be in ERROR
    case WaitReason::store:
      return std::pair(5, 5);
    default:
      return std::nullopt;
  }
}

TEST_P(Waits, there_is_a_way_into_each_and_out_of_it) {
  const auto reason = static_cast<WaitReason>(GetParam());
  const JobId job = reach(reason);
  loop.run_until_idle();
  const JobSnapshotPtr shot = snapshot(job);
  ASSERT_NE(shot, nullptr) << "nothing leads to " << name_of(reason);
  EXPECT_EQ(shot->wait, reason) << "it is " << name_of(shot->wait);
  const auto told = time_told_with(reason);
  ASSERT_EQ(shot->next_attempt.has_value(), told.has_value());
  if (told) {
    EXPECT_GE(*shot->next_attempt - host.wall_now(), seconds(told->first));
    EXPECT_LE(*shot->next_attempt - host.wall_now(), seconds(told->second));
  }
  if (reason == WaitReason::none) return;
  go_on_();
  loop.run_until_idle();
  EXPECT_NE(snapshot(job)->wait, reason) << "it waits for ever";
}

INSTANTIATE_TEST_SUITE_P(All, Waits, testing::Range(0, kWaitReasonCount), [](const auto& which) {
  std::string name(name_of(static_cast<WaitReason>(which.param)));
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
});

TEST_F(Waits, who_waits_for_a_closed_host_is_told_when_it_opens) {
  Failure limited = http_failure(503, kUrl);
  limited.retry_after = seconds(300);
  transport.next(kUrl, {.fail = limited});
  (void)start_job(kUrl);
  transport.serve("http://origin/b.bin", "b");
  const JobId other = start_job("http://origin/b.bin");
  EXPECT_EQ(state_of(other), JobState::queued);
  EXPECT_EQ(snapshot(other)->wait, WaitReason::retry_after);
  EXPECT_EQ(snapshot(other)->next_attempt, host.wall_now() + seconds(300));
  loop.advance(seconds(301));
  EXPECT_EQ(state_of(other), JobState::transferred);
}

TEST_F(Waits, of_a_job_that_cannot_even_be_read_back_the_last_word_stays_and_says_so) {
  transport.set_pace(std::chrono::milliseconds(500));
  const JobId job = start_job(kUrl);
  const std::uint64_t bytes = snapshot(job)->progress.bytes_transferred;
  store.fail_next_commit({HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::none, "full"});
  store.fail_load(Error{E_FAIL, ErrorContext::none, "unreadable"});
  EXPECT_FALSE(change(job, {.description = "can't be saved"}).ok());
  EXPECT_EQ(snapshot(job)->wait, WaitReason::store);
  EXPECT_EQ(snapshot(job)->progress.bytes_transferred, bytes);
  EXPECT_EQ(snapshot(job)->job.description, "");
  store.fail_load(std::nullopt);
  loop.advance(seconds(20));
  EXPECT_EQ(state_of(job), JobState::transferred);
}

}  // namespace
}  // namespace dosvc
