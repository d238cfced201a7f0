#include "dbus/service_process.h"

#include <fmt/core.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include <cstring>
#include <memory>

#include "base/text.h"
#include "dbus/blocking_bus.h"
#include "dbus/wire.h"

namespace dosvc {
namespace {

constexpr std::string_view kUnit = "dosvc.service";  // see packaging/systemd

Error no_service(const ServiceAddress& at, const std::string& why) {
  return Error{DO_E_NO_SERVICE, ErrorContext::none,
               fmt::format("no service answers at {}: {}", escaped(at.address), escaped(why))};
}

Result<BusPtr> open(const ServiceAddress& at) {
  sd_bus* made = nullptr;
  int r = sd_bus_new(&made);
  BusPtr bus(made);
  if (r >= 0) r = sd_bus_set_address(made, at.address.c_str());
  if (r >= 0) r = sd_bus_set_bus_client(made, at.bus);
  if (r >= 0) r = sd_bus_start(made);
  if (r < 0) return no_service(at, std::strerror(-r));
  return bus;
}

// It answers, so somebody is there to be looked at.
Result<std::string> version_of(sd_bus* bus, const ServiceAddress& at) {
  CallError refused;
  sd_bus_message* call = nullptr;
  sd_bus_message* answer = nullptr;
  int r = sd_bus_message_new_method_call(bus, &call, at.bus ? wire::kBusName : nullptr, wire::kManagerPath,
                                         "org.freedesktop.DBus.Properties", "Get");
  const MessagePtr held(call);
  if (r >= 0) r = sd_bus_message_set_auto_start(call, 0);
  if (r >= 0) r = sd_bus_message_append(call, "ss", wire::kManager, "Version");
  if (r >= 0) r = sd_bus_call(bus, call, 0, &refused.error, &answer);
  const MessagePtr answered(answer);
  const char* version = nullptr;
  if (r >= 0) r = sd_bus_message_read(answer, "v", "s", &version);
  if (r < 0) return no_service(at, refused.error.message ? refused.error.message : std::strerror(-r));
  return std::string(version);
}

pid_t pid_of(sd_bus* bus, const ServiceAddress& at) {
  if (!at.bus) {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(sd_bus_get_fd(bus), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
  }
  CallError ignored;
  sd_bus_message* answer = nullptr;
  std::uint32_t pid = 0;
  (void)sd_bus_call_method(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                           "GetConnectionUnixProcessID", &ignored.error, &answer, "s", wire::kBusName);
  const MessagePtr held(answer);
  return answer && sd_bus_message_read(answer, "u", &pid) > 0 ? static_cast<pid_t>(pid) : 0;
}

}  // namespace

Result<ServiceProcess> ask_process(const ServiceAddress& at) {
  const BusPtr bus = DO_TRY(open(at));
  ServiceProcess process;
  process.pid = pid_of(bus.get(), at);
  if (process.pid > 0) process.process = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  process.version = DO_TRY(version_of(bus.get(), at));
  char* unit = nullptr;
  process.users_unit = process.pid > 0 && sd_pid_get_user_unit(process.pid, &unit) >= 0;
  if (process.pid > 0 && !process.users_unit) (void)sd_pid_get_unit(process.pid, &unit);
  const std::unique_ptr<char, decltype(&::free)> held(unit, &::free);
  // A service that a program has started is of that program's unit, be it a session's scope or cron.
  if (unit && std::string_view(unit) == kUnit) process.unit = unit;
  return process;
}

}  // namespace dosvc
