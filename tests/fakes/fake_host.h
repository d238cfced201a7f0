#pragma once

#include <cstdint>
#include <deque>
#include <set>

#include "base/loop.h"
#include "engine/host.h"

namespace dosvc {

// What the wall clock of every fake shows: 2030-01-01 00:00 UTC when the loop's time is 0, and then on with the loop.
inline WallTime fake_wall_time(const Loop& loop) {
  return WallTime(std::chrono::seconds(1'893'456'000) +
                  std::chrono::duration_cast<std::chrono::microseconds>(loop.now().time_since_epoch()));
}

// A machine whose clock follows the test's loop, and whose chance is the same in every run.
class FakeHost final : public Host {
 public:
  explicit FakeHost(const Loop& loop) : loop_(loop) {}

  WallTime wall_now() const override { return fake_wall_time(loop_) + clock_set_by; }
  // First `next_random`, then a fixed sequence.
  Clock::duration asleep() const override { return slept; }
  std::uint64_t random() override;
  Result<std::string> spool_folder(uid_t owner) override {
    spools_of.insert(owner);
    return std::string("/spool");
  }

  std::chrono::microseconds clock_set_by{};  // somebody turned the wall clock; the loop's time doesn't notice
  Clock::duration slept{};  // of the loop's time; a test that lets the machine sleep advances the loop, too
  std::deque<std::uint64_t> next_random;
  std::set<uid_t> spools_of;  // whose folders were asked for

 private:
  const Loop& loop_;
  std::uint64_t seed_ = 0;
};

}  // namespace dosvc
