#pragma once

#include "base/loop.h"
#include "core/job.h"
#include "core/presence.h"
#include "core/remote_host.h"

#include <array>
#include <compare>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace dosvc {

struct RunLimits {
  int foreground_jobs = 32;  // running at once
  int background_jobs = 4;   // high, normal and low together
  // How long a job may run while others wait that are no less important.
  std::chrono::seconds time_slice{300};
};

// A job, as far as its turn depends on it.
struct Contender {
  Priority priority = Priority::normal;
  uid_t owner = 0;
  RemoteHost host{};  // of the file that it fetches next
};

// Who may run, and who must make room. Foreground before background, higher priority before lower, then first come,
// first served, round and round by time slices.
//   - Foreground and background jobs have places of their own, so that neither kind waits for the other.
//   - Where jobs of several hosts wait, one host's have at most half the places of their kind. A host that is in
//     trouble has those that limit() leaves it, and no more.
//   - Whoever waits for his owner, for the network or for a host that is closed keeps his place in the line and holds
//     up nobody.
// revoke() names those who must make room: for a higher priority at once, for another host at once, for an equal when
// their time slice is over. The first two are the next again of their kind, the last is the last of it. No I/O, and
// the clock is handed in; a call is O(log n), where it doesn't say otherwise.
class RunQueue {
 public:
  explicit RunQueue(RunLimits limits) : limits_(limits) {}

  // To the end of its priority's line; one that waits already stays where it is, at its new host.
  void wait(const JobId& id, const Contender& contender);
  void leave(const JobId& id);  // neither waits nor runs any more
  // The next job that may run now; it holds a place from here on, until it leaves, waits again or is revoked.
  std::optional<JobId> grant(Clock::time_point now);
  // A running job that must make room now for one that waits. It waits itself from here on, and its place is free.
  std::optional<JobId> revoke(Clock::time_point now);
  void change_priority(const JobId& id, Priority priority);
  void change_owner(const JobId& id, uid_t owner);

  // Whose turn may come. Gives the jobs of all who have come or gone: of these, one that runs must give its place back.
  // O(log n) for each of them, and for each owner.
  std::vector<JobId> use(Presence presence);
  bool awaits_owner(const JobId& id) const;

  // Without a network only jobs that need none get their turn. O(log n) for each host.
  void set_network(bool there);
  bool has_network() const { return network_; }
  bool awaits_network(const JobId& id) const;

  // At most so many of this host's jobs of each kind get their turn; empty: as many as like.
  void limit(const std::string& host, std::optional<int> jobs);
  std::optional<int> limit_of(const std::string& host) const;
  const RemoteHost* host_of(const JobId& id) const;  // as it was when it last came to wait; null: it isn't here
  std::vector<JobId> waiting_for(const std::string& host) const;  // O(n) of those
  std::vector<JobId> waiting_for_network() const;                 // those that need it, whether it is there or not

  // A job that stands still gives its place to another and runs on beside it, without a place.
  void lend_place(const JobId& id);
  std::vector<JobId> holding_places() const { return {holding_.begin(), holding_.end()}; }
  bool anybody_runs() const { return !holding_.empty() || !beside_.empty(); }
  std::vector<JobId> running() const;  // those, and those that have lent theirs

  // Somebody waits for nothing but room.
  bool contended() const { return !heads_[foreground].empty() || !heads_[background].empty(); }

 private:
  enum class Standing : std::uint8_t {
    waiting,
    away,     // waits, but its owner isn't there
    running,  // with a place of its kind
    beside    // without: it has lent it
  };
  struct Lane;
  struct Place {
    Priority priority;
    std::uint64_t order;
    Standing standing;
    uid_t owner;
    Lane* lane;
    Clock::time_point since{};  // its time slice began

    bool runs() const { return standing == Standing::running || standing == Standing::beside; }
  };
  using Key = std::pair<Priority, std::uint64_t>;
  // Of the first of a lane: its priority, whether its host has its share already, and its order.
  struct Rank {
    Priority priority;
    bool has_share;
    std::uint64_t order;
    auto operator<=>(const Rank&) const = default;
  };
  enum Kind : std::uint8_t { foreground, background };
  static constexpr std::array<Kind, 2> kKinds{foreground, background};
  static constexpr int kUnlimited = std::numeric_limits<int>::max();

  // The jobs of one host.
  struct Lane {
    RemoteHost host;
    int limit = kUnlimited;
    std::size_t jobs = 0;
    struct Side {
      std::map<Key, JobId> line;  // those that wait
      int running = 0;            // with a place
      std::optional<Rank> head;   // as it stands in heads_
    };
    std::array<Side, 2> sides;
  };

  static Kind kind_of(Priority p) { return p == Priority::foreground ? foreground : background; }
  int places(Kind kind) const { return kind == foreground ? limits_.foreground_jobs : limits_.background_jobs; }
  // What one host may have where others wait.
  int share(Kind kind) const { return (places(kind) + 1) / 2; }

  Lane& lane_for(const RemoteHost& host);
  void leave_lane(Place& place);
  bool may_run(const Lane& lane) const { return network_ || lane.host.on_this_machine; }
  void line_up(const JobId& id, Place& place);
  void step_out(const Place& place);
  void stop_running(const JobId& id, Place& place);
  void put_forward(Lane& lane, Kind kind);
  std::optional<JobId> pick_for(Kind kind, const Rank& next, Clock::time_point now) const;
  bool gives_way(const Place& place, Kind kind) const;

  RunLimits limits_;
  Presence presence_;
  bool network_ = true;
  std::uint64_t next_order_ = 0;
  std::array<int, 2> running_{};
  std::unordered_map<JobId, Place, UuidHash> places_;
  std::map<uid_t, std::set<JobId>> owners_;                       // of places_
  std::unordered_map<std::string, std::unique_ptr<Lane>> lanes_;  // those that have jobs
  std::unordered_map<std::string, int> limited_;                  // also of hosts that have none
  std::array<std::map<Rank, Lane*>, 2> heads_;                    // of lanes that may have one more running
  std::set<JobId> holding_;                                       // those that run and are counted
  std::set<JobId> beside_;
};

}  // namespace dosvc
