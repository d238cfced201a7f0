#include "core/retry_policy.h"

#include <gtest/gtest.h>

#include <limits>

namespace dosvc {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

Job job_with(std::int64_t minimum_delay, std::int64_t timeout) {
  Job job;
  job.minimum_retry_delay = seconds(minimum_delay);
  job.no_progress_timeout = seconds(timeout);
  return job;
}

Failure transient_failure(std::optional<seconds> retry_after = std::nullopt) {
  Failure failure;
  failure.failure_class = FailureClass::transient;
  failure.retry_after = retry_after;
  return failure;
}

struct Expected {
  std::optional<nanoseconds> delay;  // empty: gives up
  bool then_fail = false;

  friend bool operator==(const Expected&, const Expected&) = default;
};

Expected shown(const RetryDecision& decision) {
  const auto* retry = std::get_if<RetryAfter>(&decision);
  return retry == nullptr ? Expected{} : Expected{retry->delay, retry->then_fail};
}

TEST(RetryPolicy, delays_double_up_to_an_hour) {
  const struct {
    int failures;
    int minimum;
    int delay;
  } kCases[] = {
      {0, 5, 5},       {1, 5, 10},         {2, 5, 20},    {9, 5, 2560},   {10, 5, 3600},
      {11, 5, 3600},   {1000000, 5, 3600}, {0, 600, 600}, {2, 600, 2400}, {3, 600, 3600},
      {0, 7200, 7200}, {4, 7200, 7200},    {0, 1, 5},     {0, 0, 5},      {0, -7, 5},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(shown(decide_retry(job_with(c.minimum, 1'000'000), transient_failure(), {c.failures, {}}, 0.0)),
              (Expected{seconds(c.delay), false}))
        << c.failures << " failures, minimum " << c.minimum;
  }
}

TEST(RetryPolicy, requests_with_a_method_of_their_own_are_not_repeated) {
  Job job = job_with(5, 1'000'000);
  job.http.method = "POST";
  EXPECT_EQ(shown(decide_retry(job, transient_failure(), {}, 0.0)), Expected{});
}

TEST(RetryPolicy, jitter_lengthens_by_up_to_a_tenth) {
  const Job job = job_with(100, 1'000'000);
  EXPECT_EQ(shown(decide_retry(job, transient_failure(), {}, 0.5)), (Expected{seconds(105), false}));
  const auto most = shown(decide_retry(job, transient_failure(), {}, 0.999999));
  EXPECT_GT(*most.delay, milliseconds(109'999));
  EXPECT_LE(*most.delay, seconds(110));
}

TEST(RetryPolicy, never_before_the_server_wants_it) {
  const Job job = job_with(60, 1'000'000);
  EXPECT_EQ(shown(decide_retry(job, transient_failure(seconds(900)), {}, 0.0)), (Expected{seconds(900), false}));
  EXPECT_EQ(shown(decide_retry(job, transient_failure(seconds(10)), {}, 0.0)), (Expected{seconds(60), false}));
  EXPECT_EQ(shown(decide_retry(job, transient_failure(seconds(900)), {5, {}}, 0.0)), (Expected{seconds(1920), false}));
}

TEST(RetryPolicy, who_asks_too_often_waits_at_least_a_minute) {
  Failure often = transient_failure();
  often.kind = FailureKind::rate_limit;
  EXPECT_EQ(shown(decide_retry(job_with(5, 1'000'000), often, {}, 0.0)), (Expected{seconds(60), false}));
  EXPECT_EQ(shown(decide_retry(job_with(5, 1'000'000), often, {5, {}}, 0.0)), (Expected{seconds(160), false}));
  often.retry_after = seconds(7);
  EXPECT_EQ(shown(decide_retry(job_with(5, 1'000'000), often, {}, 0.0)), (Expected{seconds(7), false}))
      << "the server knows better";
}

TEST(RetryPolicy, those_who_overran_a_server_come_back_at_any_time) {
  Failure overload = transient_failure();
  overload.kind = FailureKind::overload;
  const Job job = job_with(60, 1'000'000);
  EXPECT_EQ(shown(decide_retry(job, overload, {}, 0.0)), (Expected{seconds(60), false}));
  EXPECT_EQ(shown(decide_retry(job, overload, {}, 0.5)), (Expected{seconds(90), false}));
  EXPECT_EQ(shown(decide_retry(job, overload, {2, {}}, 0.5)), (Expected{seconds(60 + 210), false}));
  EXPECT_EQ(shown(decide_retry(job, overload, {20, {}}, 0.5)), (Expected{seconds(60 + 1770), false}));
  EXPECT_EQ(shown(decide_retry(job_with(7200, 1'000'000), overload, {3, {}}, 0.5)), (Expected{seconds(7200), false}))
      << "never under the minimum";
  overload.retry_after = seconds(900);
  EXPECT_EQ(shown(decide_retry(job, overload, {}, 0.5)), (Expected{seconds(945), false}));
}

TEST(RetryPolicy, room_on_a_disk_is_looked_for_every_five_minutes) {
  for (const FailureKind kind : {FailureKind::disk_full, FailureKind::disk_quota}) {
    Failure full = transient_failure();
    full.kind = kind;
    EXPECT_EQ(shown(decide_retry(job_with(60, 1'000'000), full, {1, {}}, 0.0)), (Expected{seconds(120), false}));
    EXPECT_EQ(shown(decide_retry(job_with(60, 1'000'000), full, {9, {}}, 0.0)), (Expected{seconds(300), false}));
    EXPECT_EQ(shown(decide_retry(job_with(600, 1'000'000), full, {9, {}}, 0.0)), (Expected{seconds(600), false}));
  }
}

TEST(RetryPolicy, no_time_brings_the_network_back) {
  Failure none = transient_failure();
  none.kind = FailureKind::network;
  EXPECT_EQ(shown(decide_retry(job_with(60, 600), none, {0, seconds(100)}, 0.5)), (Expected{seconds(500), true}));
  EXPECT_EQ(shown(decide_retry(job_with(60, 600), none, {0, seconds(600)}, 0.5)), Expected{});
}

TEST(RetryPolicy, a_server_is_not_waited_for_longer_than_an_hour) {
  EXPECT_EQ(shown(decide_retry(job_with(60, 1'000'000), transient_failure(seconds(86'400)), {}, 0.0)),
            (Expected{seconds(3600), false}));
}

TEST(RetryPolicy, gives_up_when_time_will_not_help) {
  Failure fatal;
  EXPECT_EQ(shown(decide_retry(job_with(5, 3600), fatal, {}, 0.0)), Expected{});
  EXPECT_EQ(shown(decide_retry(job_with(5, 0), transient_failure(), {}, 0.0)), Expected{}) << "no timeout, no retry";
  EXPECT_EQ(shown(decide_retry(job_with(5, -1), transient_failure(), {}, 0.0)), Expected{});
  EXPECT_EQ(shown(decide_retry(job_with(601, 600), transient_failure(), {}, 0.0)), Expected{})
      << "the first retry would come after the timeout";
  EXPECT_EQ(shown(decide_retry(job_with(5, 600), transient_failure(), {0, seconds(600)}, 0.0)), Expected{});
  EXPECT_EQ(shown(decide_retry(job_with(5, 600), transient_failure(), {0, seconds(900)}, 0.0)), Expected{});
}

TEST(RetryPolicy, fails_when_the_timeout_ends_before_the_next_try) {
  EXPECT_EQ(shown(decide_retry(job_with(60, 600), transient_failure(), {0, seconds(550)}, 0.0)),
            (Expected{seconds(50), true}));
  EXPECT_EQ(shown(decide_retry(job_with(60, 600), transient_failure(), {0, seconds(540)}, 0.0)),
            (Expected{seconds(60), false}))
      << "the last try";
  EXPECT_EQ(shown(decide_retry(job_with(60, 600), transient_failure(seconds(3600)), {}, 0.0)),
            (Expected{seconds(600), true}));
}

TEST(RetryPolicy, longest_times_do_not_overflow) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const auto decision = shown(decide_retry(job_with(kMost, kMost), transient_failure(), {3, nanoseconds(0)}, 0.9));
  ASSERT_TRUE(decision.delay);
  EXPECT_GT(*decision.delay, std::chrono::hours(24));
  EXPECT_EQ(shown(decide_retry(job_with(5, kMost), transient_failure(), {0, nanoseconds::max()}, 0.0)), Expected{});
}

TEST(RetryPolicy, notifications_are_repeated_ever_more_slowly) {
  const struct {
    int attempt;
    int delay;
  } kCases[] = {{-1, 1}, {0, 1}, {1, 1}, {2, 2}, {3, 4}, {4, 8}, {5, 16}, {6, 32}, {7, 60}, {8, 60}, {1'000'000, 60}};
  for (const auto& c : kCases) EXPECT_EQ(notification_delay(c.attempt), seconds(c.delay)) << c.attempt;
}

}  // namespace
}  // namespace dosvc
