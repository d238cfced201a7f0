#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dbus/find_on_bus.h"
#include "dbus/proxy.h"

namespace dosvc {

// Where a service may be.
enum class ServicePlace : std::uint8_t { named_address, own, system_bus, session_bus };

// Which places are looked at, the first that has a service wins: the one that DOSVC_ADDRESS names and no other; where
// DOSVC_STATE_DIR names a queue, the service of that queue and no other; else the system bus, the session bus, and a
// service of one's own.
std::vector<ServicePlace> service_places(bool address_named, bool state_directory_named);

struct FoundService {
  ServiceAddress address;
  std::string description;  // "system bus", "session bus", "own service at /run/user/1000/dosvc/socket"
};

// How the places are looked at: find_service() with others than the real ones is for tests.
struct ServiceWays {
  std::string named_address;  // DOSVC_ADDRESS, or empty
  bool state_directory_named = false;
  std::function<Result<std::optional<std::string>>(Bus)> on_bus;
  std::function<Result<FoundService>()> own;
};

// Goes through the places. A bus that has the service installed but can't start it is passed over, so that a container
// without a running service manager still has one. DO_E_NO_SERVICE tells what was tried.
Result<FoundService> find_service(const ServiceWays& ways);

}  // namespace dosvc
