#include "core/retry_policy.h"

#include <algorithm>

namespace dosvc {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

// Programs give their times in 32 bits; anything above is kept from overflowing in nanoseconds.
constexpr seconds kForever{0xFFFF'FFFF};

seconds doubled(seconds smallest, int times, seconds longest) {
  seconds delay = smallest;
  for (int i = 0; i < times && delay < longest; ++i) delay = std::min(2 * delay, longest);
  return delay;
}

nanoseconds part_of(seconds time, double part) {
  return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(time) * part);
}

// Waiting no less than `smallest`, for the failures in a row so far.
nanoseconds delay_after(const Failure& failure, int failures, seconds smallest, double jitter) {
  const bool of_disk = failure.kind == FailureKind::disk_full || failure.kind == FailureKind::disk_quota;
  seconds delay = doubled(smallest, failures, of_disk ? kLongestDiskDelay : kLongestRetryDelay);
  if (failure.kind == FailureKind::overload && !failure.retry_after) {
    const seconds longest = std::max(smallest, std::min(2 * delay, kLongestRetryDelay));
    return smallest + part_of(longest - smallest, jitter);
  }
  if (failure.kind == FailureKind::rate_limit && !failure.retry_after) delay = std::max(delay, kRateLimitDelay);
  delay = std::max(delay, std::min(failure.retry_after.value_or(seconds(0)), kLongestRetryDelay));
  return delay + part_of(delay, jitter / 10);
}

}  // namespace

RetryDecision decide_retry(const Job& job, const Failure& failure, const RetryHistory& history, double jitter) {
  const seconds smallest = std::clamp(job.minimum_retry_delay, kSmallestRetryDelay, kForever);
  const seconds timeout = std::clamp(job.no_progress_timeout, seconds(0), kForever);
  const nanoseconds left = timeout - std::max(history.without_progress, nanoseconds(0));
  if (failure.failure_class == FailureClass::fatal || left <= nanoseconds(0) || smallest > timeout) return GiveUp{};
  // A request that isn't a GET may do something each time ("IBackgroundCopyJobHttpOptions2::SetHttpMethod").
  if (!job.http.method.empty()) return GiveUp{};

  if (failure.kind == FailureKind::network) return RetryAfter{left, true};
  const nanoseconds delay = delay_after(failure, history.failures_without_progress, smallest, jitter);
  if (delay > left) return RetryAfter{left, true};
  return RetryAfter{delay, false};
}

seconds notification_delay(int attempt) {
  constexpr int kDoublings = 6;  // 64 s, the first above the longest
  return std::min(seconds(1 << std::clamp(attempt - 1, 0, kDoublings)), seconds(60));
}

}  // namespace dosvc
