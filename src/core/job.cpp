#include "core/job.h"

#include <algorithm>
#include <utility>

namespace dosvc {

Result<void> advance(Job& job, JobEvent event, WallTime now, std::optional<JobError> error) {
  const std::optional<JobState> next = next_state(job.state_, event);
  if (!next) {
    return Error{
        BG_E_INVALID_STATE, ErrorContext::none,
        "a job that is " + std::string(name_of(job.state_)) + " doesn't take \"" + std::string(name_of(event)) + "\""};
  }
  const JobState before = std::exchange(job.state_, *next);
  job.modified = now;
  switch (*next) {
    case JobState::error:
    case JobState::transient_error:
      job.command_done = false;
      if (!error || error->error.code != BG_E_NETWORK_DISCONNECTED) ++job.error_count;
      if (error) {
        job.error = std::move(error);
      } else if (job.error) {
        job.error->no_progress = true;  // nothing new went wrong: time ran out
      }
      break;
    case JobState::transferred:
      if (before != JobState::transferred) {
        job.transfer_completed = now;
        job.command_done = false;
      }
      job.error.reset();
      break;
    case JobState::transferring:
    case JobState::suspended:
      job.error.reset();
      break;
    default:
      break;
  }
  return {};
}

void recover(Job& job, WallTime now) {
  // SUSPENDED jobs were never running, so this can't fail and needs no answer.
  if (is_running(job.state())) (void)advance(job, JobEvent::slot_lost, now);
}

std::chrono::seconds default_retry_delay(ApiView view, Priority priority) {
  if (view == ApiView::bits) return std::chrono::seconds(600);
  return std::chrono::seconds(priority == Priority::foreground ? 5 : 60);
}

std::chrono::seconds default_no_progress_timeout(ApiView view, Priority priority) {
  if (view == ApiView::bits) return std::chrono::seconds(1'209'600);
  const bool prompt = priority == Priority::foreground || priority == Priority::high;
  return std::chrono::seconds(prompt ? 3'600 : 86'400);
}

}  // namespace dosvc
