// What the service needs while it downloads 16 files at once, each of a job of its own.

#include <fmt/core.h>

#include <algorithm>
#include <thread>

#include "cases.h"
#include "client/connect.h"
#include "compare.h"
#include "core/blocking_call.h"
#include "daemon.h"
#include "nginx.h"
#include "workspace.h"

namespace dosvc::bench {
namespace {

using namespace std::chrono_literals;

constexpr int kFiles = 16;
constexpr std::uint64_t kSize = 256 << 20;
constexpr double kGoal = 64;  // MiB

using View = std::shared_ptr<JobView>;

// Suspended still.
Result<View> make_job(JobService& service, const std::string& url, const std::string& target) {
  const Caller me = Caller::this_process();
  const View job = DO_TRY(wait_for<View>([&](auto reply) {
    service.create_job(me, {.display_name = target, .priority = Priority::foreground}, std::move(reply));
  }));
  const NewFile file{.remote_name = url, .local_name = target};
  DO_TRY(wait_for<std::uint32_t>([&](auto reply) { service.add_files(me, job->id(), {file}, std::move(reply)); }));
  return job;
}

Result<void> command_all(JobService& service, const std::vector<View>& jobs, JobCommand what) {
  for (const View& job : jobs) {
    DO_TRY(wait_for<CommandOutcome>(
        [&](auto reply) { service.command(Caller::this_process(), job->id(), what, std::move(reply)); }));
  }
  return {};
}

// Until all are transferred: how many transferred at once, at most.
Result<long> follow(const std::vector<View>& jobs) {
  long at_most = 0;
  while (true) {
    long moving = 0;
    std::size_t done = 0;
    for (const View& job : jobs) {
      const JobSnapshotPtr shot = job->snapshot();
      if (shot->job.state() == JobState::error) return failed(shot->job.error->error.message);
      moving += shot->job.state() == JobState::transferring;
      done += shot->job.state() == JobState::transferred;
    }
    at_most = std::max(at_most, moving);
    if (done == jobs.size()) return at_most;
    std::this_thread::sleep_for(20ms);
  }
}

Result<void> run(Pace pace) {
  const Workspace workspace = DO_TRY(Workspace::create());
  DO_TRY(workspace.make_folder("www"));
  DO_TRY(workspace.make_file("www/file", pace == Pace::quick ? kSize / 4 : kSize));
  const Nginx nginx = DO_TRY(Nginx::start(workspace, "www"));
  Daemon daemon = DO_TRY(Daemon::start(workspace, {"--own"}));
  DO_TRY(daemon.use());
  std::vector<double> peaks;
  for (int round = 0; round < (pace == Pace::quick ? 1 : 3); ++round) {
    workspace.clear("got");
    DO_TRY(workspace.make_folder("got"));
    daemon.forget_peak();
    const auto service = DO_TRY(connect());
    std::vector<View> jobs;
    for (int i = 0; i < kFiles; ++i) {
      jobs.push_back(DO_TRY(make_job(*service, nginx.url() + "/file", fmt::format("{}/{}", workspace / "got", i))));
    }
    DO_TRY(command_all(*service, jobs, JobCommand::resume));
    const long at_once = DO_TRY(follow(jobs));
    DO_TRY(command_all(*service, jobs, JobCommand::complete));
    peaks.push_back(daemon.peak());
    fmt::print("{:<20} {:.1f} MiB resident at most, {} jobs transferring at once\n", "many_at_once", peaks.back(),
               at_once);
  }
  fmt::print("{:<20} {:.1f} MiB | median of {}{}\n", "many_at_once", median(peaks), peaks.size(),
             verdict("peak MiB", kGoal, median(peaks)));
  return {};
}

}  // namespace
}  // namespace dosvc::bench

int main(int argc, char** argv) { return dosvc::bench::run_cases(argc, argv, {{"many_at_once", dosvc::bench::run}}); }
