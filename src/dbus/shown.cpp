#include "dbus/shown.h"

#include <memory>
#include <utility>

namespace dosvc {

JobSnapshotPtr shown_to(const Caller& caller, JobSnapshotPtr job) {
  const HttpOptions& http = job->job.http;
  if (caller.uid == job->job.owner || (http.headers.empty() && http.auth_headers.empty())) return job;
  auto shown = std::make_shared<JobSnapshot>(*job);
  shown->job.http.headers.clear();
  shown->job.http.auth_headers.clear();
  return shown;
}

}  // namespace dosvc
