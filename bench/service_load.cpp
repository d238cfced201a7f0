// The service under load, while four downloads run as fast as the disk takes them. 64 clients, each with a connection
// of its own, make, look at and cancel jobs for a minute, in a queue that holds 10,000 already: how long a call takes,
// and what the service has kept of it all in the end. Or one client changes the state of jobs among 100,000 that are
// queued, first without the downloads and then beside them: how long a change takes.

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "core/blocking_call.h"
#include "daemon.h"
#include "dbus/proxy.h"
#include "nginx.h"
#include "silent_server.h"
#include "store/sqlite_store.h"

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
constexpr int kQueuedJobs = 100'000;
constexpr double kGoalAlone = 5;

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
    DO_TRY(timed("cancel", [&] { return command(job->id(), JobCommand::cancel); }));
    return {};
  }

  Result<CommandOutcome> command(const JobId& job, JobCommand what) {
    return wait_for<CommandOutcome>([&](auto reply) { service_.command(me_, job, what, std::move(reply)); });
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

void report(const std::vector<Call>& calls, const std::string& what, double goal = kGoal) {
  std::vector<double> times;
  for (const Call& call : calls) {
    if (what == "all" || what == call.what) times.push_back(call.milliseconds);
  }
  std::sort(times.begin(), times.end());
  const double p99 = percentile(times, 0.99);
  fmt::print("{:<20} p99 {:.1f} ms, median {:.2f}, longest {:.0f} | {} calls{}\n", "service_load " + what, p99,
             percentile(times, 0.5), times.back(), times.size(),
             what == "all" || what.starts_with("change")
                 ? fmt::format("; goal p99 <= {:.0f} ms {}", goal, p99 <= goal ? "met" : "MISSED")
                 : "");
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

// All of them, from its making to its end.
class Downloads {
 public:
  Downloads(const Daemon& daemon, const std::string& url, const std::string& folder)
      : ends_(kDownloads, Result<void>()) {
    for (int i = 0; i < kDownloads; ++i) {
      threads_.emplace_back([this, &daemon, url, folder, i] {
        ends_[static_cast<std::size_t>(i)] = [&]() -> Result<void> {
          const auto service = DO_TRY(attach(daemon));
          return download(*service, url, folder, i, enough_);
        }();
      });
    }
  }
  ~Downloads() { (void)end(); }
  Downloads(const Downloads&) = delete;
  Downloads& operator=(const Downloads&) = delete;

  Result<void> end() {
    enough_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    for (const auto& end : ends_) DO_TRY(end);
    return {};
  }

 private:
  std::atomic<bool> enough_ = false;
  std::vector<Result<void>> ends_;
  std::vector<std::thread> threads_;
};

// Jobs that wait for their turn, straight into the store: through the service it would take minutes.
Result<std::vector<JobId>> queue_jobs(const Workspace& workspace, const std::string& folder, const std::string& url) {
  DO_TRY(workspace.make_folder("state"));
  std::filesystem::permissions(workspace / "state", std::filesystem::perms::owner_all);
  const auto store = DO_TRY(SqliteStore::open(workspace / "state/queue.db"));
  std::vector<JobId> ids;
  for (int i = 0; i < kQueuedJobs; ++i) {
    Job job = Job::restored(JobState::queued);
    job.id = Uuid::random();
    job.owner = job.files_of = Caller::this_process().uid;
    job.display_name = fmt::format("job {}", i);
    job.resumed = true;
    job.created = job.modified = std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now());
    File file;
    file.remote_name = fmt::format("{}/{}", url, i);
    file.local_name = fmt::format("{}/{}", folder, i);
    file.temp_name = fmt::format("{}/.{}.0123456789abcdef.part", folder, i);
    store->save(job);
    store->save(job.id, file);
    ids.push_back(job.id);
  }
  DO_TRY(store->commit());
  return ids;
}

Result<void> change_states(std::chrono::seconds time) {
  const Workspace workspace = DO_TRY(Workspace::create());
  DO_TRY(workspace.make_folder("got"));
  DO_TRY(workspace.make_folder("served"));
  DO_TRY(workspace.make_file("served/big", kDownloadSize));
  const Nginx nginx = DO_TRY(Nginx::start(workspace, "served"));
  const SilentServer silent = DO_TRY(SilentServer::start());
  const std::string folder = workspace / "got";
  const std::vector<JobId> ids = DO_TRY(queue_jobs(workspace, folder, silent.url()));
  const Daemon daemon = DO_TRY(Daemon::start(workspace, {"--own"}));
  fmt::print("{:<20} {:.0f} ms until ready, {:.0f} MiB\n", "service_load start", daemon.start_time().count(),
             static_cast<double>(value_of_process(daemon.pid(), "status", "VmRSS")) / 1024);
  const auto service = DO_TRY(attach(daemon));
  for (const bool beside : {false, true}) {
    std::optional<Downloads> downloads;
    if (beside) downloads.emplace(daemon, nginx.url() + "/big", folder);
    Client client(*service, folder, silent.url());
    const char* what = beside ? "change" : "change alone";
    const auto end = Time::now() + time;
    // From the back of the line: those at its front are on their way to the server.
    for (std::size_t i = ids.size(); Time::now() < end && i > 0; --i) {
      for (const JobCommand command : {JobCommand::suspend, JobCommand::resume})
        DO_TRY(client.timed(what, [&] { return client.command(ids[i - 1], command); }));
    }
    report(client.calls(), what, beside ? kGoal : kGoalAlone);
    if (downloads) DO_TRY(downloads->end());
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
  std::vector<Result<void>> ends(kClients, Result<void>());
  std::vector<std::vector<Call>> calls(kClients);
  std::vector<std::thread> threads;
  Downloads downloads(daemon, nginx.url() + "/big", folder);
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
  DO_TRY(downloads.end());
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

// service_load [changes] [SECONDS]
int main(int argc, char** argv) {
  using namespace dosvc::bench;
  const bool changes = argc > 1 && std::string_view(argv[1]) == "changes";
  const int at = changes ? 2 : 1;
  const std::chrono::seconds time = argc > at ? std::chrono::seconds(std::atoi(argv[at])) : kFor;
  return exit_code(changes ? change_states(time) : run(time));
}
