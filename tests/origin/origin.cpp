#include "origin/origin.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>

#include "origin/connection.h"

namespace dosvc::origin {

namespace {

// Threads of the origin take no signals: those are for the test. SIGPIPE, which OpenSSL's writes may raise, goes to the
// writing thread itself and stays unnoticed there.
void take_no_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

Origin::Origin(const Options& options)
    : stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), plain_(listen_on(options.port, options.everywhere)) {
  if (plain_.get() < 0) {
    error_ = "cannot listen on port " + std::to_string(options.port);
    return;
  }
  port_ = port_of(plain_.get());
  if (!options.tls_directory.empty()) {
    tls_ = make_tls(options.tls_directory, options.tls);
    secure_ = listen_on(0, options.everywhere);
    if (!tls_ || secure_.get() < 0) {
      error_ = "cannot serve https with " + options.tls_directory;
      return;
    }
    tls_port_ = port_of(secure_.get());
  }
  acceptor_ = std::thread([this] { accept_until_stopped(); });
}

Origin::~Origin() {
  ::eventfd_write(stop_.get(), 1);
  if (acceptor_.joinable()) acceptor_.join();
  for (Worker& worker : workers_) worker.thread.join();
}

std::string Origin::url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }

std::string Origin::tls_url(const std::string& path) const {
  return "https://127.0.0.1:" + std::to_string(tls_port_) + path;
}

void Origin::accept_until_stopped() {
  take_no_signals();
  for (;;) {
    std::array<pollfd, 3> watched{{{stop_.get(), POLLIN, 0}, {plain_.get(), POLLIN, 0}, {secure_.get(), POLLIN, 0}}};
    ::poll(watched.data(), watched.size(), -1);
    if (watched[0].revents != 0) return;
    if (watched[1].revents != 0) accept_one(plain_.get(), false);
    if (watched[2].revents != 0) accept_one(secure_.get(), true);
    workers_.remove_if([](Worker& worker) {
      if (!worker.done) return false;
      worker.thread.join();
      return true;
    });
  }
}

void Origin::accept_one(int listener, bool tls) {
  Fd socket(::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket.get() < 0) return;
  const int yes = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  // Bounded, so that bytes_sent() stays near to what the client has read.
  const int send_buffer = 512 * 1024;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
  const std::uint64_t number = record_.count_connection();
  Worker& worker = workers_.emplace_back();
  worker.thread = std::thread([this, &worker, number, tls, fd = socket.release()] {
    take_no_signals();
    {
      auto channel = tls ? tls_->channel(fd) : plain_channel(fd);
      Connection connection(Wire(Fd(fd), std::move(channel), stop_.get()), number, site_, record_);
      connection.run();
    }
    site_.connection_ended(number);
    worker.done = true;
  });
}

}  // namespace dosvc::origin
