#include "client/service_place.h"

#include <fmt/core.h>

#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace dosvc {
namespace {

FoundService at_address(const std::string& address) {
  FoundService named;
  named.address.address = address;
  named.description = "service at " + escaped(address);
  return named;
}

// Empty: there is none, for the reason that is added to `tried`.
std::optional<FoundService> look_on(Bus bus, const ServiceWays& ways, std::string& tried) {
  const std::string name(name_of(bus));
  const auto found = ways.on_bus(bus);
  if (found && *found) {
    FoundService there;
    there.address = {**found, true};
    there.description = name;
    return there;
  }
  if (!found) log_warning("the {} has dosvc, but not running: {}", name, found.error().message);
  tried += fmt::format("the {} ({}), ", name, found ? "it has none" : found.error().message);
  return std::nullopt;
}

}  // namespace

std::vector<ServicePlace> service_places(bool address_named, bool state_directory_named) {
  if (address_named) return {ServicePlace::named_address};
  if (state_directory_named) return {ServicePlace::own};
  return {ServicePlace::system_bus, ServicePlace::session_bus, ServicePlace::own};
}

Result<FoundService> find_service(const ServiceWays& ways) {
  std::string tried;
  for (const ServicePlace place : service_places(!ways.named_address.empty(), ways.state_directory_named)) {
    switch (place) {
      case ServicePlace::named_address:
        return at_address(ways.named_address);
      case ServicePlace::system_bus:
      case ServicePlace::session_bus:
        if (auto found = look_on(place == ServicePlace::system_bus ? Bus::system : Bus::session, ways, tried))
          return *std::move(found);
        break;
      case ServicePlace::own: {
        auto found = ways.own();
        if (found || tried.empty()) return found;
        return Error{
            DO_E_NO_SERVICE, ErrorContext::none,
            fmt::format("there is no service: tried {}and one of one's own: {}", tried, found.error().message)};
      }
    }
  }
  return Error{DO_E_NO_SERVICE, ErrorContext::none, "there is no place to look for a service"};
}

}  // namespace dosvc
