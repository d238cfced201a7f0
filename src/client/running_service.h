#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace dosvc {

// A service as it is seen from outside.
struct RunningService {
  std::string description;  // as of service_in_use()
  std::string version;
  pid_t pid = 0;            // 0: not known, as where it runs among processes that can't be seen from here
  UniqueFd process;         // a pidfd of it; empty when it isn't known
  std::string unit;         // of systemd's that it is, such as "dosvc.service"; or empty
  bool users_unit = false;  // of the user's own service manager
};

// The service that connect() would use, as far as one is running; none is started. Empty: there is none. Waits for its
// answer.
Result<std::optional<RunningService>> find_running_service();

}  // namespace dosvc
