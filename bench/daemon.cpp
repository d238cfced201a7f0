#include "daemon.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/unique_fd.h"
#include "dbus/proxy.h"

namespace dosvc::bench {

Result<Daemon> Daemon::start(const Workspace& workspace, const Words& how) {
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) return system_failed("making a pipe");
  const UniqueFd from_daemon(pipe[0]);
  UniqueFd ready(pipe[1]);
  const std::string socket = workspace / "socket";
  Words command{sibling("dosvcd"),          "--listen", socket, "--state-directory", workspace / "state", "--ready-fd",
                std::to_string(ready.get())};
  command.insert(command.end(), how.begin(), how.end());
  const auto began = std::chrono::steady_clock::now();
  auto process = DO_TRY(Companion::start(command, {.inherited = ready.get()}, SIGTERM));
  ready.reset();
  char word = 0;
  if (::read(from_daemon.get(), &word, 1) != 1 || word != '\n') return failed("dosvcd didn't start");
  return Daemon(std::move(process), socket, std::chrono::steady_clock::now() - began);
}

Result<void> Daemon::use() {
  ::setenv("DOSVC_MODE", "service", 1);
  ::setenv("DOSVC_ADDRESS", address().c_str(), 1);
  connection_ = DO_TRY(open_bus_proxy([address = address()](bool) {
    return Result<ServiceAddress>(ServiceAddress{address, false});
  }));
  DO_TRY(connection_->list(Caller::this_process(), false));
  return {};
}

double Daemon::cpu() const {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid(), &clock) != 0 || ::clock_gettime(clock, &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

double Daemon::peak() const { return static_cast<double>(value_of_process(pid(), "status", "VmHWM")) / 1024; }

void Daemon::forget_peak() const { std::ofstream(fmt::format("/proc/{}/clear_refs", pid())) << 5; }

long value_of_process(pid_t pid, const std::string& file, std::string_view key) {
  std::ifstream lines(fmt::format("/proc/{}/{}", pid, file));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(key) && line.size() > key.size() && line[key.size()] == ':') {
      return std::stol(line.substr(key.size() + 1));
    }
  }
  return 0;
}

long wake_ups(pid_t pid) {
  long all = 0;
  for (const auto& thread : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid))) {
    const std::string status = "task/" + thread.path().filename().string() + "/status";
    all += value_of_process(pid, status, "voluntary_ctxt_switches") +
           value_of_process(pid, status, "nonvoluntary_ctxt_switches");
  }
  return all;
}

}  // namespace dosvc::bench
