#include "cli/follow.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "cli/format.h"
#include "cli/job_text.h"
#include "cli/queue.h"

namespace dosvc::cli {
namespace {

// How often jobs are looked at when nothing rings.
constexpr std::chrono::milliseconds kGlance{250};

// What fits beside the figures.
std::string waiting_text(const JobSnapshot& shot) {
  switch (shot.wait) {
    case WaitReason::none:
    case WaitReason::resume_call:
    case WaitReason::complete_call:
      return {};
    case WaitReason::answer:
    case WaitReason::silence:
      return "waiting for the server";
    case WaitReason::retry:
    case WaitReason::retry_after:
    case WaitReason::timeout:
      return "waiting to try again";
    case WaitReason::disk_quota:
      return "waiting for room on the disk";
    default: {
      JobSnapshot untimed;
      untimed.wait = shot.wait;
      return "waiting for " + wait_text(untimed);
    }
  }
}

}  // namespace

Follower::Follower(JobService& service, Console& console, Wakeup& wakeup, FollowOptions options)
    : service_(service),
      console_(console),
      wakeup_(wakeup),
      options_(options),
      began_(std::chrono::steady_clock::now()) {}

void Follower::add(std::shared_ptr<JobView> view) {
  FollowedJob& job = jobs_.emplace_back();
  job.view = std::move(view);
  job.last = job.view->snapshot();
  job.errors_told = job.last->job.error_count;
  job.last_failure = job.last->job.error;
  job.bytes_before = job.last->progress.bytes_transferred;
}

ExitCode Follower::run() {
  while (true) {
    for (FollowedJob& job : jobs_) {
      if (job.ending == Ending::pending) look(job);
    }
    if (!any_pending()) break;
    const auto now = std::chrono::steady_clock::now();
    auto pause = kGlance;
    if (options_.max_wait) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(began_ + *options_.max_wait - now);
      if (left.count() <= 0) break;
      pause = std::min(pause, left);
    }
    show_progress(now);
    if (const auto signal = wakeup_.wait(pause)) {
      console_.clear_line();
      return exit_code_for_signal(*signal);
    }
  }
  console_.clear_line();
  return outcome();
}

void Follower::look(FollowedJob& job) {
  job.last = job.view->snapshot();
  switch (job.last->job.state()) {
    case JobState::transferred:
      return complete(job);
    case JobState::error:
      return failed(job);
    case JobState::suspended:
      job.ending = Ending::suspended;
      return;
    case JobState::acknowledged:
      job.in_queue = false;
      job.ending = Ending::done;
      return;
    case JobState::cancelled:
      job.in_queue = false;
      job.ending = Ending::removed;
      return;
    case JobState::transient_error:
      return tell_transient(job);
    case JobState::transferring:
      job.last_failure.reset();
      return;
    case JobState::queued:
    case JobState::connecting:
      return;
  }
}

void Follower::complete(FollowedJob& job) {
  job.ending = Ending::done;
  if (!options_.complete) return;
  const auto taken = command(service_, job.view->id(), JobCommand::complete);
  if (taken) {
    job.in_queue = false;
    return;
  }
  job.ending = Ending::failed;
  job.error = JobError{taken.error(), std::nullopt, 0};
}

void Follower::failed(FollowedJob& job) {
  job.ending = Ending::failed;
  job.error = job.last->job.error;
  const Progress& progress = job.last->progress;
  const bool empty = progress.bytes_transferred == 0 && progress.files_transferred == 0;
  if (options_.remove_failed_empty && empty) job.in_queue = !command(service_, job.view->id(), JobCommand::cancel);
}

void Follower::tell_transient(FollowedJob& job) {
  if (job.last->job.error_count == job.errors_told || !job.last->job.error) return;
  job.errors_told = job.last->job.error_count;
  job.last_failure = job.last->job.error;
  std::string text = escaped(without_full_stop(job.last->job.error->error.message));
  if (job.last->next_attempt) {
    const auto now = std::chrono::system_clock::now();
    text += "; next try in " + format_span(*job.last->next_attempt - now);
  }
  console_.note(text);
}

bool Follower::any_pending() const {
  return std::any_of(jobs_.begin(), jobs_.end(), [](const FollowedJob& job) { return job.ending == Ending::pending; });
}

ExitCode Follower::outcome() const {
  if (any_pending()) return ExitCode::gave_up;
  const bool all_done =
      std::all_of(jobs_.begin(), jobs_.end(), [](const FollowedJob& job) { return job.ending == Ending::done; });
  return all_done ? ExitCode::done : ExitCode::job_error;
}

void Follower::show_progress(TimePoint now) {
  if (!console_.shows_line()) return;
  ProgressFigures figures;
  figures.total = 0;
  const FollowedJob* only_pending = nullptr;
  std::size_t pending = 0;
  for (const FollowedJob& job : jobs_) {
    const Progress& progress = job.last->progress;
    figures.bytes += progress.bytes_transferred;
    if (!progress.bytes_total) figures.total.reset();
    if (figures.total) *figures.total += *progress.bytes_total;
    if (job.ending != Ending::pending) continue;
    only_pending = &job;
    ++pending;
  }
  rate_.sample(figures.bytes, now);
  figures.rate = rate_.rate();
  figures.label = jobs_.size() == 1 ? jobs_.front().last->job.display_name : fmt::format("{} jobs", pending);
  if (pending == 1) figures.waiting = waiting_text(*only_pending->last);
  console_.show_line(progress_text(figures, console_.line_width()));
}

}  // namespace dosvc::cli
