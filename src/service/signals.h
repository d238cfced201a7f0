#pragma once

#include <functional>

#include "base/loop.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace dosvc::service {

// SIGTERM and SIGINT, which end the service, and SIGHUP, on which it reads its configuration anew: as events of a loop.
class Signals {
 public:
  // Before any thread is started: from then on these signals wait until somebody looks.
  static void hold_back();
  // Waits, and tells whether the service has been told to end meanwhile.
  static bool end_within(Clock::duration time);

  static Result<Signals> watch(Loop& loop, std::function<void()> end, std::function<void()> reload);

 private:
  UniqueFd fd_;
  Watch watch_;
};

}  // namespace dosvc::service
