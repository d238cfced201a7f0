// What time does to jobs: those that run for too long, those that nobody came for, and those that last only as long as
// the service.

#include "engine/engine_core.h"

#include "base/log.h"

#include <utility>

namespace dosvc {
namespace {

constexpr WallTime kFirstSaneTime{std::chrono::seconds(1'704'067'200)};  // 2024
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
  age_check_ = ports_.loop.after(kAgeCheck, [this, then = ports_.host.wall_now()] {
    follow_clock(ports_.host.wall_now() - then - kAgeCheck);
    expire_old_jobs();
    for (const std::string& host : hosts_.forget_old(ports_.loop.now())) follow_host(host);
    watch_age();
  });
}

// The wall clock was set: what was noted by it before is put right, so that nothing is taken for old that isn't.
void Engine::follow_clock(WallTime::duration jump) {
  if (jump < kAgeCheck && jump > -kAgeCheck) return;
  log_warning("the clock was set by {} seconds", std::chrono::duration_cast<std::chrono::seconds>(jump).count());
  for (const auto& [id, record] : jobs_) {
    Job& job = record->job;
    job.created += jump;
    job.modified += jump;
    if (job.transfer_completed) *job.transfer_completed += jump;
    commits_.save(id);
  }
}

void Engine::expire_old_jobs() {
  const WallTime now = ports_.host.wall_now();
  std::vector<JobId> old;
  for (const auto& [id, record] : jobs_) {
    const Job& job = record->job;
    const bool bits = job.view == ApiView::bits;
    const WallTime since = bits ? job.modified : job.created;
    if (since < kFirstSaneTime) continue;  // the machine had no clock then
    const auto age = now - since;
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
