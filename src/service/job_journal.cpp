#include "service/job_journal.h"

#include <fmt/core.h>

#include "base/log.h"

namespace dosvc::service {

std::shared_ptr<JobJournal> JobJournal::of(JobService& service) {
  const Caller all{0, true};
  auto journal = std::make_shared<JobJournal>();
  service.observe(all, true, journal);
  if (const auto jobs = service.list(all, true)) {
    for (const auto& job : *jobs) journal->note(*job->snapshot(), false);
  }
  return journal;
}

void JobJournal::gone(const JobId& id) {
  const std::lock_guard lock(mutex_);
  written_.erase(id);
}

void JobJournal::note(const JobSnapshot& shot, bool write) {
  const Job& job = shot.job;
  const bool failed = job.state() == JobState::error;
  {
    const std::lock_guard lock(mutex_);
    if (!failed && job.state() != JobState::transferred) {
      written_.erase(job.id);
      return;
    }
    const auto [at, is_new] = written_.try_emplace(job.id, job.error_count);
    if (!is_new && at->second == job.error_count) return;
    at->second = job.error_count;
  }
  if (!write) return;
  const LogSubject about{job.id.text(), job.owner};
  if (!failed) {
    write_log(LogLevel::info, fmt::format("Job {} of user {} is transferred.", about.job, job.owner), about);
  } else if (job.error) {
    write_log(LogLevel::warning,
              fmt::format("Job {} of user {} has failed (0x{:08x}): {}", about.job, job.owner,
                          static_cast<std::uint32_t>(job.error->error.code), job.error->error.message),
              about);
  }
}

}  // namespace dosvc::service
