#pragma once

#include <memory>

#include "base/result.h"
#include "core/job_service.h"

namespace dosvc {

struct ConnectOptions {
  bool transfers = true;  // false: only look at jobs and change them; nothing moves
  bool start = true;      // false: DO_E_NO_SERVICE when no service is running
};

// The service that this process uses. DOSVC_MODE=inproc, or unset: an engine inside this process, on the state
// directory of the environment; all callers share one for as long as somebody holds it. DOSVC_MODE=service:
// DO_E_NO_SERVICE, since there is none yet. Anything else: E_INVALIDARG.
//
// Thread-safe. May wait: for the queue to be read, and for an engine that is just ending. Not to be called on the
// service's own thread. E_ACCESSDENIED with `transfers` when the engine that is shared was opened without.
Result<std::shared_ptr<JobService>> connect(ConnectOptions options = {});

// Whether that is a service, with which jobs go on when this process has ended.
bool uses_service();

// Which one connect() last found, in words: "system bus", "own service at /run/user/1000/dosvc/socket", "this process".
std::string service_in_use();

}  // namespace dosvc
