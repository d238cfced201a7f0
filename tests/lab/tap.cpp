#include "lab/tap.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>

namespace dosvc::lab {

namespace {

// Room for a burst that comes while the emulator is not quick enough; what is dropped is for its own queue to decide.
constexpr int kFramesThatWait = 10'000;

UniqueFd any_socket() { return UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)); }

ifreq about(const std::string& interface) {
  ifreq request{};
  interface.copy(request.ifr_name, IFNAMSIZ - 1);
  return request;
}

void put_address(sockaddr& place, const std::string& address) {
  sockaddr_in internet{};
  internet.sin_family = AF_INET;
  ::inet_pton(AF_INET, address.c_str(), &internet.sin_addr);
  std::memcpy(&place, &internet, sizeof place);
}

}  // namespace

Result<Tap> make_tap(const std::string& name) {
  UniqueFd frames(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!frames) return lab_error("opening /dev/net/tun");
  ifreq request = about(name);
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  if (::ioctl(frames.get(), TUNSETIFF, &request) != 0) return lab_error("making the interface " + name);
  request.ifr_qlen = kFramesThatWait;
  if (::ioctl(any_socket().get(), SIOCSIFTXQLEN, &request) != 0) return lab_error("making room in " + name);
  DO_TRY(set_up(name));
  return Tap{std::move(frames), name};
}

Result<void> set_up(const std::string& interface) {
  const UniqueFd socket = any_socket();
  ifreq request = about(interface);
  if (::ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) return lab_error("looking at " + interface);
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) return lab_error("setting up " + interface);
  return {};
}

Result<void> give_address(const std::string& interface, const std::string& address) {
  const UniqueFd socket = any_socket();
  ifreq request = about(interface);
  put_address(request.ifr_addr, address);
  if (::ioctl(socket.get(), SIOCSIFADDR, &request) != 0) return lab_error("giving " + interface + " an address");
  put_address(request.ifr_netmask, "255.255.255.0");
  if (::ioctl(socket.get(), SIOCSIFNETMASK, &request) != 0) return lab_error("giving " + interface + " a network");
  return {};
}

Result<std::string> hardware_address(const std::string& interface) {
  ifreq request = about(interface);
  if (::ioctl(any_socket().get(), SIOCGIFHWADDR, &request) != 0) return lab_error("looking at " + interface);
  return std::string(request.ifr_hwaddr.sa_data, 6);
}

Result<void> tell_neighbour(const std::string& interface, const std::string& address, const std::string& hardware) {
  arpreq entry{};
  put_address(entry.arp_pa, address);
  entry.arp_ha.sa_family = ARPHRD_ETHER;
  hardware.copy(entry.arp_ha.sa_data, sizeof entry.arp_ha.sa_data);
  entry.arp_flags = ATF_PERM | ATF_COM;
  interface.copy(entry.arp_dev, sizeof entry.arp_dev - 1);
  if (::ioctl(any_socket().get(), SIOCSARP, &entry) != 0) return lab_error("naming the neighbour " + address);
  return {};
}

}  // namespace dosvc::lab
