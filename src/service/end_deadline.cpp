#include "service/end_deadline.h"

#include <unistd.h>

#include <thread>

#include "base/log.h"
#include "base/thread.h"

namespace dosvc::service {

void end_at_the_latest_after(Clock::duration time, int exit_code) {
  std::thread thread = start_thread("dosvc-end", [time, exit_code] {
    std::this_thread::sleep_for(time);
    log_warning("The disk doesn't answer in time: the service ends without it, and fetches again what isn't noted.");
    ::_exit(exit_code);
  });
  if (thread.joinable()) thread.detach();
}

}  // namespace dosvc::service
