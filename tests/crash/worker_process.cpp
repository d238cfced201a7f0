#include "crash/worker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

namespace dosvc::crash {

using std::chrono::steady_clock;

namespace {

// True when there is something to read, or the process behind it has ended.
bool wait_until_ready(int fd, steady_clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(until - steady_clock::now());
    if (left.count() < 0) return false;
    const timespec timeout{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    pollfd watched{fd, POLLIN, 0};
    if (::ppoll(&watched, 1, &timeout, nullptr) > 0) return true;
  }
}

}  // namespace

WorkerProcess::WorkerProcess(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) std::abort();
  words_ = UniqueFd(pipe[0]);
  const UniqueFd to_worker(pipe[1]);
  int input[2];
  if (::pipe2(input, O_CLOEXEC) != 0) std::abort();
  const UniqueFd from_us(input[0]);
  input_ = UniqueFd(input[1]);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(from_us.get(), STDIN_FILENO);
    ::dup2(to_worker.get(), STDOUT_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  process_ = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (pid_ < 0 || !process_) std::abort();
}

WorkerProcess::~WorkerProcess() { kill(); }

bool WorkerProcess::wait_for_word(const std::string& word, std::chrono::milliseconds at_most) {
  const auto until = steady_clock::now() + at_most;
  while (heard_.find(word) == std::string::npos) {
    char block[512];
    if (!wait_until_ready(words_.get(), until)) return false;
    const ssize_t got = ::read(words_.get(), block, sizeof block);
    if (got <= 0) return false;
    heard_.append(block, static_cast<std::size_t>(got));
  }
  heard_.erase(0, heard_.find(word) + word.size());
  return true;
}

bool WorkerProcess::wait_for_end(std::chrono::microseconds at_most) {
  return pid_ < 0 || wait_until_ready(process_.get(), steady_clock::now() + at_most);
}

int WorkerProcess::reap() {
  if (pid_ > 0) ::waitpid(pid_, &status_, 0);
  pid_ = -1;
  return status_;
}

int WorkerProcess::kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
  return reap();
}

}  // namespace dosvc::crash
