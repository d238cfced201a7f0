#pragma once

#include <chrono>

#include "base/loop.h"
#include "core/job_service.h"

namespace dosvc::service {

// Tells systemd, as often as it asks for that (WatchdogSec=), that both the bus loop and the engine still turn. On the
// bus loop, which outlives the service; not called by systemd it does nothing.
class Watchdog {
 public:
  Watchdog(Loop& loop, JobService& engine);

 private:
  void arm();
  void look();

  Loop& loop_;
  JobService& engine_;
  Clock::duration every_{};
  Timer timer_;
  std::shared_ptr<const char> alive_ = std::make_shared<char>();
};

}  // namespace dosvc::service
