#include "cli/wakeup.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <limits>

namespace dosvc::cli {
namespace {

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGHUP, SIGINT, SIGTERM}) {
    // What was ignored from the start stays so (nohup, a shell's background jobs): once blocked it would come here.
    struct sigaction now {};
    if (::sigaction(number, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) sigaddset(&set, number);
  }
  return set;
}

}  // namespace

void Wakeup::Bell::ring() const {
  const std::uint64_t once = 1;
  // Full means that it rings already.
  (void)!::write(fd_.get(), &once, sizeof once);
}

Result<Wakeup> Wakeup::create() {
  const sigset_t set = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  UniqueFd signals(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  UniqueFd bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!signals || !bell)
    return Error{HRESULT_FROM_WIN32(ERROR_TOO_MANY_OPEN_FILES), ErrorContext::queue,
                 std::string("can't wait for the download: ") + ::strerror(errno)};
  return Wakeup(std::make_shared<const Bell>(std::move(bell)), std::move(signals));
}

std::optional<int> Wakeup::wait(std::chrono::milliseconds at_most) {
  pollfd watched[] = {{bell_->fd(), POLLIN, 0}, {signals_.get(), POLLIN, 0}};
  const auto limit = std::clamp<std::int64_t>(at_most.count(), 0, std::numeric_limits<int>::max());
  if (::poll(watched, std::size(watched), static_cast<int>(limit)) <= 0) return std::nullopt;
  std::uint64_t rings = 0;
  if (watched[0].revents != 0) (void)!::read(bell_->fd(), &rings, sizeof rings);
  signalfd_siginfo signal{};
  if (watched[1].revents == 0 || ::read(signals_.get(), &signal, sizeof signal) != sizeof signal) return std::nullopt;
  const sigset_t set = ending_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  return static_cast<int>(signal.ssi_signo);
}

}  // namespace dosvc::cli
