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

// When to try again, or that it is no use. Pure: `jitter` is a random number in [0, 1).
//   Fatal failures, a no-progress timeout of 0, one that has passed, and a minimum retry delay above it: give up
//   ("IBackgroundCopyJob::SetNoProgressTimeout").
//   Else min x 2^n up to 1 h, lengthened by up to a tenth so that many machines don't come back at once, and never
//   before the server's Retry-After.
RetryDecision decide_retry(const Job& job, const Failure& failure, const RetryHistory& history, double jitter);

// A connection that broke after it brought new bytes is resumed at once, this many times without new bytes.
inline constexpr int kReconnectsWithoutNewBytes = 3;

// Time until a notification that wasn't taken is repeated: 1, 2, 4 ... at most 60 s. `attempt` counts from 1.
std::chrono::seconds notification_delay(int attempt);

}  // namespace dosvc
