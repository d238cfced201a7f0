#include "origin/wire.h"

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace dosvc::origin {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class PlainChannel : public Channel {
 public:
  explicit PlainChannel(int socket) : socket_(socket) {}

  Outcome read(char* to, std::size_t size) override {
    const ssize_t got = ::recv(socket_, to, size, 0);
    if (got > 0) return {Step::moved, static_cast<std::size_t>(got)};
    return {got < 0 && is_for_now() ? Step::wants_read : Step::ended, 0};
  }

  Outcome write(const char* from, std::size_t size) override {
    const ssize_t sent = ::send(socket_, from, size, MSG_NOSIGNAL);
    if (sent >= 0) return {Step::moved, static_cast<std::size_t>(sent)};
    return {is_for_now() ? Step::wants_write : Step::ended, 0};
  }

  void say_goodbye() override {}

 private:
  static bool is_for_now() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }
  int socket_;
};

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

int Fd::release() { return std::exchange(fd_, -1); }

std::unique_ptr<Channel> plain_channel(int socket) { return std::make_unique<PlainChannel>(socket); }

Wire::Wire(Fd socket, std::unique_ptr<Channel> channel, int stop)
    : socket_(std::move(socket)), channel_(std::move(channel)), stop_(stop) {}

// True when `fd` is ready for any of the events (or has failed, which the next read or write will tell).
bool Wire::wait(int fd, short events, milliseconds at_most) {
  const auto end = steady_clock::now() + std::min(at_most, kLongestWait);
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(end - steady_clock::now());
    if (left.count() < 0) return false;
    std::array<pollfd, 2> watched{{{fd, events, 0}, {stop_, POLLIN, 0}}};
    const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0 || watched[1].revents != 0) return false;
    if (watched[0].revents != 0) return true;
  }
}

bool Wire::wait_for(Channel::Step step) {
  return wait(socket_.get(), step == Channel::Step::wants_read ? POLLIN : POLLOUT, kLongestWait);
}

bool Wire::stopped() const {
  pollfd watched{stop_, POLLIN, 0};
  return ::poll(&watched, 1, 0) > 0;
}

bool Wire::receive(std::string& to) {
  std::array<char, 16384> block;
  for (;;) {
    const auto [step, bytes] = channel_->read(block.data(), block.size());
    if (step == Channel::Step::moved) {
      to.append(block.data(), bytes);
      return true;
    }
    if (step == Channel::Step::ended || !wait_for(step)) return false;
  }
}

bool Wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto [step, sent] = channel_->write(bytes.data(), bytes.size());
    bytes.remove_prefix(sent);
    if (step == Channel::Step::ended) return false;
    // A peer that reads fast never makes us wait, and the stop is to be heard all the same.
    if (step == Channel::Step::moved ? stopped() : !wait_for(step)) return false;
  }
  return true;
}

bool Wire::pause_until(steady_clock::time_point when) {
  const auto left = std::chrono::ceil<milliseconds>(when - steady_clock::now());
  if (left.count() <= 0) return true;
  if (wait(socket_.get(), POLLRDHUP, left)) return false;
  return steady_clock::now() >= when;
}

void Wire::finish() {
  channel_->say_goodbye();
  cut();
}

void Wire::cut() {
  constexpr milliseconds kPatience{2000};
  ::shutdown(socket_.get(), SHUT_WR);
  const auto end = steady_clock::now() + kPatience;
  std::array<char, 16384> block;
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
    if (left.count() <= 0 || !wait(socket_.get(), POLLIN, left)) return;
    if (::recv(socket_.get(), block.data(), block.size(), 0) <= 0) return;
  }
}

void Wire::reset() {
  // Closing with this option drops what is still in the send buffer. There is no event for "all acknowledged", so look.
  constexpr milliseconds kPatience{5000};
  const auto end = steady_clock::now() + kPatience;
  int unsent = 0;
  while (::ioctl(socket_.get(), SIOCOUTQ, &unsent) == 0 && unsent > 0 && steady_clock::now() < end) {
    if (!pause_until(steady_clock::now() + milliseconds(1))) break;
  }
  const linger now{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  socket_ = Fd(-1);
}

Fd listen_on(std::uint16_t port, bool everywhere) {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int yes = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(everywhere ? INADDR_ANY : INADDR_LOOPBACK);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return Fd();
  if (::listen(fd.get(), SOMAXCONN) != 0) return Fd();
  return fd;
}

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.sin_port);
}

}  // namespace dosvc::origin
