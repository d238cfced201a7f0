#include "lab/lab.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace dosvc::lab {

namespace {

constexpr const char* kInterface = "wan0";
constexpr const char* kControl = "net.ipv4.tcp_congestion_control";
constexpr const char* kAllowed = "net.ipv4.tcp_allowed_congestion_control";

// A namespace may only choose what the machine allows everybody; that is said for as long as it takes to choose.
Result<void> choose_cubic(const NetNamespace& where) {
  const auto choose = [&]() -> Result<void> {
    const Inside inside = DO_TRY(Inside::enter(where));
    return set_kernel_setting(kControl, "cubic");
  };
  if (choose()) return {};
  // Another lab that reads the list meanwhile would put back what isn't the machine's.
  const UniqueFd lock(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
  if (!lock || ::flock(lock.get(), LOCK_EX) != 0) return lab_error("waiting for other labs");
  const std::string allowed = DO_TRY(kernel_setting(kAllowed));
  DO_TRY(set_kernel_setting(kAllowed, allowed + " cubic"));
  auto chosen = choose();
  DO_TRY(set_kernel_setting(kAllowed, allowed));
  return chosen;
}

struct Host {
  NetNamespace where;
  Tap tap;
  std::string hardware;
};

Result<Host> make_host(const std::string& address) {
  NetNamespace where = DO_TRY(NetNamespace::create());
  const Inside inside = DO_TRY(Inside::enter(where));
  DO_TRY(set_up("lo"));
  Tap tap = DO_TRY(make_tap(kInterface));
  DO_TRY(give_address(kInterface, address));
  DO_TRY(set_kernel_setting("net.ipv4.tcp_no_metrics_save", "1"));
  std::string hardware = DO_TRY(hardware_address(kInterface));
  return Host{std::move(where), std::move(tap), std::move(hardware)};
}

Result<void> introduce(const Host& host, const std::string& address, const Host& other) {
  const Inside inside = DO_TRY(Inside::enter(host.where));
  return tell_neighbour(kInterface, address, other.hardware);
}

}  // namespace

std::string Lab::obstacle() {
  if (::geteuid() != 0) return "only root can make network namespaces and interfaces";
  if (::access("/dev/net/tun", R_OK | W_OK) != 0) return "there is no /dev/net/tun";
  const auto made = NetNamespace::create();
  return made ? "" : made.error().message;
}

Result<Lab> Lab::create(const Link& link) {
  Host server = DO_TRY(make_host(kServerAddress));
  Host client = DO_TRY(make_host(kClientAddress));
  DO_TRY(introduce(server, kClientAddress, client));
  DO_TRY(introduce(client, kServerAddress, server));
  DO_TRY(choose_cubic(server.where));
  auto emulator = DO_TRY(Emulator::start(std::move(server.tap), std::move(client.tap), link));
  return Lab(std::move(server.where), std::move(client.where), std::move(emulator));
}

Result<std::string> Lab::congestion_control() const {
  const Inside inside = DO_TRY(Inside::enter(server_));
  return kernel_setting(kControl);
}

}  // namespace dosvc::lab
