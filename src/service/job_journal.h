#pragma once

#include <mutex>
#include <unordered_map>

#include "core/job_service.h"

namespace dosvc::service {

// Writes to the log what an administrator wants to know of jobs: that one is transferred, that one has failed for good.
// Once for each time, however often the job is shown. Any thread.
class JobJournal final : public QueueObserver {
 public:
  // Follows the service's queue as long as the journal is held.
  static std::shared_ptr<JobJournal> of(JobService& service);

  void changed(const std::shared_ptr<JobView>& job) override { note(*job->snapshot(), true); }
  void gone(const JobId& id) override;

 private:
  void note(const JobSnapshot& job, bool write);

  std::mutex mutex_;
  std::unordered_map<JobId, std::uint32_t, UuidHash>
      written_;  // jobs that came to an end so far, with their error count
};

}  // namespace dosvc::service
