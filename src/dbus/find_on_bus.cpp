#include "dbus/find_on_bus.h"

#include <fmt/core.h>
#include <systemd/sd-bus.h>

#include "base/log.h"
#include "base/text.h"
#include "dbus/blocking_bus.h"
#include "dbus/wire.h"

namespace dosvc {
namespace {

constexpr char kDaemon[] = "org.freedesktop.DBus";
constexpr char kDaemonPath[] = "/org/freedesktop/DBus";

BusPtr open(Bus which) {
  sd_bus* opened = nullptr;
  const int made = which == Bus::system ? sd_bus_open_system(&opened) : sd_bus_open_user(&opened);
  if (made < 0) log_debug("there is no {}: error {}", name_of(which), -made);
  return BusPtr(made < 0 ? nullptr : opened);
}

bool has_owner(sd_bus* bus) {
  CallError ignored;
  sd_bus_message* answer = nullptr;
  int yes = 0;
  if (sd_bus_call_method(bus, kDaemon, kDaemonPath, kDaemon, "NameHasOwner", &ignored.error, &answer, "s",
                         wire::kBusName) < 0)
    return false;
  const MessagePtr held(answer);
  return sd_bus_message_read(answer, "b", &yes) > 0 && yes;
}

bool can_be_started(sd_bus* bus) {
  CallError ignored;
  sd_bus_message* answer = nullptr;
  if (sd_bus_call_method(bus, kDaemon, kDaemonPath, kDaemon, "ListActivatableNames", &ignored.error, &answer, nullptr) <
      0)
    return false;
  const MessagePtr held(answer);
  if (sd_bus_message_enter_container(answer, 'a', "s") < 0) return false;
  const char* name = nullptr;
  while (sd_bus_message_read(answer, "s", &name) > 0) {
    if (std::string_view(name) == wire::kBusName) return true;
  }
  return false;
}

Result<void> start_on(sd_bus* bus, Bus which) {
  CallError refused;
  sd_bus_message* answer = nullptr;
  const int called = sd_bus_call_method(bus, kDaemon, kDaemonPath, kDaemon, "StartServiceByName", &refused.error,
                                        &answer, "su", wire::kBusName, std::uint32_t{0});
  const MessagePtr held(answer);
  if (called >= 0) return {};
  const char* why = refused.error.message ? refused.error.message : "no answer";
  return Error{DO_E_NO_SERVICE, ErrorContext::none,
               fmt::format("the {} can't start the service: {}", name_of(which), escaped(why))};
}

}  // namespace

std::string_view name_of(Bus bus) { return bus == Bus::system ? "system bus" : "session bus"; }

Result<std::optional<std::string>> find_on_bus(Bus which, bool start) {
  const BusPtr bus = open(which);
  if (!bus) return std::optional<std::string>();
  if (!has_owner(bus.get())) {
    if (!start || !can_be_started(bus.get())) return std::optional<std::string>();
    DO_TRY(start_on(bus.get(), which));
  }
  const char* address = nullptr;
  if (sd_bus_get_address(bus.get(), &address) < 0) return std::optional<std::string>();
  return std::optional<std::string>(address);
}

}  // namespace dosvc
