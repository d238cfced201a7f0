#include "core/retry_policy.h"

#include <algorithm>

namespace dosvc {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr seconds kLongestDelay{3600};
// Programs give their times in 32 bits; anything above is kept from overflowing in nanoseconds.
constexpr seconds kForever{0xFFFF'FFFF};

seconds doubled(seconds smallest, int times) {
  seconds delay = smallest;
  for (int i = 0; i < times && delay < kLongestDelay; ++i) delay = std::min(2 * delay, kLongestDelay);
  return delay;
}

}  // namespace

RetryDecision decide_retry(const Job& job, const Failure& failure, const RetryHistory& history, double jitter) {
  const seconds smallest = std::clamp(job.minimum_retry_delay, kSmallestRetryDelay, kForever);
  const seconds timeout = std::clamp(job.no_progress_timeout, seconds(0), kForever);
  const nanoseconds left = timeout - std::max(history.without_progress, nanoseconds(0));
  if (failure.failure_class == FailureClass::fatal || left <= nanoseconds(0) || smallest > timeout) return GiveUp{};
  // A request that isn't a GET may do something each time ("IBackgroundCopyJobHttpOptions2::SetHttpMethod").
  if (!job.http.method.empty()) return GiveUp{};

  const seconds shortest =
      std::max(doubled(smallest, history.failures_without_progress), failure.retry_after.value_or(seconds(0)));
  const nanoseconds delay =
      shortest + std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(shortest) * (jitter / 10));
  if (delay > left) return RetryAfter{left, true};
  return RetryAfter{delay, false};
}

seconds notification_delay(int attempt) {
  constexpr int kDoublings = 6;  // 64 s, the first above the longest
  return std::min(seconds(1 << std::clamp(attempt - 1, 0, kDoublings)), seconds(60));
}

}  // namespace dosvc
