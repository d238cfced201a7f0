#pragma once

#include <memory>
#include <string>

#include "cli/arguments.h"
#include "cli/console.h"
#include "core/job_service.h"

// The calls that the commands make, each waiting for its answer.
namespace dosvc::cli {

// The job queue: that of the service, which is started if need be; or, where that is chosen, one that is worked on in
// this process, with or without transfers. Its errors all have the context `queue`.
Result<std::shared_ptr<JobService>> open_queue(bool transfers, Console& console);
// Whether jobs move when this process has ended.
bool jobs_go_on_alone();

// What the arguments ask for, checked as far as that needs no queue.
struct JobRequest {
  NewJob job;
  std::vector<NewFile> files;
};
Result<JobRequest> plan_job(const NewJobArguments& arguments, Priority priority);

// The caller's job in the queue, not final, that will save under one of the request's names.
struct EarlierJob {
  std::shared_ptr<JobView> view;  // empty when there is none
  bool same_files = false;        // the same URLs under the same names, no more and no less
};
Result<EarlierJob> find_earlier_job(JobService& service, const JobRequest& request);
// What to tell when the request can't be a job because of it: the job, and the ways on.
Error earlier_job_error(const JobView& earlier, const JobRequest& request);

// A new job of these files, not yet moving. Nothing is left of it when that fails.
Result<std::shared_ptr<JobView>> make_job(JobService& service, JobRequest request);

Result<CommandOutcome> command(JobService& service, const JobId& id, JobCommand command);

}  // namespace dosvc::cli
