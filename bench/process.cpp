#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace dosvc::bench {
namespace {

// The child's side after fork(); comes back only when the program can't be run.
void become(const Words& command) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  std::fprintf(stderr, "%s: %s\n", words[0], std::strerror(errno));
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::string line_of(const Words& command) {
  std::string line;
  for (const std::string& word : command) line += (line.empty() ? "" : " ") + word;
  return line;
}

}  // namespace

Result<Cost> run_measured(const Words& command) {
  const auto began = std::chrono::steady_clock::now();
  const pid_t pid = ::fork();
  if (pid < 0) return system_failed("starting " + command[0]);
  if (pid == 0) {
    become(command);
    ::_exit(127);
  }
  int status = 0;
  rusage used{};
  while (::wait4(pid, &status, 0, &used) < 0) {
    if (errno != EINTR) return system_failed("waiting for " + command[0]);
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return failed("this failed: " + line_of(command));
  return Cost{wall.count(), seconds(used.ru_utime) + seconds(used.ru_stime),
              static_cast<double>(used.ru_maxrss) / 1024};
}

Result<Companion> Companion::start(const Words& command, Streams streams, int end_signal) {
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return system_failed("starting " + command[0]);
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, end_signal);
    if (::getppid() != parent) ::_exit(127);
    if (streams.in >= 0) ::dup2(streams.in, STDIN_FILENO);
    if (streams.out >= 0) ::dup2(streams.out, STDOUT_FILENO);
    if (streams.inherited >= 0) ::fcntl(streams.inherited, F_SETFD, 0);
    become(command);
    ::_exit(127);
  }
  return Companion(pid, end_signal);
}

Companion::~Companion() {
  if (pid_ < 0) return;
  ::kill(pid_, end_signal_);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::string sibling(const std::string& name) {
  std::error_code ignored;
  return (std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / name).string();
}

Error failed(const std::string& what) { return {E_FAIL, ErrorContext::none, what}; }

Error system_failed(const std::string& doing) { return failed(doing + ": " + std::strerror(errno)); }

int exit_code(const Result<void>& result) {
  if (result) return 0;
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  return 1;
}

}  // namespace dosvc::bench
