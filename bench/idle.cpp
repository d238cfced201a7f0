// What an engine with 1,000 suspended jobs costs while nothing happens: memory, and how often its threads wake up.

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <string_view>
#include <thread>

#include "client/connect.h"
#include "core/blocking_call.h"
#include "daemon.h"
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

Result<void> watch(pid_t pid) {
  std::this_thread::sleep_for(kSettle);
  const long before = wake_ups(pid);
  std::this_thread::sleep_for(kWatched);
  const long wakes = wake_ups(pid) - before;
  const auto mib = [pid](const char* file, const char* key) {
    return static_cast<double>(value_of_process(pid, file, key)) / 1024;
  };
  const double peak = mib("status", "VmHWM");
  fmt::print(
      "{:<20} {} wake-ups in {} s | resident {:.1f} MiB, at most {:.1f} MiB, its own share (PSS) {:.1f} MiB | {} "
      "suspended jobs, {} threads; goal wake-ups = 0 {}; goal peak MiB <= {:.0f} {}\n",
      "idle", wakes, kWatched.count(), mib("status", "VmRSS"), peak, mib("smaps_rollup", "Pss"), kJobs,
      value_of_process(pid, "status", "Threads"), wakes == 0 ? "met" : "MISSED", kPeakGoal,
      peak <= kPeakGoal ? "met" : "MISSED");
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
