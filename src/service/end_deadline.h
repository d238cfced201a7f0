#pragma once

#include "base/loop.h"

namespace dosvc::service {

// From here on the process lives no longer than that, whatever keeps it: threads that wait for a disk can't be told to
// stop. What the service has claimed is on disk at any moment, so nothing of it is lost.
void end_at_the_latest_after(Clock::duration time, int exit_code);

}  // namespace dosvc::service
