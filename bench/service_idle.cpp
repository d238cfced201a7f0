// What the service costs that has nothing to do: how soon it is there with 1,000 jobs, the memory of 10,000 queued
// ones, and how often it wakes up.

#include <fmt/core.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "client/connect.h"
#include "compare.h"
#include "core/blocking_call.h"
#include "daemon.h"
#include "silent_server.h"

namespace dosvc::bench {
namespace {

constexpr int kStarts = 15;
constexpr int kJobsAtStart = 1'000;
constexpr int kQueuedJobs = 10'000;
constexpr double kStartGoal = 50;   // ms
constexpr double kMemoryGoal = 60;  // MiB
constexpr auto kSettle = std::chrono::seconds(5);
constexpr auto kWatched = std::chrono::minutes(2);

const char* met(bool is) { return is ? "met" : "MISSED"; }

// Jobs that wait for their turn: the server never answers the first ones.
Result<void> queue_jobs(JobService& service, const std::string& folder, const std::string& url, int first, int count,
                        bool resumed) {
  const Caller me = Caller::this_process();
  for (int i = first; i < first + count; ++i) {
    const auto job = DO_TRY(wait_for<std::shared_ptr<JobView>>(
        [&](auto reply) { service.create_job(me, {.display_name = fmt::format("job {}", i)}, std::move(reply)); }));
    const NewFile file{.remote_name = fmt::format("{}/{}", url, i), .local_name = fmt::format("{}/{}", folder, i)};
    DO_TRY(wait_for<std::uint32_t>([&](auto reply) { service.add_files(me, job->id(), {file}, std::move(reply)); }));
    if (!resumed) continue;
    DO_TRY(wait_for<CommandOutcome>(
        [&](auto reply) { service.command(me, job->id(), JobCommand::resume, std::move(reply)); }));
  }
  return {};
}

Result<void> watch(const Workspace& workspace) {
  const Daemon daemon = DO_TRY(Daemon::start(workspace, {"--own"}));
  std::this_thread::sleep_for(kSettle);
  const long before = wake_ups(daemon.pid());
  std::this_thread::sleep_for(kWatched);
  const double per_minute =
      static_cast<double>(wake_ups(daemon.pid()) - before) / static_cast<double>(kWatched.count());
  fmt::print("{:<20} {:.1f} wake-ups a minute of all threads over {} minutes; goal < 1 {}\n", "service wake-ups",
             per_minute, kWatched.count(), met(per_minute < 1));
  std::fflush(stdout);
  return {};
}

Result<void> run() {
  const Workspace workspace = DO_TRY(Workspace::create());
  DO_TRY(workspace.make_folder("got"));
  const SilentServer server = DO_TRY(SilentServer::start());
  ::setenv("DOSVC_MODE", "service", 1);
  ::setenv("DOSVC_ADDRESS", ("unix:path=" + (workspace / "socket")).c_str(), 1);
  const auto fill = [&](int first, int count, bool resumed) -> Result<void> {
    const Daemon daemon = DO_TRY(Daemon::start(workspace, {"--own"}));
    const auto service = DO_TRY(connect());
    return queue_jobs(*service, workspace / "got", server.url(), first, count, resumed);
  };
  DO_TRY(fill(0, kJobsAtStart, false));
  std::vector<double> starts;
  for (int i = 0; i <= kStarts; ++i) {
    const Daemon daemon = DO_TRY(Daemon::start(workspace, {"--own"}));
    if (i > 0) starts.push_back(daemon.start_time().count());
  }
  fmt::print("{:<20} {:.1f} ms until ready with {} jobs, {:.1f} at most | median of {} starts; goal <= {:.0f} ms {}\n",
             "service start", median(starts), kJobsAtStart, *std::max_element(starts.begin(), starts.end()), kStarts,
             kStartGoal, met(median(starts) <= kStartGoal));
  std::fflush(stdout);
  DO_TRY(watch(workspace));
  DO_TRY(fill(kJobsAtStart, kQueuedJobs, true));
  const Daemon daemon = DO_TRY(Daemon::start(workspace, {"--own"}));
  std::this_thread::sleep_for(kSettle);
  const double resident = static_cast<double>(value_of_process(daemon.pid(), "status", "VmRSS")) / 1024;
  const double peak = static_cast<double>(value_of_process(daemon.pid(), "status", "VmHWM")) / 1024;
  fmt::print("{:<20} {:.1f} MiB resident, {:.1f} at most, with {} queued jobs; goal <= {:.0f} MiB {}\n",
             "service memory", resident, peak, kQueuedJobs, kMemoryGoal, met(peak <= kMemoryGoal));
  return {};
}

}  // namespace
}  // namespace dosvc::bench

int main() { return dosvc::bench::exit_code(dosvc::bench::run()); }
