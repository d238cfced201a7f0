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
      ++job.error_count;
      if (error) job.error = std::move(error);
      break;
    case JobState::transferred:
      if (before != JobState::transferred) job.transfer_completed = now;
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

void change_job(Job& job, const JobChange& change, WallTime now) {
  const Priority priority = change.priority.value_or(job.priority);
  const auto follow = [&](std::chrono::seconds& value, auto default_of) {
    if (value == default_of(job.view, job.priority)) value = default_of(job.view, priority);
  };
  follow(job.minimum_retry_delay, default_retry_delay);
  follow(job.no_progress_timeout, default_no_progress_timeout);
  job.priority = priority;
  job.minimum_retry_delay = std::max(change.minimum_retry_delay.value_or(job.minimum_retry_delay), kSmallestRetryDelay);
  job.no_progress_timeout = change.no_progress_timeout.value_or(job.no_progress_timeout);
  job.notify_flags = change.notify_flags.value_or(job.notify_flags);
  if (change.display_name) job.display_name = *change.display_name;
  if (change.description) job.description = *change.description;
  job.modified = now;
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
