// The service under load: 64 clients, each with a connection of its own, make, look at and cancel jobs for a minute, in
// a queue that holds 10,000 already, while four downloads run as fast as the disk takes them. How long a call takes,
// and what the service has kept of it all in the end.

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include "core/blocking_call.h"
#include "daemon.h"
#include "dbus/proxy.h"
#include "nginx.h"
#include "silent_server.h"

namespace dosvc::bench {
namespace {

using Time = std::chrono::steady_clock;

constexpr int kClients = 64;
constexpr int kJobs = 10'000;
constexpr int kDownloads = 4;
constexpr std::uint64_t kDownloadSize = 1 << 30;
constexpr auto kFor = std::chrono::minutes(1);
constexpr int kLooks = 10;    // at each job
constexpr double kGoal = 50;  // ms

struct Call {
  const char* what;
  double milliseconds;
};

Result<std::unique_ptr<JobService>> attach(const Daemon& daemon) {
  return open_bus_proxy([address = daemon.address()](bool) {
    return Result<ServiceAddress>(ServiceAddress{address, false});
  });
}

class Client {
 public:
  Client(JobService& service, std::string folder, std::string url)
      : service_(service), folder_(std::move(folder)), url_(std::move(url)) {}

  template <class Make>
  auto timed(const char* what, Make make) {
    const auto began = Time::now();
    auto result = make();
    calls_.push_back({what, std::chrono::duration<double, std::milli>(Time::now() - began).count()});
    return result;
  }

  // One job: made, given a file, looked at and, unless it is to stay, cancelled.
  Result<void> one(int number, bool stays) {
    const auto job = DO_TRY(timed("create", [&] {
      return wait_for<std::shared_ptr<JobView>>([&](auto reply) {
        service_.create_job(me_, {.display_name = fmt::format("job {}", number)}, std::move(reply));
      });
    }));
    const NewFile file{.remote_name = url_ + "/x", .local_name = fmt::format("{}/{}", folder_, number)};
    DO_TRY(timed("add", [&] {
      return wait_for<std::uint32_t>([&](auto reply) { service_.add_files(me_, job->id(), {file}, std::move(reply)); });
    }));
    if (stays) return {};
    for (int i = 0; i < kLooks; ++i) {
      const auto shot = DO_TRY(timed("look", [&] { return Result<JobSnapshotPtr>(job->snapshot()); }));
      if (shot->job.state() != JobState::suspended) return failed("a job is in a state that nobody put it in");
    }
    DO_TRY(timed("cancel", [&] { return command(*job, JobCommand::cancel); }));
    return {};
  }

  Result<CommandOutcome> command(const JobView& job, JobCommand what) {
    return wait_for<CommandOutcome>([&](auto reply) { service_.command(me_, job.id(), what, std::move(reply)); });
  }

  const std::vector<Call>& calls() const { return calls_; }

 private:
  JobService& service_;
  const Caller me_ = Caller::this_process();
  const std::string folder_, url_;
  std::vector<Call> calls_;
};

double percentile(std::vector<double>& sorted, double part) {
  return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

void report(const std::vector<Call>& calls, const std::string& what) {
  std::vector<double> times;
  for (const Call& call : calls) {
    if (what == "all" || what == call.what) times.push_back(call.milliseconds);
  }
  std::sort(times.begin(), times.end());
  const double p99 = percentile(times, 0.99);
  fmt::print("{:<20} p99 {:.1f} ms, median {:.2f}, longest {:.0f} | {} calls{}\n", "service_load " + what, p99,
             percentile(times, 0.5), times.back(), times.size(),
             what == "all" ? fmt::format("; goal p99 <= {:.0f} ms {}", kGoal, p99 <= kGoal ? "met" : "MISSED") : "");
}

// Downloads that run again and again until told to end.
Result<void> download(JobService& service, const std::string& url, const std::string& folder, int number,
                      const std::atomic<bool>& enough) {
  const Caller me = Caller::this_process();
  while (!enough) {
    const auto job = DO_TRY(wait_for<std::shared_ptr<JobView>>([&](auto reply) {
      service.create_job(me, {.display_name = "download", .priority = Priority::foreground}, std::move(reply));
    }));
    const NewFile file{.remote_name = url, .local_name = fmt::format("{}/download{}", folder, number)};
    DO_TRY(wait_for<std::uint32_t>([&](auto reply) { service.add_files(me, job->id(), {file}, std::move(reply)); }));
    const auto command = [&](JobCommand what) {
      return wait_for<CommandOutcome>([&](auto reply) { service.command(me, job->id(), what, std::move(reply)); });
    };
    DO_TRY(command(JobCommand::resume));
    while (!enough && job->snapshot()->job.state() != JobState::transferred) {
      if (const auto shot = job->snapshot(); shot->job.state() == JobState::error)
        return failed(shot->job.error->error.message);
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    DO_TRY(command(JobCommand::cancel));
  }
  return {};
}

Result<void> run(std::chrono::seconds time) {
  const Workspace workspace = DO_TRY(Workspace::create());
  DO_TRY(workspace.make_folder("got"));
  DO_TRY(workspace.make_folder("served"));
  DO_TRY(workspace.make_file("served/big", kDownloadSize));
  const Nginx nginx = DO_TRY(Nginx::start(workspace, "served"));
  const SilentServer silent = DO_TRY(SilentServer::start());
  const Daemon daemon = DO_TRY(Daemon::start(workspace, {"--own"}));
  const std::string folder = workspace / "got";
  {
    const auto service = DO_TRY(attach(daemon));
    Client filler(*service, folder, silent.url());
    for (int i = 0; i < kJobs; ++i) DO_TRY(filler.one(i, true));
  }
  const long before = value_of_process(daemon.pid(), "status", "VmRSS");
  std::atomic<bool> enough = false;
  std::vector<Result<void>> ends(kClients + kDownloads, Result<void>());
  std::vector<std::vector<Call>> calls(kClients);
  std::vector<std::thread> threads;
  for (int i = 0; i < kDownloads; ++i) {
    threads.emplace_back([&, i] {
      ends[static_cast<std::size_t>(kClients + i)] = [&]() -> Result<void> {
        const auto service = DO_TRY(attach(daemon));
        return download(*service, nginx.url() + "/big", folder, i, enough);
      }();
    });
  }
  for (int i = 0; i < kClients; ++i) {
    threads.emplace_back([&, i] {
      ends[static_cast<std::size_t>(i)] = [&]() -> Result<void> {
        const auto service = DO_TRY(attach(daemon));
        Client client(*service, folder, silent.url());
        for (int n = 0; !enough; ++n) DO_TRY(client.one(kJobs + i + n * kClients, false));
        calls[static_cast<std::size_t>(i)] = client.calls();
        return {};
      }();
    });
  }
  std::this_thread::sleep_for(time);
  enough = true;
  for (std::thread& thread : threads) thread.join();
  for (const auto& end : ends) DO_TRY(end);
  std::vector<Call> all;
  for (const auto& some : calls) all.insert(all.end(), some.begin(), some.end());
  for (const std::string what : {"create", "add", "look", "cancel", "all"}) report(all, what);
  const auto service = DO_TRY(attach(daemon));
  const auto jobs = DO_TRY(service->list(Caller::this_process(), false)).size();
  const long after = value_of_process(daemon.pid(), "status", "VmRSS");
  const auto open = std::distance(std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", daemon.pid())), {});
  fmt::print("{:<20} {:.1f} MiB before, {:.1f} after; {} jobs and {} descriptors left\n", "service_load rest",
             static_cast<double>(before) / 1024, static_cast<double>(after) / 1024, jobs, open);
  if (jobs != kJobs) return failed("the queue doesn't hold what it should");
  return {};
}

}  // namespace
}  // namespace dosvc::bench

// service_load [SECONDS]
int main(int argc, char** argv) {
  using namespace dosvc::bench;
  const std::chrono::seconds time = argc > 1 ? std::chrono::seconds(std::atoi(argv[1])) : kFor;
  return exit_code(run(time));
}
