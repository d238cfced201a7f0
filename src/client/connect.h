#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "core/job_service.h"

namespace dosvc {

struct ConnectOptions {
  bool transfers = true;  // in this process only: false: only look at jobs and change them; nothing moves
  bool start = true;      // false: DO_E_NO_SERVICE when no service is running
};

// The service that this process uses; all callers share one for as long as somebody holds it. DOSVC_MODE=service, or
// unset: the one that is found as service_place.h says, started where none is running. DOSVC_MODE=inproc: an engine
// inside this process, on the state directory of the environment. Anything else: E_INVALIDARG.
//
// Thread-safe. May wait: for a service to start; in this process for the queue to be read, and for an engine that is
// just ending. Not to be called on the service's own thread. DO_E_NO_SERVICE: there is none and none can be started.
// E_ACCESSDENIED with `transfers` when the engine that is shared was opened without.
Result<std::shared_ptr<JobService>> connect(ConnectOptions options = {});

// Whether that is a service, with which jobs go on when this process has ended.
bool uses_service();

// Which service connect() last found: "system bus", "session bus", "own service at /run/user/1000/dosvc/socket",
// "service at unix:path=/there", "this process"; empty before. A service that went away may be found elsewhere by the
// next call, so it may change.
std::string service_in_use();

}  // namespace dosvc
