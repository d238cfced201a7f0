#pragma once

#include "core/job.h"
#include "core/presence.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace dosvc {

struct RunLimits {
  int foreground_jobs = 32;  // running at once
  int background_jobs = 4;   // high, normal and low together
};

// Who may run next: foreground before background, higher priority before lower, then first come, first served.
// Background jobs have places of their own, so that neither kind waits for the other. No clock, no I/O; every call is
// O(log n).
class RunQueue {
 public:
  explicit RunQueue(RunLimits limits) : limits_(limits) {}

  // To the end of its priority's queue; again: stays where it is.
  void wait(const JobId& id, Priority priority, uid_t owner);
  void leave(const JobId& id);  // neither waits nor runs any more
  // The next job that may run now; it holds a place from here on, until it leaves or waits again.
  std::optional<JobId> grant();
  void change_priority(const JobId& id, Priority priority);
  void change_owner(const JobId& id, uid_t owner);

  // Whose turn may come. Those who wait for their owner keep their place in the line. Gives the jobs of all who have
  // come or gone: of these, one that runs must give its place back. O(log n) for each of them, and for each owner.
  std::vector<JobId> use(Presence presence);
  bool awaits_owner(const JobId& id) const;

  // A job that stands still gives its place to another and runs on beside it, without a place.
  void lend_place(const JobId& id);
  // The running jobs that hold one.
  std::vector<JobId> holding_places() const { return {holding_.begin(), holding_.end()}; }

  std::size_t waiting() const { return queue_.size(); }

 private:
  enum class Standing : std::uint8_t {
    waiting,
    away,     // waits, but its owner isn't there
    running,  // with a place of its kind
    beside    // without: it has lent it
  };
  struct Place {
    Priority priority;
    std::uint64_t order;
    Standing standing;
    uid_t owner;

    bool runs() const { return standing == Standing::running || standing == Standing::beside; }
  };
  using Key = std::pair<Priority, std::uint64_t>;

  void line_up(const JobId& id, Place& place);
  void step_out(const Place& place);

  int& running(Priority p) { return p == Priority::foreground ? running_foreground_ : running_background_; }

  RunLimits limits_;
  Presence presence_;
  std::uint64_t next_order_ = 0;
  int running_foreground_ = 0;
  int running_background_ = 0;
  std::unordered_map<JobId, Place, UuidHash> places_;
  std::map<uid_t, std::set<JobId>> owners_;  // of places_
  std::map<Key, JobId> queue_;               // those that wait
  std::set<JobId> holding_;                  // those that run and are counted
};

}  // namespace dosvc
