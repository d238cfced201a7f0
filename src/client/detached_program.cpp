#include "client/detached_program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

namespace dosvc {
namespace {

// From here to the end of become(): between fork and exec in a process that may have other threads, so nothing but
// calls of the system.
void say(const char* text) { (void)!::write(kReadyFd, text, std::strlen(text)); }

void forget_signals() {
  for (int signal = 1; signal < NSIG; ++signal) (void)::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// The pipe becomes kReadyFd, and nothing else of ours stays open.
bool take_descriptors(int ready) {
  const int held = ::fcntl(ready, F_DUPFD, kReadyFd + 1);  // out of the way of the four
  const int null = ::open("/dev/null", O_RDWR);
  if (held < 0 || null < 0) return false;
  for (int standard = 0; standard < kReadyFd; ++standard) {
    if (::dup2(null, standard) < 0) return false;
  }
  return ::dup2(held, kReadyFd) >= 0 && ::close_range(kReadyFd + 1, ~0U, 0) == 0;
}

[[noreturn]] void become(char* const* arguments, int ready) {
  forget_signals();
  if (!take_descriptors(ready)) ::_exit(1);
  (void)::setsid();
  if (::chdir("/") != 0) ::_exit(1);
  const pid_t grandchild = ::fork();
  if (grandchild < 0) say("there is no room for another process");
  if (grandchild != 0) ::_exit(0);
  ::execv(arguments[0], arguments);
  say(errno == ENOENT ? "it isn't there" : errno == EACCES ? "it may not be run" : "it can't be run");
  ::_exit(1);
}

}  // namespace

Result<UniqueFd> start_detached(std::vector<std::string> arguments) {
  std::vector<char*> pointers;
  for (std::string& each : arguments) pointers.push_back(each.data());
  pointers.push_back(nullptr);

  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return Error{HRESULT_FROM_WIN32(ERROR_TOO_MANY_OPEN_FILES), ErrorContext::none,
                 std::string("a pipe can't be made: ") + std::strerror(errno)};
  }
  UniqueFd ours(ends[0]);
  const UniqueFd its(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) become(pointers.data(), its.get());
  if (child < 0) {
    return Error{E_OUTOFMEMORY, ErrorContext::none,
                 std::string("there is no room for another process: ") + std::strerror(errno)};
  }
  // A program that reaps all its children itself has done so for us.
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
  return ours;
}

}  // namespace dosvc
