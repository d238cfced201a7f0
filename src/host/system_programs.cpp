#include "host/system_programs.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mutex>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/thread.h"

namespace dosvc {
namespace {

constexpr int kSignalBase = 128;  // as a shell tells of a signal

Error start_error(const std::string& program, int number) {
  const bool denied = number == EACCES || number == EPERM;
  const HRESULT code = number == ENOENT ? HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND) : E_FAIL;
  return Error{denied ? E_ACCESSDENIED : code, ErrorContext::notification,
               "the program " + escaped(program) + " can't be started: " + ::strerror(number)};
}

// Nothing of this process's environment: it may hold what the program has no business to know.
std::vector<std::string> environment_of(uid_t owner, std::vector<std::string> also) {
  std::vector<std::string> all = std::move(also);
  all.emplace_back("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  passwd entry{};
  passwd* found = nullptr;
  char texts[4096];
  if (::getpwuid_r(owner, &entry, texts, sizeof texts, &found) == 0 && found) {
    all.push_back(std::string("HOME=") + found->pw_dir);
    all.push_back(std::string("USER=") + found->pw_name);
    all.push_back(std::string("LOGNAME=") + found->pw_name);
    all.push_back(std::string("SHELL=") + found->pw_shell);
  }
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

class SpawnSettings {
 public:
  SpawnSettings() {
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_init(&files);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
    ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    ::posix_spawn_file_actions_addchdir_np(&files, "/");
  }
  ~SpawnSettings() {
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t files;
};

Result<pid_t> start(uid_t owner, ProgramCall& call) {
  std::vector<std::string> environment = environment_of(owner, std::move(call.environment));
  const std::vector<char*> arguments = pointers(call.arguments);
  const std::vector<char*> variables = pointers(environment);
  const SpawnSettings settings;
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, call.program.c_str(), &settings.files, &settings.attributes,
                                   arguments.data(), variables.data());
  if (failed != 0) return start_error(call.program, failed);
  return child;
}

int wait_for_end(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    // Somebody else reaped it, as programs do that ignore SIGCHLD. How it ended isn't known, and to run it again and
    // again would be worse than to take it for done.
    if (errno != EINTR) return 0;
  }
  return WIFSIGNALED(status) ? kSignalBase + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

struct SystemPrograms::Answers {
  std::mutex mutex;
  Loop* loop;  // null when the engine is gone

  void give(Reply<int> exited, Result<int> how) {
    const std::lock_guard lock(mutex);
    if (loop) loop->post([exited = std::move(exited), how = std::move(how)] { exited(how); });
  }
};

SystemPrograms::SystemPrograms(Loop& engine_loop) : answers_(std::make_shared<Answers>()) {
  answers_->loop = &engine_loop;
}

SystemPrograms::~SystemPrograms() {
  const std::lock_guard lock(answers_->mutex);
  answers_->loop = nullptr;
}

void SystemPrograms::run(uid_t owner, ProgramCall call, Reply<int> exited) {
  auto work = [answers = answers_, owner, call = std::move(call), exited]() mutable {
    if (owner != ::geteuid()) {
      Error error{E_ACCESSDENIED, ErrorContext::notification,
                  "a program can be run only as the user of this process: run the job as its own user"};
      return answers->give(std::move(exited), std::move(error));
    }
    Result<pid_t> child = start(owner, call);
    answers->give(std::move(exited), child ? Result<int>(wait_for_end(*child)) : child.error());
  };
  std::thread thread = start_thread("dosvc-program", std::move(work));
  if (thread.joinable()) return thread.detach();
  answers_->give(std::move(exited), Error{E_OUTOFMEMORY, ErrorContext::notification, "no thread is left to run it"});
}

}  // namespace dosvc
