#include "dbus/finished_jobs.h"

#include <utility>

namespace dosvc {

void FinishedJobs::add(std::shared_ptr<JobView> job) {
  std::erase_if(jobs_, [&](const auto& each) { return each->id() == job->id(); });
  if (jobs_.size() == kMost) jobs_.pop_front();
  jobs_.push_back(std::move(job));
}

std::shared_ptr<JobView> FinishedJobs::find(const Caller& caller, const JobId& id) const {
  for (const auto& each : jobs_) {
    if (each->id() == id) return caller.administrator || each->snapshot()->job.owner == caller.uid ? each : nullptr;
  }
  return nullptr;
}

}  // namespace dosvc
