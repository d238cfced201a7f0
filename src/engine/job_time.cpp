// What time does to jobs: those that run for too long, those that nobody came for, and those that last only as long as
// the service.

#include "engine/engine_core.h"

#include "base/log.h"

#include <utility>

namespace dosvc {
namespace {

constexpr auto kAgeCheck = std::chrono::hours(1);
constexpr auto kOldestOfDeliveryOptimization = std::chrono::hours(24 * 30);  // since it was made
constexpr auto kOldestOfBits = std::chrono::hours(24 * 90);                  // since anything happened to it

}  // namespace

// "IBackgroundCopyJob4::SetMaximumDownloadTime": the time in which the job asks and receives, since the last Resume.
void Engine::watch_download_time(JobRecord& record) {
  Job& job = record.job;
  const Clock::time_point now = ports_.loop.now();
  if (const auto since = std::exchange(record.running_since, std::nullopt)) {
    job.downloading += std::chrono::duration_cast<std::chrono::seconds>(now - *since);
  }
  record.download_time.reset();
  const bool runs = job.state() == JobState::connecting || job.state() == JobState::transferring;
  if (!runs) return;
  record.running_since = now;
  const auto left = std::max(job.maximum_download_time - job.downloading, std::chrono::seconds(0));
  record.download_time = ports_.loop.after(left, [this, id = job.id] {
    JobRecord& late = *jobs_.at(id);
    if (!late.moves()) return;
    Error error{BG_E_MAXDOWNLOAD_TIMEOUT, ErrorContext::queue,
                "the job has taken longer than the " + std::to_string(late.job.maximum_download_time.count()) +
                    " seconds that it may: Resume gives it as much again"};
    (void)apply(late, JobEvent::failed, JobError{std::move(error), std::nullopt, 0});
  });
}

void Engine::watch_age() {
  age_check_ = ports_.loop.after(kAgeCheck, [this] {
    expire_old_jobs();
    watch_age();
  });
}

void Engine::expire_old_jobs() {
  const WallTime now = ports_.host.wall_now();
  std::vector<JobId> old;
  for (const auto& [id, record] : jobs_) {
    const Job& job = record->job;
    const bool bits = job.view == ApiView::bits;
    const auto age = now - (bits ? job.modified : job.created);
    if (age > (bits ? kOldestOfBits : kOldestOfDeliveryOptimization) && !record->finishing) old.push_back(id);
  }
  for (const JobId& id : old) {
    log_warning("job {} is cancelled: nobody has come for it", id.text());
    finish(*jobs_.at(id), JobEvent::cancel, [](const Result<CommandOutcome>&) {});
  }
}

// "DODownloadProperty_NonVolatile"
void Engine::drop_volatile_downloads() {
  std::vector<JobId> dropped;
  for (const auto& [id, record] : jobs_) {
    if (record->job.download && !record->job.download->keep) dropped.push_back(id);
  }
  for (const JobId& id : dropped) {
    finish(*jobs_.at(id), JobEvent::cancel, [](const Result<CommandOutcome>&) {});
  }
}

}  // namespace dosvc
