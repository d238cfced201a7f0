#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace dosvc {

// A file may come over several connections at once, its lanes, each with a stretch of its own. Offsets are of the local
// file, rates bytes a second.
struct LaneView {
  std::uint64_t at = 0;               // it has brought what lies before, from where it began
  std::uint64_t end = 0;              // of its stretch, less what others are on their way to take from it
  std::optional<double> rate{};       // lately; empty: too young to tell
  std::chrono::nanoseconds silent{};  // since its last byte, or since it was asked
  bool raced = false;                 // another lane fetches the same
};

// Whether it has brought nothing for longer than a lost packet or two would explain.
bool is_silent(const LaneView& lane, std::chrono::nanoseconds round_trip);

// What one more lane is to fetch: the stretch of `lane` from `begin` to its end. A race leaves that lane its stretch:
// the first one through wins.
struct Relief {
  std::size_t lane = 0;
  std::uint64_t begin = 0;
  bool race = false;

  friend bool operator==(const Relief&, const Relief&) = default;
};

// Where one more lane helps most, when all that is missing is some lane's already; nothing where none does. Pure.
//   - The lane that would be through last gives away the end of its stretch, so much of it that both are through at the
//     same time, the newcomer's connection included, which is expected to be as fast as the others.
//   - What is too small to be parted is raced, when the newcomer would be through in half the time: so no file waits
//     for the slowest of its connections. So is a lane that has gone silent.
// `round_trip`: from a request to its answer.
std::optional<Relief> relief(std::span<const LaneView> lanes, std::chrono::nanoseconds round_trip);

// How many lanes a file is worth, found by measuring. Pure; one for each file that is being fetched.
//   - Over a long way (a round trip of 15 ms or more) a connection needs many round trips until it is fast, and where
//     packets get lost never is: as many as may be at once, a MiB for each. Later half of them are left out, where the
//     rate shows that they don't help.
//   - Over a short way one; twice as many as long as that makes the file come faster by a quarter, and time enough is
//     left for it to matter.
class LaneCount {
 public:
  using Time = std::chrono::nanoseconds;  // since any moment, always the same one

  // The first answer is here. `bytes`: of the file, received so far by whatever lanes; `left`: still to come.
  void begin(Time now, Time round_trip, std::uint64_t bytes, std::uint64_t left, int most);
  // Some four times a second.
  void measure(Time now, std::uint64_t bytes, std::uint64_t left, int most);
  // A server has refused one more than `running` now. For a while, or, when it `never` takes more, for good.
  void refused(Time now, int running, bool never);

  int wanted() const { return wanted_; }
  Time round_trip() const { return round_trip_; }

 private:
  enum class Trial : std::uint8_t {
    none,   // this many it is
    more,   // as many as now are on trial against `before_`
    fewer,  // likewise
  };

  void begin_window(Time now, std::uint64_t bytes);
  void settle(Time now, int lanes, Time for_);
  void try_with(int lanes, Trial how, double rate);
  Time window() const;

  int wanted_ = 1;
  int limit_ = 1 << 10;  // by what was refused
  Time round_trip_{};
  Trial trial_ = Trial::none;
  int before_ = 1;          // lanes, and
  double rate_before_ = 0;  // what they brought
  Time window_began_{};
  std::uint64_t window_bytes_ = 0;
  Time settled_until_{};
  Time refused_until_{};
};

}  // namespace dosvc
