#pragma once

#include <chrono>
#include <functional>

#include "base/loop.h"

namespace dosvc::service {

// Finds out when a service has had nothing to do for a while. On the loop's thread.
class IdleWatch {
 public:
  static constexpr auto kPatience = std::chrono::seconds(10);
  // What keeps a service busy seldom ends without a call; hence looked at so seldom that it doesn't count as waking.
  static constexpr auto kLookAgain = std::chrono::minutes(5);

  // `idle` is asked when nothing has happened for kPatience, and `leave` called when it says so.
  IdleWatch(Loop& loop, std::function<bool()> idle, std::function<void()> leave);
  void activity();

 private:
  void look();
  void arm(Clock::duration after);

  Loop& loop_;
  const std::function<bool()> idle_;
  const std::function<void()> leave_;
  Clock::time_point last_;
  Clock::time_point due_;
  Timer timer_;
};

}  // namespace dosvc::service
