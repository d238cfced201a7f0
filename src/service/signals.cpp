#include "service/signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <string>
#include <utility>

namespace dosvc::service {
namespace {

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int each : signals) ::sigaddset(&set, each);
  return set;
}

}  // namespace

void Signals::hold_back() {
  const sigset_t ours = set_of({SIGTERM, SIGINT, SIGHUP});
  ::pthread_sigmask(SIG_BLOCK, &ours, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

bool Signals::end_within(Clock::duration time) {
  const sigset_t ends = set_of({SIGTERM, SIGINT});
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const timespec timeout{seconds.count(), (time - seconds).count()};
  return ::sigtimedwait(&ends, nullptr, &timeout) > 0;
}

Result<Signals> Signals::watch(Loop& loop, std::function<void()> end, std::function<void()> reload) {
  const sigset_t ours = set_of({SIGTERM, SIGINT, SIGHUP});
  Signals signals;
  signals.fd_ = UniqueFd(::signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals.fd_) {
    return Error{E_OUTOFMEMORY, ErrorContext::none, std::string("signals can't be received: ") + ::strerror(errno)};
  }
  signals.watch_ = loop.watch(signals.fd_.get(), Interest::readable,
                              [fd = signals.fd_.get(), end = std::move(end), reload = std::move(reload)](Interest) {
                                signalfd_siginfo signal{};
                                if (::read(fd, &signal, sizeof signal) != sizeof signal) return;
                                signal.ssi_signo == SIGHUP ? reload() : end();
                              });
  return signals;
}

}  // namespace dosvc::service
