#include "host/link_watch.h"

#include <errno.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <utility>

#include "base/log.h"

namespace dosvc {
namespace {

bool reaches_others(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in ipv4{};
    ::memcpy(&ipv4, &address, sizeof ipv4);
    constexpr in_addr_t kLinkLocal = 0xA9FE0000;  // 169.254.0.0/16
    const in_addr_t host_order = ntohl(ipv4.sin_addr.s_addr);
    return (host_order & 0xFFFF0000) != kLinkLocal && host_order >> 24 != IN_LOOPBACKNET;
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 ipv6{};
    ::memcpy(&ipv6, &address, sizeof ipv6);
    return !IN6_IS_ADDR_LINKLOCAL(&ipv6.sin6_addr) && !IN6_IS_ADDR_LOOPBACK(&ipv6.sin6_addr);
  }
  return false;
}

// What the kernel has said is only taken as a hint to look again: it may have had more to say than there was room for.
void read_all(int kernel) {
  std::array<char, 16 * 1024> said{};
  while (::recv(kernel, said.data(), said.size(), MSG_DONTWAIT) > 0 || errno == EINTR || errno == ENOBUFS) {
  }
}

UniqueFd hear_kernel() {
  UniqueFd kernel(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  sockaddr_nl groups{};
  groups.nl_family = AF_NETLINK;
  groups.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (kernel && ::bind(kernel.get(), reinterpret_cast<const sockaddr*>(&groups), sizeof groups) == 0) return kernel;
  log_warning("The loss of the network can't be seen when it happens, only when connections fail: {}.",
              ::strerror(errno));
  return {};
}

}  // namespace

NetworkState network_now() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return NetworkState::there;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owned(first, &::freeifaddrs);
  constexpr unsigned kWorks = IFF_UP | IFF_RUNNING;
  bool has_link = false;
  bool has_address = false;  // where routing is the host's own, it may stand on the loopback interface
  for (const ifaddrs* each = first; each; each = each->ifa_next) {
    if ((each->ifa_flags & kWorks) != kWorks) continue;
    if (!(each->ifa_flags & IFF_LOOPBACK)) has_link = true;
    if (each->ifa_addr && reaches_others(*each->ifa_addr)) has_address = true;
  }
  return has_link && has_address ? NetworkState::there : NetworkState::lost;
}

LinkWatch::LinkWatch(Loop& loop, std::function<void(NetworkState)> tell)
    : loop_(loop), tell_(std::move(tell)), kernel_(hear_kernel()) {
  // Heard first and then looked at, so that no change is missed.
  told_ = network_now();
  if (kernel_) {
    watch_ = loop_.watch(kernel_.get(), Interest::readable, [this](Interest) {
      read_all(kernel_.get());
      look();
    });
  }
  tell_(told_);
}

void LinkWatch::look() {
  const NetworkState now = network_now();
  if (now == std::exchange(told_, now)) return;
  log_info("{}", now == NetworkState::there ? "There is a network again." : "There is no network any more.");
  tell_(now);
}

}  // namespace dosvc
