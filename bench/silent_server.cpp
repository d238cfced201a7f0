#include "silent_server.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <utility>

#include "process.h"

namespace dosvc::bench {
namespace {

// Takes connections until `stop` is readable; a connection lasts until its other side has closed it.
void serve(int listening, int stop) {
  const UniqueFd events(::epoll_create1(EPOLL_CLOEXEC));
  const auto watch = [&](int fd) {
    epoll_event wanted{.events = EPOLLIN, .data = {.fd = fd}};
    ::epoll_ctl(events.get(), EPOLL_CTL_ADD, fd, &wanted);
  };
  watch(listening);
  watch(stop);
  std::map<int, UniqueFd> connections;
  for (epoll_event ready{}; ::epoll_wait(events.get(), &ready, 1, -1) == 1;) {
    const int fd = ready.data.fd;
    if (fd == stop) return;
    if (fd == listening) {
      UniqueFd taken(::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC));
      if (!taken) continue;
      watch(taken.get());
      connections[taken.get()] = std::move(taken);
      continue;
    }
    char request[4096];
    if (::read(fd, request, sizeof request) <= 0) connections.erase(fd);
  }
}

}  // namespace

Result<SilentServer> SilentServer::start() {
  UniqueFd listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  UniqueFd stop(::eventfd(0, EFD_CLOEXEC));
  sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (!listening || !stop || ::bind(listening.get(), plain, size) != 0 || ::listen(listening.get(), SOMAXCONN) != 0 ||
      ::getsockname(listening.get(), plain, &size) != 0) {
    return system_failed("listening on the loopback");
  }
  return SilentServer(std::move(listening), std::move(stop), ntohs(address.sin_port));
}

SilentServer::SilentServer(UniqueFd listening, UniqueFd stop, std::uint16_t port)
    : listening_(std::move(listening)), stop_(std::move(stop)), port_(port) {
  thread_ = std::thread(serve, listening_.get(), stop_.get());
}

SilentServer::~SilentServer() {
  if (!thread_.joinable()) return;
  const std::uint64_t one = 1;
  (void)!::write(stop_.get(), &one, sizeof one);
  thread_.join();
}

std::string SilentServer::url() const { return fmt::format("http://127.0.0.1:{}", port_); }

}  // namespace dosvc::bench
