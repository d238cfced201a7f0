#pragma once

#include "core/failure.h"
#include "core/job.h"

#include <chrono>
#include <variant>

namespace dosvc {

// What is known about a job's failures when one more comes.
struct RetryHistory {
  int failures_without_progress = 0;            // earlier ones in a row, the new one not counted
  std::chrono::nanoseconds without_progress{};  // time since the last new byte, or since Resume
};

struct RetryAfter {
  std::chrono::nanoseconds delay{};
  bool then_fail = false;  // the no-progress timeout ends first: at `delay` the job goes to ERROR
};
struct GiveUp {};  // the job goes to ERROR now
using RetryDecision = std::variant<RetryAfter, GiveUp>;

// The longest time between two attempts, and the longest wish of a server that is kept.
inline constexpr std::chrono::seconds kLongestRetryDelay{3600};
// Who asks too often without being told a time waits at least so long.
inline constexpr std::chrono::seconds kRateLimitDelay{60};
// Room on a disk is looked for more often than that: somebody may just be making some.
inline constexpr std::chrono::seconds kLongestDiskDelay{300};

// When to try again, or that it is no use. Pure: `jitter` is a random number in [0, 1).
//   Fatal failures, a no-progress timeout of 0, one that has passed, and a minimum retry delay above it: give up
//   ("IBackgroundCopyJob::SetNoProgressTimeout").
//   No network: no time brings it back; only the no-progress timeout counts.
//   Else min x 2^n up to 1 h, never before the server's Retry-After, lengthened by up to a tenth so that many machines
//   don't come back at once. What differs from kind to kind:
//     rate_limit  at least kRateLimitDelay without a Retry-After
//     overload    without a Retry-After any time between the minimum and twice the delay, up to 1 h: who overran the
//                 server together must not come back together
//     disk_full, disk_quota   grows no further than kLongestDiskDelay, or the minimum where that is longer
RetryDecision decide_retry(const Job& job, const Failure& failure, const RetryHistory& history, double jitter);

// A connection that broke after it brought new bytes is resumed at once, this many times without new bytes.
inline constexpr int kReconnectsWithoutNewBytes = 3;

// Time until a notification that wasn't taken is repeated: 1, 2, 4 ... at most 60 s. `attempt` counts from 1.
std::chrono::seconds notification_delay(int attempt);

}  // namespace dosvc
