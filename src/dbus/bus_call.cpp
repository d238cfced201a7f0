#include "dbus/bus_call.h"

namespace dosvc {

Result<void> BusCall::find_job(const JobId& id) {
  id_ = id;
  auto found = side_.service.find(caller(), id);
  if (found) {
    in_queue_ = true;
    job_ = std::move(found).take();
    return {};
  }
  if (found.error().code == E_ACCESSDENIED) {
    needs_administrator_ = !caller().administrator;
    return found.error();
  }
  job_ = side_.finished.find(caller(), id);
  return {};
}

Result<std::shared_ptr<JobView>> BusCall::any_job() const {
  if (job_) return job_;
  return Error{BG_E_NOT_FOUND, ErrorContext::none, "there is no job " + id_.text()};
}

Result<void> BusCall::allow_administrators_only() {
  if (caller().administrator) return {};
  needs_administrator_ = true;
  return Error{E_ACCESSDENIED, ErrorContext::none, "only an administrator may see the jobs of all users"};
}

}  // namespace dosvc
