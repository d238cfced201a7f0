#include "service/watchdog.h"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace dosvc::service {

Watchdog::Watchdog(Loop& loop, JobService& engine) : loop_(loop), engine_(engine) {
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0) return;
  every_ = std::chrono::microseconds(microseconds) / 2;
  arm();
}

void Watchdog::arm() {
  timer_ = loop_.after(every_, [this] { look(); });
}

// A call about a job that can't be there goes through the engine's thread, and changes nothing.
void Watchdog::look() {
  arm();
  engine_.command(Caller{0, true}, JobId{}, JobCommand::suspend,
                  [&loop = loop_, alive = std::weak_ptr<const char>(alive_)](const Result<CommandOutcome>&) {
                    if (alive.expired()) return;
                    loop.post([alive] {
                      if (!alive.expired()) ::sd_notify(0, "WATCHDOG=1");
                    });
                  });
}

}  // namespace dosvc::service
