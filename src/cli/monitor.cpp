#include <fmt/core.h>
#include <signal.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/format.h"
#include "cli/job_ids.h"
#include "cli/job_text.h"
#include "cli/json.h"
#include "cli/queue.h"
#include "cli/users.h"
#include "cli/wakeup.h"

// `monitor`: the queue as it changes, until it is interrupted.
namespace dosvc::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Of progress alone a job has a line as often as this; all else is shown at once.
constexpr milliseconds kPace{500};
constexpr milliseconds kForever{std::chrono::hours(1)};

// Hands what the service's thread tells to the main thread.
class Ear final : public QueueObserver {
 public:
  struct Event {
    std::shared_ptr<JobView> view;  // empty: gone
    JobId id;
  };
  explicit Ear(std::shared_ptr<const Wakeup::Bell> bell) : bell_(std::move(bell)) {}

  void changed(const std::shared_ptr<JobView>& job) override { hear({job, job->id()}); }
  void gone(const JobId& id) override { hear({nullptr, id}); }

  std::vector<Event> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(heard_, {});
  }

 private:
  void hear(Event event) {
    const std::lock_guard lock(mutex_);
    heard_.push_back(std::move(event));
    bell_->ring();
  }

  const std::shared_ptr<const Wakeup::Bell> bell_;
  std::mutex mutex_;
  std::vector<Event> heard_;
};

class Monitor {
 public:
  Monitor(Console& console, bool with_owners) : console_(console), with_owners_(with_owners) {}

  void there(const std::shared_ptr<JobView>& view) { tell("there", at(view), steady_clock::now()); }

  void hear(const Ear::Event& event) {
    if (!event.view) return end(event.id);
    Seen& seen = at(event.view);
    seen.untold = true;
    if (differs(*event.view->known(), seen.shown)) tell("changed", seen, steady_clock::now());
  }

  // Tells the progress that is due; how long nothing will be.
  milliseconds tell_progress() {
    const auto now = steady_clock::now();
    milliseconds pause = kForever;
    for (auto& [id, seen] : jobs_) {
      if (!seen.untold) continue;
      const auto left = std::chrono::ceil<milliseconds>(seen.told_at + kPace - now);
      if (left.count() <= 0)
        tell("changed", seen, now);
      else
        pause = std::min(pause, left);
    }
    return pause;
  }

 private:
  struct Seen {
    std::shared_ptr<JobView> view;
    JobSnapshotPtr shown;  // when it was last told of
    steady_clock::time_point told_at{};
    bool untold = false;
  };

  Seen& at(const std::shared_ptr<JobView>& view) {
    Seen& seen = jobs_[view->id()];
    seen.view = view;
    return seen;
  }

  // In more than how far it is.
  static bool differs(const JobSnapshot& now, const JobSnapshotPtr& shown) {
    return !shown || now.job.state() != shown->job.state() || now.wait != shown->wait ||
           now.job.error_count != shown->job.error_count || now.job.display_name != shown->job.display_name ||
           now.job.priority != shown->job.priority || now.job.owner != shown->job.owner ||
           now.progress.files_total != shown->progress.files_total;
  }

  void tell(const std::string& event, Seen& seen, steady_clock::time_point now) {
    seen.shown = seen.view->known();
    seen.told_at = now;
    seen.untold = false;
    const auto time = std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now());
    console_.document(change_json(event, time, {seen.view, "", std::nullopt, false, seen.shown}));
    line(time, *seen.view, name_of(seen.shown->job.state()), short_wait_text(*seen.shown));
  }

  void line(WallTime time, const JobView& view, std::string_view state, std::string_view waits_for) {
    if (console_.json()) return;
    const JobSnapshotPtr shot = view.known();
    const std::string owner = with_owners_ ? fmt::format("{:<12}  ", user_name(shot->job.owner)) : std::string();
    console_.print(fmt::format("{}  {:<8}  {}{:<15}  {:<13}  {:<18}  {}", format_local_time(time), short_id(view.id()),
                               owner, state, waits_for, short_bytes_text(shot->progress), name_shown(view)));
  }

  void end(const JobId& id) {
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return;
    const Seen seen = found->second;
    jobs_.erase(found);
    const auto time = std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now());
    console_.document(change_json("gone", time, {seen.view, "", std::nullopt, false, seen.shown}));
    // Whoever saw its last state knows.
    if (!is_final(seen.shown->job.state())) line(time, *seen.view, "gone", "-");
  }

  Console& console_;
  const bool with_owners_;
  std::map<JobId, Seen> jobs_;
};

}  // namespace

Result<ExitCode> run_monitor(const MonitorArguments& arguments, Console& console) {
  Wakeup wakeup = DO_TRY(Wakeup::create());
  const auto service = DO_TRY(open_queue(false, console));
  // Who may not see them hears it now.
  if (arguments.all_users) DO_TRY(jobs_by_age(*service, true));
  const auto ear = std::make_shared<Ear>(wakeup.bell());
  service->observe(Caller::this_process(), arguments.all_users, ear);
  Monitor monitor(console, arguments.all_users);
  const auto there = DO_TRY(jobs_by_age(*service, arguments.all_users));
  for (const auto& view : there) monitor.there(view);
  while (console.flush()) {
    const auto signal = wakeup.wait(monitor.tell_progress());
    if (signal) return *signal == SIGINT ? ExitCode::done : exit_code_for_signal(*signal);
    for (const Ear::Event& event : ear->take()) monitor.hear(event);
  }
  return ExitCode::failure;
}

}  // namespace dosvc::cli
