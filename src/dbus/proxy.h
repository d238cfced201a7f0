#pragma once

#include "base/result.h"
#include "core/job_service.h"

#include <functional>
#include <memory>
#include <string>

namespace dosvc {

// Where a service is. Looked for anew at each attempt to connect.
struct ServiceAddress {
  std::string address;  // a D-Bus address
  bool bus = false;     // a message bus, on which the service has the name org.dosvc1; else the service's own socket
};
// `start`: where none runs one may be started; else DO_E_NO_SERVICE.
using FindService = std::function<Result<ServiceAddress>(bool start)>;

// A JobService that is elsewhere. Any thread may call. It has a thread of its own, on which replies and listeners are
// called; find(), list() and the getters of views wait for the service's answer, but on that thread, where they answer
// with what was last told.
//
// A service that goes away is found again: the next call connects anew, listeners are registered anew, and what a
// listener has taken is not told to it twice.
Result<std::unique_ptr<JobService>> open_bus_proxy(FindService find);

}  // namespace dosvc
