// The program that is killed:  crash_worker STATE_DIRECTORY PLAN JOURNAL RUN
// Queues what the plan wants and the queue doesn't have, ends each job as planned when its time has come, and exits
// with 0 when all have ended. It keeps nothing in mind but the journal. RUN goes into the User-Agent, so that the
// server can tell one life of it from another. Standard output has a word for each moment that the test may wait for.

#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <mutex>
#include <set>

#include "core/blocking_call.h"
#include "crash/plan.h"
#include "host/in_process_service.h"

namespace dosvc::crash {
namespace {

constexpr unsigned kLongestLife = 120;  // seconds: a worker that is stuck ends by SIGALRM

[[noreturn]] void fail(const std::string& job, const std::string& why) {
  std::fprintf(stderr, "crash_worker: job %s: %s\n", job.c_str(), why.c_str());
  std::_Exit(1);
}

void say(const std::string& word) {
  const std::string line = word + '\n';
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(2);
}

// Something that the main thread has to look at.
struct Event {
  std::string job;
  bool transferred = false;
  bool ended = false;
};

class Events {
 public:
  void push(Event event) {
    {
      std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
    }
    arrived_.notify_one();
  }
  Event pop() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return !events_.empty(); });
    Event event = std::move(events_.front());
    events_.pop_front();
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
    const JobSnapshot& shot = *notification.job;
    if (notification.kind == NotificationKind::error) fail(job_, shot.job.error->error.message);
    const bool transferred = notification.kind == NotificationKind::transferred;
    if (transferred || shot.progress.bytes_transferred > 0) events_.push({job_, transferred});
    answer(true);
  }

 private:
  const std::string job_;
  Events& events_;
};

class Worker {
 public:
  Worker(JobService& service, Plan plan, Journal journal)
      : service_(service), plan_(std::move(plan)), journal_(std::move(journal)) {}

  void run() {
    std::map<std::string, std::shared_ptr<JobView>> there;
    const auto listed = service_.list(me_, false);
    for (const auto& view : *listed) there[view->snapshot()->job.display_name] = view;
    const auto steps = journal_.read();
    for (const PlannedJob& job : plan_) {
      const auto at = steps.find(job.name);
      const Step step = at == steps.end() ? Step::unknown : at->second;
      if (step != Step::ended) take_up(job, step, there[job.name]);
    }
    while (!open_.empty()) handle(events_.pop());
  }

 private:
  void take_up(const PlannedJob& job, Step step, std::shared_ptr<JobView> view) {
    if (!view && step == Step::ending) return journal_.append(Step::ended, job.name);
    if (!view && step == Step::queued) fail(job.name, "was queued and is lost");
    if (!view) view = create(job);
    open_[job.name] = {&job, view->id()};
    if (view->files().empty()) add_files(job, view->id());
    if (view->snapshot()->job.state() == JobState::suspended) {
      want(job.name, command(view->id(), JobCommand::resume));
    }
    if (step == Step::unknown) journal_.append(Step::queued, job.name);
    want(job.name, wait_for<void>([&](auto reply) {
           service_.set_listener(me_, view->id(), std::make_shared<Ear>(job.name, events_), reply);
         }));
    // A call that was cut short is repeated, even if the job isn't quite there any more.
    if (step == Step::ending && is_early(job.end)) end(job.name);
  }

  std::shared_ptr<JobView> create(const PlannedJob& job) {
    NewJob spec;
    spec.view = job.view;
    spec.display_name = job.name;
    spec.priority = job.priority;
    auto view = wait_for<std::shared_ptr<JobView>>([&](auto reply) { service_.create_job(me_, spec, reply); });
    want(job.name, view);
    return *view;
  }

  void add_files(const PlannedJob& job, const JobId& id) {
    std::vector<NewFile> files;
    for (const PlannedFile& file : job.files) files.push_back({file.url, file.local_name, {}, std::nullopt});
    want(job.name, wait_for<std::uint32_t>([&](auto reply) { service_.add_files(me_, id, files, reply); }));
    if (!is_early(job.end)) return;
    JobChange change;
    change.notify_flags = kNotifyTransferred | kNotifyError | kNotifyModification;
    want(job.name, wait_for<void>([&](auto reply) { service_.change(me_, id, change, reply); }));
  }

  Result<CommandOutcome> command(const JobId& id, JobCommand what) {
    return wait_for<CommandOutcome>([&](auto reply) { service_.command(me_, id, what, reply); });
  }

  void handle(const Event& event) {
    const auto found = open_.find(event.job);
    if (found == open_.end()) return;
    if (event.ended) {
      journal_.append(Step::ended, event.job);
      open_.erase(found);
    } else if (event.transferred || is_early(found->second.job->end)) {
      end(event.job);
    }
  }

  // Without waiting for the answer: several ends may be under way at once.
  void end(const std::string& name) {
    if (!ending_.insert(name).second) return;
    const auto& [job, id] = open_.at(name);
    journal_.append(Step::ending, name);
    say("ending");
    const JobCommand what = keeps_files(job->end) ? JobCommand::complete : JobCommand::cancel;
    service_.command(me_, id, what, [this, name](Result<CommandOutcome> outcome) {
      want(name, outcome);
      if (outcome->code == BG_S_UNABLE_TO_DELETE_FILES) fail(name, "left temporary files behind");
      events_.push({name, false, true});
    });
  }

  template <class T>
  static void want(const std::string& job, const Result<T>& result) {
    if (!result) fail(job, result.error().message);
  }

  struct Open {
    const PlannedJob* job;
    JobId id;
  };

  JobService& service_;
  const Plan plan_;
  const Journal journal_;
  const Caller me_ = Caller::this_process();
  Events events_;
  std::map<std::string, Open> open_;  // those that have not ended
  std::set<std::string> ending_;
};

int run(const char* state_directory, const char* plan, const char* journal, const char* life) {
  ::alarm(kLongestLife);
  InProcessOptions options;
  options.state_directory = state_directory;
  options.transport.user_agent = std::string("life/") + life;
  auto service = open_in_process(options);
  if (!service) {
    std::fprintf(stderr, "crash_worker: %s\n", service.error().message.c_str());
    return 1;
  }
  say("open");
  Worker worker(**service, read_plan(plan), Journal(journal));
  worker.run();
  service->reset();
  return 0;
}

}  // namespace
}  // namespace dosvc::crash

int main(int count, char** arguments) {
  if (count != 5) return 64;
  return dosvc::crash::run(arguments[1], arguments[2], arguments[3], arguments[4]);
}
