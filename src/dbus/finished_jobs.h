#pragma once

#include "core/job_service.h"

#include <deque>
#include <memory>

namespace dosvc {

// The last jobs that programs have completed or cancelled: they are out of the queue, but whoever asks for what he has
// just finished is still told. Bus thread only.
class FinishedJobs {
 public:
  void add(std::shared_ptr<JobView> job);
  // Empty for a stranger, too.
  std::shared_ptr<JobView> find(const Caller& caller, const JobId& id) const;

 private:
  static constexpr std::size_t kMost = 256;
  std::deque<std::shared_ptr<JobView>> jobs_;
};

}  // namespace dosvc
