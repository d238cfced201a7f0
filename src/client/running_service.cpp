#include "client/running_service.h"

#include <utility>

#include "client/own_service.h"
#include "dbus/service_process.h"

namespace dosvc {

Result<std::optional<RunningService>> find_running_service() {
  OwnService own({});
  auto found = find_service(service_ways(own, false));
  if (!found && found.error().code == DO_E_NO_SERVICE) return std::optional<RunningService>();
  if (!found) return found.error();
  auto process = ask_process(found->address);
  // One that has just left, or an address that was named and where nobody is.
  if (!process && process.error().code == DO_E_NO_SERVICE) return std::optional<RunningService>();
  if (!process) return process.error();
  RunningService running;
  running.description = std::move(found->description);
  running.version = std::move(process->version);
  running.pid = process->pid;
  running.process = std::move(process->process);
  running.unit = std::move(process->unit);
  running.users_unit = process->users_unit;
  return std::optional<RunningService>(std::move(running));
}

}  // namespace dosvc
