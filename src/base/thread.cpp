#include "base/thread.h"

#include <pthread.h>
#include <signal.h>

#include <system_error>
#include <utility>

namespace dosvc {

std::thread start_thread(std::string name, std::function<void()> body) {
  constexpr std::size_t kMaxThreadName = 15;
  if (name.size() > kMaxThreadName) name.resize(kMaxThreadName);

  // The new thread inherits the mask, so there is no moment at which it could take a signal.
  sigset_t blocked;
  sigset_t before;
  sigfillset(&blocked);
  for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS}) sigdelset(&blocked, fault);
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  std::thread thread;
  try {
    thread = std::thread([name = std::move(name), body = std::move(body)] {
      pthread_setname_np(pthread_self(), name.c_str());
      body();
    });
  } catch (const std::system_error&) {
    // The standard library's way of saying EAGAIN: the caller sees a thread that isn't joinable.
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace dosvc
