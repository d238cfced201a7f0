#pragma once

#include "base/loop.h"
#include "core/failure.h"

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dosvc {

// What is remembered of hosts that didn't serve us lately, so that one job's failure spares the others the same:
//   - a host that named a time (429 or 503 with Retry-After) is left alone until then, by all jobs that want it;
//   - so is one that said 429 without a time, for a minute;
//   - afterwards, and after two failures in a row of a kind that isn't a single file's, one job at a time finds out how
//     it is; each answer that is accepted lets one more in, so that nobody falls over a host that has just come back.
// Hosts are named by RemoteHost::key. No I/O and no clock: `now` is handed in.
class HostMemory {
 public:
  void failed(const std::string& host, const Failure& failure, Clock::time_point now);
  void answered(const std::string& host);
  // A person or a new network says that it is worth a try.
  void forgive(const std::string& host);
  // A new network: what couldn't be reached over the old one may be reached now. Gives those that are forgotten.
  std::vector<std::string> forget_unreachable();

  bool empty() const { return hosts_.empty(); }
  // How many of a host's jobs may be at it at once, foreground and background apart; 0: it is closed. Empty: as many
  // as like.
  std::optional<int> limit(const std::string& host) const;
  std::optional<Clock::time_point> closed_until(const std::string& host) const;

  // When the next of the closed ones opens. open_due() opens those, and gives them.
  std::optional<Clock::time_point> next_opening() const;
  std::vector<std::string> open_due(Clock::time_point now);

  // Forgets hosts of which nothing was heard for an hour. Gives them.
  std::vector<std::string> forget_old(Clock::time_point now);

 private:
  struct Memory {
    std::optional<Clock::time_point> closed_until;
    int failures = 0;            // in a row
    std::optional<int> allowed;  // at a time
    Clock::time_point last_failure{};
  };

  void close(const std::string& host, Memory& memory, Clock::time_point until);
  void open(const std::string& host, Memory& memory);

  std::unordered_map<std::string, Memory> hosts_;  // only those in trouble
  std::set<std::pair<Clock::time_point, std::string>> openings_;
};

}  // namespace dosvc
