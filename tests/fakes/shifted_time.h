#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "host/timekeeper.h"

namespace dosvc {

// The machine's time and loops, but a test can move all of it on by any amount: for real services in real processes.
class ShiftedTime final : public Timekeeper {
 public:
  ShiftedTime();
  ~ShiftedTime() override;
  ShiftedTime(const ShiftedTime&) = delete;
  ShiftedTime& operator=(const ShiftedTime&) = delete;

  std::unique_ptr<Loop> loop_over(Loop& real) override;
  WallTime wall_now() const override;

  // From a thread that is none of the loops'. When it returns every loop has seen to its timers, and those due then
  // have been called.
  void move(Clock::duration by);

 private:
  class ShiftedLoop;
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace dosvc
