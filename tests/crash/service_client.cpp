// A program of one user, attached to a service that is killed under it:
//   service_client UID NAME FOLDER URL JOBS
// Rounds of JOBS jobs each, until standard input ends. Each job's files come from URL/<size>/<name>; every fifth job is
// for a file that isn't there. It waits for its callbacks and never asks, so a callback that is lost is a client that
// hangs: SIGALRM ends it then. Calls that break off with the service are repeated, after a look at what they did.

#include <fcntl.h>
#include <fmt/core.h>
#include <grp.h>
#include <poll.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "client/connect.h"
#include "core/blocking_call.h"

namespace dosvc::crash {
namespace {

constexpr unsigned kLongestWait = 120;  // seconds without a callback
constexpr int kFilesOfAJob = 3;

[[noreturn]] void fail(const std::string& job, const std::string& why) {
  fmt::print(stderr, "service_client: job {}: {}\n", job, why);
  std::_Exit(1);
}

// Between two attempts, so that the service has a chance to come back.
void pause() { (void)::poll(nullptr, 0, 2); }

// Whether the service was away, and the call is to be made again.
bool is_lost(const Error& error) {
  const bool lost = error.code == HRESULT_FROM_WIN32(RPC_S_CALL_FAILED) ||
                    error.code == HRESULT_FROM_WIN32(RPC_S_SERVER_UNAVAILABLE) || error.code == DO_E_NO_SERVICE;
  if (lost) pause();
  return lost;
}

// What a job's listener heard, in the order it came.
struct Event {
  std::string job;
  NotificationKind kind = NotificationKind::modification;
};

class Events {
 public:
  void push(Event event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    arrived_.notify_one();
  }
  Event pop() {
    ::alarm(kLongestWait);
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return !events_.empty(); });
    Event event = std::move(events_.front());
    events_.pop_front();
    ::alarm(0);
    return event;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Event> events_;
};

class Ear final : public JobListener {
 public:
  Ear(std::string job, Events& events) : job_(std::move(job)), events_(events) {}
  void notify(Notification notification, std::function<void(bool taken)> answer) override {
    events_.push({job_, notification.kind});
    answer(true);
  }

 private:
  const std::string job_;
  Events& events_;
};

struct PlannedJob {
  std::string name;
  bool fails = false;
  std::vector<NewFile> files;
};

class Client {
 public:
  Client(JobService& service, std::string name, std::string folder, std::string url)
      : service_(service), name_(std::move(name)), folder_(std::move(folder)), url_(std::move(url)) {}

  void run_round(int round, int jobs) {
    std::map<std::string, std::shared_ptr<JobView>> open;
    std::map<std::string, PlannedJob> plans;
    for (int i = 0; i < jobs; ++i) {
      PlannedJob plan = plan_job(round, i);
      open[plan.name] = begin(plan);
      plans[plan.name] = plan;
    }
    while (!open.empty()) {
      const Event event = events_.pop();
      const auto found = open.find(event.job);
      if (found == open.end()) fail(event.job, "a callback came after its job's end");
      const PlannedJob& plan = plans.at(event.job);
      if ((event.kind == NotificationKind::error) != plan.fails) fail(event.job, "the wrong callback came");
      end(*found->second, plan);
      open.erase(found);
      fmt::print("ended {}\n", event.job);
      std::fflush(stdout);
    }
  }

 private:
  PlannedJob plan_job(int round, int number) const {
    PlannedJob job{fmt::format("{}r{}j{}", name_, round, number), number % 5 == 4, {}};
    for (int i = 0; i <= number % kFilesOfAJob; ++i) {
      const std::string file = fmt::format("{}f{}", job.name, i);
      const int kib = 64 << (number % 5);
      const std::string fault = job.fails ? "?status=404" : fmt::format("?rate={}", (kib << 10) * 2);
      job.files.push_back({.remote_name = fmt::format("{}/bytes/{}/{}{}", url_, kib << 10, file, fault),
                           .local_name = fmt::format("{}/{}.{}", folder_, file, kib << 10)});
    }
    return job;
  }

  std::shared_ptr<JobView> begin(const PlannedJob& plan) {
    const auto view = create(plan);
    add_files(plan, *view);
    until_done<void>(plan, [&](auto reply) {
      service_.set_listener(me_, view->id(), std::make_shared<Ear>(plan.name, events_), std::move(reply));
    });
    until_done<CommandOutcome>(
        plan, [&](auto reply) { service_.command(me_, view->id(), JobCommand::resume, std::move(reply)); });
    return view;
  }

  // A call that broke off may have been carried out: what is there is taken, and there is only one of a name.
  std::shared_ptr<JobView> create(const PlannedJob& plan) {
    for (;;) {
      if (auto there = named(plan.name)) return there;
      auto made = wait_for<std::shared_ptr<JobView>>([&](auto reply) {
        service_.create_job(
            me_, {.view = ApiView::delivery_optimization, .display_name = plan.name, .priority = Priority::foreground},
            std::move(reply));
      });
      if (made) return std::move(made).take();
      if (!is_lost(made.error())) fail(plan.name, "create: " + made.error().message);
    }
  }

  std::shared_ptr<JobView> named(const std::string& name) {
    auto views = service_.list(me_, false);
    while (!views) {
      if (!is_lost(views.error())) fail(name, "list: " + views.error().message);
      views = service_.list(me_, false);
    }
    std::shared_ptr<JobView> found;
    for (const auto& view : *views) {
      if (view->snapshot()->job.display_name != name) continue;
      if (found) fail(name, "is there twice");
      found = view;
    }
    return found;
  }

  void add_files(const PlannedJob& plan, JobView& view) {
    while (view.snapshot()->progress.files_total == 0) {
      const auto added =
          wait_for<std::uint32_t>([&](auto reply) { service_.add_files(me_, view.id(), plan.files, reply); });
      if (!added && !is_lost(added.error())) fail(plan.name, "add: " + added.error().message);
    }
    if (view.snapshot()->progress.files_total != plan.files.size())
      fail(plan.name, "has other files than it was given");
  }

  void end(JobView& view, const PlannedJob& plan) {
    const JobCommand how = plan.fails ? JobCommand::cancel : JobCommand::complete;
    bool broken_off = false;
    for (;;) {
      const auto ended =
          wait_for<CommandOutcome>([&](auto reply) { service_.command(me_, view.id(), how, std::move(reply)); });
      if (ended && ended->code == S_OK) return;
      if (ended) fail(plan.name, fmt::format("ended with 0x{:08X}", static_cast<unsigned>(ended->code)));
      if (broken_off && ended.error().code == BG_E_NOT_FOUND) return;
      if (broken_off && ended.error().code == BG_E_INVALID_STATE) return;
      if (!is_lost(ended.error())) fail(plan.name, "end: " + ended.error().message);
      broken_off = true;
    }
  }

  template <class T, class Start>
  void until_done(const PlannedJob& plan, Start start) {
    for (;;) {
      const auto done = wait_for<T>(start);
      if (done) return;
      if (!is_lost(done.error())) fail(plan.name, done.error().message);
    }
  }

  JobService& service_;
  const Caller me_ = Caller::this_process();
  const std::string name_, folder_, url_;
  Events events_;
};

bool told_to_end() {
  pollfd in{STDIN_FILENO, POLLIN, 0};
  return ::poll(&in, 1, 0) > 0;
}

void become(uid_t uid) {
  if (uid == ::getuid()) return;
  if (::setgroups(0, nullptr) != 0 || ::setgid(uid) != 0 || ::setuid(uid) != 0) fail("-", "can't become another user");
}

}  // namespace
}  // namespace dosvc::crash

int main(int argc, char** argv) {
  using namespace dosvc;
  using namespace dosvc::crash;
  if (argc != 6) return 2;
  become(static_cast<uid_t>(std::strtoul(argv[1], nullptr, 10)));
  ::alarm(kLongestWait);
  auto service = connect({});
  while (!service && is_lost(service.error())) service = connect({});
  if (!service) fail("-", service.error().message);
  Client client(**service, argv[2], argv[3], argv[4]);
  int round = 0;
  do client.run_round(round++, std::atoi(argv[5]));
  while (!told_to_end());
  return 0;
}
