#include "cli/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <chrono>

namespace dosvc::cli_tests {
namespace {

constexpr std::chrono::seconds kPatience{30};

struct Ends {
  UniqueFd ours;
  UniqueFd theirs;
};

Ends make_pipe() {
  int fds[2] = {-1, -1};
  if (::pipe2(fds, O_CLOEXEC) != 0) ::abort();
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Ends make_terminal() {
  int ours = -1;
  int theirs = -1;
  winsize size{};
  size.ws_col = 80;
  size.ws_row = 25;
  if (::openpty(&ours, &theirs, nullptr, nullptr, &size) != 0) ::abort();
  ::fcntl(ours, F_SETFD, FD_CLOEXEC);
  ::fcntl(theirs, F_SETFD, FD_CLOEXEC);
  return {UniqueFd(ours), UniqueFd(theirs)};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

Program::Program(const Start& start) {
  Ends out = make_pipe();
  Ends err = start.terminal ? make_terminal() : make_pipe();
  std::vector<std::string> words = start.words;
  std::vector<std::string> variables;
  for (const auto& [name, value] : start.environment) variables.push_back(name + "=" + value);
  const std::vector<char*> argv = pointers(words);
  const std::vector<char*> envp = pointers(variables);
  pid_ = ::fork();
  if (pid_ == 0) {
    // Only calls that are safe after fork. What the tests' own parent ignores isn't ignored here.
    for (const int number : {SIGHUP, SIGINT, SIGTERM}) (void)::signal(number, SIG_DFL);
    const int nothing = ::open("/dev/null", O_RDONLY);
    const bool ready = ::dup2(nothing, 0) == 0 && ::dup2(out.theirs.get(), 1) == 1 &&
                       ::dup2(err.theirs.get(), 2) == 2 && ::chdir(start.folder.c_str()) == 0;
    if (ready) ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  out_ = std::move(out.ours);
  err_ = std::move(err.ours);
}

Program::~Program() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Program::signal(int number) const { ::kill(pid_, number); }

// Reads what is there, waiting for it; false at the end of both outputs, or when the patience is over.
bool Program::read_some() {
  pollfd watched[] = {{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}};
  if (watched[0].fd < 0 && watched[1].fd < 0) return false;
  if (::poll(watched, 2, static_cast<int>(std::chrono::milliseconds(kPatience).count())) <= 0) return false;
  const auto take = [](const pollfd& from, UniqueFd& fd, std::string& into) {
    if (from.revents == 0) return;
    char buffer[4096];
    const ssize_t count = ::read(from.fd, buffer, sizeof buffer);
    if (count > 0) {
      into.append(buffer, static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
      fd.reset();  // a terminal ends with EIO
    }
  };
  take(watched[0], out_, finished_.out);
  take(watched[1], err_, finished_.err);
  return true;
}

bool Program::wait_for(const std::string& text, const std::string& in) {
  while (in.find(text) == std::string::npos) {
    if (!read_some()) return false;
  }
  return true;
}

Finished Program::finish() {
  while (read_some()) {
  }
  const bool ended = !out_ && !err_;
  if (!ended) ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  if (WIFEXITED(status)) finished_.code = WEXITSTATUS(status);
  return finished_;
}

}  // namespace dosvc::cli_tests
