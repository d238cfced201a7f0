#include "service/bus_name.h"

#include <stdlib.h>

#include <cstdint>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "dbus/wire.h"

namespace dosvc::service {
namespace {

constexpr char kDaemon[] = "org.freedesktop.DBus";
constexpr char kDaemonPath[] = "/org/freedesktop/DBus";
constexpr auto kPatience = std::chrono::seconds(25);

constexpr std::uint32_t kDoNotQueue = 4;  // D-Bus specification, "Message Bus Messages"
constexpr std::uint32_t kPrimaryOwner = 1;
constexpr std::uint32_t kAlreadyOwner = 4;

std::string_view variable(const char* name) {
  const char* value = ::secure_getenv(name);
  return value ? value : "";
}

}  // namespace

Result<std::string> system_bus_address() {
  const auto said = variable("DBUS_SYSTEM_BUS_ADDRESS");
  return std::string(said.empty() ? "unix:path=/run/dbus/system_bus_socket" : said);
}

Result<std::string> session_bus_address() {
  if (const auto said = variable("DBUS_SESSION_BUS_ADDRESS"); !said.empty()) return std::string(said);
  if (const auto runtime = variable("XDG_RUNTIME_DIR"); runtime.starts_with('/')) {
    return "unix:path=" + std::string(runtime) + "/bus";
  }
  return Error{
      HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), ErrorContext::none,
      "there is no session bus, since neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set: dosvcd --own "
      "works without one"};
}

BusName::BusName(Loop& loop, BusAdaptor& adaptor, std::string address, std::function<void(Result<void>)> changed)
    : loop_(loop), adaptor_(adaptor), address_(std::move(address)), changed_(std::move(changed)) {}

void BusName::acquire() {
  if (!connection_) {
    auto made = BusConnection::connect(loop_, address_, true);
    if (!made) return changed_(made.error());
    connection_ = made->get();
    adaptor_.serve(std::move(made).take(), [this, alive = std::weak_ptr<const char>(alive_)] {
      if (alive.expired()) return;
      connection_ = nullptr;
      call_.reset();
      changed_(Error{HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), ErrorContext::none,
                     "there is no message bus at " + escaped(address_) + ", or it has ended"});
    });
  }
  MessageWriter request = connection_->call_message(kDaemon, kDaemonPath, kDaemon, "RequestName");
  request.text(wire::kBusName).basic('u', &kDoNotQueue);
  call_ = connection_->call(std::move(request), kPatience,
                            [this](const Result<sd_bus_message*>& answer) { asked(answer); });
}

void BusName::asked(const Result<sd_bus_message*>& answer) {
  if (!answer) return changed_(answer.error());
  std::uint32_t code = 0;
  if (::sd_bus_message_read_basic(*answer, 'u', &code) < 0 || (code != kPrimaryOwner && code != kAlreadyOwner)) {
    return changed_(Error{HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION), ErrorContext::none,
                          "the name org.dosvc1 is taken on the bus: another service runs there"});
  }
  changed_({});
}

void BusName::release(std::function<void()> released) {
  if (!connection_) return released();
  MessageWriter request = connection_->call_message(kDaemon, kDaemonPath, kDaemon, "ReleaseName");
  request.text(wire::kBusName);
  call_ = connection_->call(std::move(request), kPatience,
                            [released = std::move(released)](const Result<sd_bus_message*>&) { released(); });
}

}  // namespace dosvc::service
