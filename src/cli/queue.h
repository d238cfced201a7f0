#pragma once

#include <memory>
#include <string>

#include "cli/arguments.h"
#include "core/job_service.h"

// The calls that the commands make, each waiting for its answer.
namespace dosvc::cli {

// The job queue. Its errors all have the context `queue`.
Result<std::shared_ptr<JobService>> open_queue(bool transfers);

// What the arguments ask for, checked as far as that needs no queue.
struct JobRequest {
  NewJob job;
  std::vector<NewFile> files;
};
Result<JobRequest> plan_job(const NewJobArguments& arguments, Priority priority);

// A new job of these files, not yet moving. Nothing is left of it when that fails.
Result<std::shared_ptr<JobView>> make_job(JobService& service, JobRequest request);

Result<CommandOutcome> command(JobService& service, const JobId& id, JobCommand command);

}  // namespace dosvc::cli
