#include <errno.h>
#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/queue.h"
#include "cli/users.h"
#include "client/connect.h"
#include "client/running_service.h"

// `service`: the one that carries out the queue, its state, its start and its end.
namespace dosvc::cli {
namespace {

// What it needs at most to end in good order, with some to spare.
constexpr std::chrono::seconds kPatience{15};

Error queue_error(HRESULT code, std::string message) { return {code, ErrorContext::queue, std::move(message)}; }

Result<std::optional<RunningService>> look() {
  if (!uses_service()) return std::optional<RunningService>();
  return find_running_service();
}

Result<std::size_t> count_jobs() {
  const auto service = DO_TRY(connect({.start = false}));
  const auto views = DO_TRY(service->list(Caller::this_process(), false));
  return views.size();
}

std::string about(const ServiceReport& report) {
  std::string text;
  const auto line = [&text](std::string_view name, const std::string& value) {
    if (!value.empty()) text += fmt::format("{:<10} {}\n", name, value);
  };
  line("state", report.running ? "running" : "not running");
  line("where", escaped(report.where));
  line("process", report.pid == 0 ? "" : std::to_string(report.pid));
  line("unit", escaped(report.unit));
  line("version", escaped(report.version));
  line("jobs", report.jobs ? std::to_string(*report.jobs) : "");
  return text;
}

Result<ExitCode> tell_status(Console& console) {
  const auto running = DO_TRY(look());
  ServiceReport report;
  if (running) {
    report = {true, running->description, running->pid, running->version, running->unit, DO_TRY(count_jobs())};
  }
  console.print(about(report));
  console.document(service_json(report));
  if (!uses_service()) console.note("DOSVC_MODE=inproc: each program has the queue itself, one at a time");
  return running ? ExitCode::done : ExitCode::not_running;
}

Result<ExitCode> start(Console& console) {
  if (!uses_service())
    return queue_error(DO_E_NO_SERVICE, "DOSVC_MODE=inproc asks for no service: unset it to use one");
  const auto held = DO_TRY(open_queue(true, console));
  // The first call that waits for an answer is the one that starts it.
  DO_TRY(held->list(Caller::this_process(), false));
  return tell_status(console);
}

// systemd's own words go to standard error.
Result<void> stop_unit(const RunningService& service) {
  std::array<const char*, 5> words{"systemctl", service.users_unit ? "--user" : "--system", "stop",
                                   service.unit.c_str(), nullptr};
  pid_t child = 0;
  const int problem =
      ::posix_spawnp(&child, words[0], nullptr, nullptr, const_cast<char* const*>(words.data()), environ);
  if (problem != 0)
    return queue_error(E_FAIL, fmt::format("can't run systemctl, to whose unit {} the service belongs: {}",
                                           escaped(service.unit), ::strerror(problem)));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return queue_error(E_ACCESSDENIED,
                     fmt::format("systemctl could not stop {}: an administrator can", escaped(service.unit)));
}

std::string owner_of(pid_t process) {
  struct stat about {};
  const std::string folder = fmt::format("/proc/{}", process);
  return ::stat(folder.c_str(), &about) == 0 ? user_name(about.st_uid) : "another user";
}

Result<void> stop_process(const RunningService& service) {
  if (!service.process)
    return queue_error(E_FAIL, fmt::format("can't stop the service ({}): its process can't be seen from here",
                                           escaped(service.description)));
  if (::syscall(SYS_pidfd_send_signal, service.process.get(), SIGTERM, nullptr, 0) != 0 && errno != ESRCH) {
    return queue_error(E_ACCESSDENIED, fmt::format("can't stop the service ({}): its process {} is that of {}, who can",
                                                   escaped(service.description), service.pid, owner_of(service.pid)));
  }
  pollfd ends{service.process.get(), POLLIN, 0};
  if (::poll(&ends, 1, static_cast<int>(std::chrono::milliseconds(kPatience).count())) == 1) return {};
  return queue_error(E_FAIL,
                     fmt::format("the service, process {}, was told to end but has not done so yet", service.pid));
}

Result<ExitCode> stop(Console& console) {
  const auto running = DO_TRY(look());
  if (!running) {
    console.note("no service is running");
  } else {
    DO_TRY(running->unit.empty() ? stop_process(*running) : stop_unit(*running));
    console.report("the service has ended; its jobs go on when it is started again");
  }
  console.document(service_json({}));
  return ExitCode::done;
}

}  // namespace

Result<ExitCode> run_service(const ServiceArguments& arguments, Console& console) {
  switch (arguments.action) {
    case ServiceAction::status:
      return tell_status(console);
    case ServiceAction::start:
      return start(console);
    case ServiceAction::stop:
      break;
  }
  return stop(console);
}

}  // namespace dosvc::cli
