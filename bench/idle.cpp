// What an engine with 1,000 suspended jobs costs while nothing happens: memory, and how often its threads wake up.

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string_view>
#include <thread>

#include "client/connect.h"
#include "core/blocking_call.h"
#include "process.h"
#include "workspace.h"

namespace dosvc::bench {
namespace {

constexpr int kJobs = 1000;
constexpr auto kSettle = std::chrono::seconds(2);
constexpr auto kWatched = std::chrono::seconds(10);
constexpr double kPeakGoal = 30;

// The engine's process, twice: first it makes the jobs; then it is started anew on them and does nothing.
Result<void> make_jobs(const std::string& folder) {
  const auto service = DO_TRY(connect({.transfers = true}));
  const Caller caller = Caller::this_process();
  for (int i = 0; i < kJobs; ++i) {
    const auto job = DO_TRY(wait_for<std::shared_ptr<JobView>>([&](auto reply) {
      service->create_job(caller, {.display_name = fmt::format("job {}", i)}, std::move(reply));
    }));
    NewFile file{.remote_name = fmt::format("http://localhost/{}", i), .local_name = fmt::format("{}/{}", folder, i)};
    DO_TRY(
        wait_for<std::uint32_t>([&](auto reply) { service->add_files(caller, job->id(), {file}, std::move(reply)); }));
  }
  return {};
}

Result<void> hold() {
  const auto service = DO_TRY(connect({.transfers = true}));
  if (DO_TRY(service->list(Caller::this_process(), false)).size() != kJobs) return failed("the jobs are not there");
  char word = '.';
  if (::write(STDOUT_FILENO, &word, 1) != 1) return system_failed("telling that it is ready");
  (void)!::read(STDIN_FILENO, &word, 1);  // nothing comes; ends with the other side
  return {};
}

// The value of "key:  123 kB" or "key:  123", in a file of /proc.
long value_in(const std::filesystem::path& file, std::string_view key) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(key) && line.size() > key.size() && line[key.size()] == ':') {
      return std::stol(line.substr(key.size() + 1));
    }
  }
  return 0;
}

struct Switches {
  long voluntary = 0;
  long preempted = 0;
};

Switches switches_of(pid_t pid) {
  Switches all;
  for (const auto& thread : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid))) {
    all.voluntary += value_in(thread.path() / "status", "voluntary_ctxt_switches");
    all.preempted += value_in(thread.path() / "status", "nonvoluntary_ctxt_switches");
  }
  return all;
}

Result<void> watch(pid_t pid) {
  const std::filesystem::path process = fmt::format("/proc/{}", pid);
  std::this_thread::sleep_for(kSettle);
  const Switches before = switches_of(pid);
  std::this_thread::sleep_for(kWatched);
  const Switches after = switches_of(pid);
  const auto mib = [](long kib) { return static_cast<double>(kib) / 1024; };
  const double peak = mib(value_in(process / "status", "VmHWM"));
  const long wakes = after.voluntary - before.voluntary + after.preempted - before.preempted;
  fmt::print(
      "{:<20} {} wake-ups in {} s | resident {:.1f} MiB, at most {:.1f} MiB, its own share (PSS) {:.1f} MiB | {} "
      "suspended jobs, {} threads; goal wake-ups = 0 {}; goal peak MiB <= {:.0f} {}\n",
      "idle", wakes, kWatched.count(), mib(value_in(process / "status", "VmRSS")), peak,
      mib(value_in(process / "smaps_rollup", "Pss")), kJobs, value_in(process / "status", "Threads"),
      wakes == 0 ? "met" : "MISSED", kPeakGoal, peak <= kPeakGoal ? "met" : "MISSED");
  return {};
}

Result<void> run() {
  const Workspace workspace = DO_TRY(Workspace::create());
  DO_TRY(workspace.make_folder("got"));
  const auto cost = DO_TRY(run_measured({sibling("idle"), "make", workspace / "got"}));
  int from[2];
  int to[2];
  if (::pipe2(from, O_CLOEXEC) != 0 || ::pipe2(to, O_CLOEXEC) != 0) return system_failed("making a pipe");
  const UniqueFd from_engine(from[0]);
  const UniqueFd to_engine(to[1]);
  UniqueFd engine_out(from[1]);
  UniqueFd engine_in(to[0]);
  const auto engine = DO_TRY(Companion::start({sibling("idle"), "hold"}, {.in = to[0], .out = from[1]}, SIGTERM));
  engine_out.reset();
  engine_in.reset();
  char word = 0;
  if (::read(from_engine.get(), &word, 1) != 1) return failed("the engine didn't start");
  DO_TRY(watch(engine.pid()));
  fmt::print("{:<20} {:.0f} jobs a second made, each with a file, one after the other\n", "idle making",
             kJobs / cost.wall);
  return {};
}

Result<void> act(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "make" && argc == 3) return make_jobs(argv[2]);
  if (word == "hold") return hold();
  return run();
}

}  // namespace
}  // namespace dosvc::bench

int main(int argc, char** argv) { return dosvc::bench::exit_code(dosvc::bench::act(argc, argv)); }
