#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "dbus/proxy.h"

namespace dosvc {

struct ServiceProcess {
  std::string version;
  pid_t pid = 0;            // 0: not known, as where it can't be seen from here
  UniqueFd process;         // a pidfd of it, or empty; taken before its last answer, so that it is no other's
  std::string unit;         // systemd's, when that is the service's own; or empty
  bool users_unit = false;  // of the user's own service manager
};

// Asks the service that runs at an address; none is started. DO_E_NO_SERVICE: there is none. Waits for the answer.
Result<ServiceProcess> ask_process(const ServiceAddress& at);

}  // namespace dosvc
