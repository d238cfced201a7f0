#include "host/system_programs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/identity.h"
#include "base/text.h"
#include "base/thread.h"
#include "base/unique_fd.h"
#include "base/users.h"

namespace dosvc {
namespace {

constexpr int kSignalBase = 128;  // as a shell tells of a signal

Error start_error(const std::string& program, int number) {
  const bool denied = number == EACCES || number == EPERM;
  const HRESULT code = number == ENOENT ? HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND) : E_FAIL;
  return Error{denied ? E_ACCESSDENIED : code, ErrorContext::notification,
               "the program " + escaped(program) + " can't be started: " + ::strerror(number)};
}

Error no_right(const std::string& program, uid_t owner) {
  return Error{E_ACCESSDENIED, ErrorContext::notification,
               "the program " + escaped(program) + " can't be started: a process of user " +
                   std::to_string(::geteuid()) + " has no right to run it as user " + std::to_string(owner)};
}

// Nothing of this process's environment: it may hold what the program has no business to know.
std::vector<std::string> environment_of(const User& owner, std::vector<std::string> also) {
  std::vector<std::string> all = std::move(also);
  all.emplace_back("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  if (!owner.name.empty()) {
    all.push_back("HOME=" + owner.home);
    all.push_back("USER=" + owner.name);
    all.push_back("LOGNAME=" + owner.name);
    all.push_back("SHELL=" + owner.shell);
  }
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// What the child says, on a pipe, when it can't become the program.
struct Trouble {
  int number = 0;
  bool as_owner = false;  // it could not become its owner
};

// All that the child needs, since it may do nothing but make system calls.
struct Launch {
  const char* program;
  char* const* arguments;
  char* const* variables;
  const User* owner;  // null: it stays who we are
  mode_t umask;
  int pipe;
};

bool take_up_streams(int pipe, int kept) {
  const int null = ::open("/dev/null", O_RDWR);
  if (null < 0 || ::dup2(null, STDIN_FILENO) < 0 || ::dup2(null, STDOUT_FILENO) < 0) return false;
  if (::dup2(null, STDERR_FILENO) < 0 || (pipe != kept && ::dup3(pipe, kept, O_CLOEXEC) < 0)) return false;
  return ::close_range(static_cast<unsigned>(kept) + 1, ~0U, 0) == 0;
}

// The child's part. It shares our memory and runs on our stack, while this thread stands still: it changes nothing that
// anybody looks at later.
[[noreturn]] void become(const Launch& launch) {
  constexpr int kPipe = STDERR_FILENO + 1;
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) (void)::sigaction(number, &standard, nullptr);
  (void)::setsid();
  (void)::umask(launch.umask);
  Trouble trouble;
  const bool streams = take_up_streams(launch.pipe, kPipe);
  trouble.as_owner = streams && launch.owner && !become_for_good(*launch.owner);
  if (streams && !trouble.as_owner && ::chdir("/") == 0) {
    sigset_t none;
    ::sigemptyset(&none);
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(launch.program, launch.arguments, launch.variables);
  }
  trouble.number = errno;
  (void)!::write(streams ? kPipe : launch.pipe, &trouble, sizeof trouble);
  ::_exit(EXIT_FAILURE);
}

// Not fork(): that copies the tables of all our memory, and fails where they can't be doubled.
pid_t spawn(const Launch& launch) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // a handler of ours must not run in the child
  const pid_t child = ::vfork();
  if (child == 0) become(launch);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return child;
}

// What the child said, if anything; it says nothing more once it is the program.
std::optional<Trouble> trouble_on(int pipe) {
  Trouble trouble;
  ssize_t got = 0;
  do {
    got = ::read(pipe, &trouble, sizeof trouble);
  } while (got < 0 && errno == EINTR);
  return got == sizeof trouble ? std::optional(trouble) : std::nullopt;
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

Result<pid_t> start(uid_t owner, ProgramCall& call) {
  const User user = DO_TRY(look_up_user(owner));
  std::vector<std::string> environment = environment_of(user, std::move(call.environment));
  const std::vector<char*> arguments = pointers(call.arguments);
  const std::vector<char*> variables = pointers(environment);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return start_error(call.program, errno);
  const UniqueFd ear(ends[0]);
  UniqueFd low(ends[1]);
  // Above those that the child makes anew.
  UniqueFd mouth(::fcntl(low.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  low.reset();
  if (!mouth) return start_error(call.program, errno);
  const User* other = owner == ::geteuid() ? nullptr : &user;
  const pid_t child = spawn({call.program.c_str(), arguments.data(), variables.data(), other, call.umask, mouth.get()});
  if (child < 0) return start_error(call.program, errno);
  mouth.reset();
  const std::optional<Trouble> trouble = trouble_on(ear.get());
  if (!trouble) return child;
  (void)wait_for_end(child);
  return trouble->as_owner ? no_right(call.program, owner) : start_error(call.program, trouble->number);
}

}  // namespace

struct SystemPrograms::Turns : std::enable_shared_from_this<Turns> {
  struct Program {
    ProgramCall call;
    Reply<int> exited;
  };
  struct Owner {
    int running = 0;
    std::deque<Program> waiting;
  };

  std::mutex mutex;
  Loop* loop = nullptr;  // null when the engine is gone
  std::map<uid_t, Owner> owners;

  void add(uid_t owner, Program program) {
    {
      const std::lock_guard lock(mutex);
      Owner& his = owners[owner];
      if (his.running >= kAtATimePerOwner) return his.waiting.push_back(std::move(program));
      ++his.running;
    }
    begin_with(owner, std::move(program));
  }

 private:
  // Or with the next that waits, while there is no thread for one.
  void begin_with(uid_t owner, std::optional<Program> program) {
    while (program && !begin(owner, *program)) {
      const Error no_thread{E_OUTOFMEMORY, ErrorContext::notification, "no thread is left to run it"};
      program = end(owner, std::move(program->exited), no_thread);
    }
  }

  bool begin(uid_t owner, const Program& program) {
    std::thread thread = start_thread("dosvc-program", [self = shared_from_this(), owner, mine = program]() mutable {
      Result<pid_t> child = start(owner, mine.call);
      self->begin_with(
          owner, self->end(owner, std::move(mine.exited), child ? Result<int>(wait_for_end(*child)) : child.error()));
    });
    if (!thread.joinable()) return false;
    thread.detach();
    return true;
  }

  // Whose turn it is now, if anybody's.
  std::optional<Program> end(uid_t owner, Reply<int> exited, Result<int> how) {
    const std::lock_guard lock(mutex);
    if (loop) loop->post([exited = std::move(exited), how = std::move(how)] { exited(how); });
    Owner& his = owners[owner];
    if (his.waiting.empty()) {
      if (--his.running == 0) owners.erase(owner);
      return std::nullopt;
    }
    std::optional<Program> next = std::move(his.waiting.front());
    his.waiting.pop_front();
    return next;
  }
};

SystemPrograms::SystemPrograms(Loop& engine_loop) : turns_(std::make_shared<Turns>()) { turns_->loop = &engine_loop; }

// What waits for its turn never gets one; what it holds belongs to the engine's thread, this.
SystemPrograms::~SystemPrograms() {
  std::vector<std::deque<Turns::Program>> unused;
  const std::lock_guard lock(turns_->mutex);
  turns_->loop = nullptr;
  for (auto& [uid, owner] : turns_->owners) unused.push_back(std::move(owner.waiting));
}

void SystemPrograms::run(uid_t owner, ProgramCall call, Reply<int> exited) {
  turns_->add(owner, {std::move(call), std::move(exited)});
}

}  // namespace dosvc
