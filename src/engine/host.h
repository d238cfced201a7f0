#pragma once

#include "base/loop.h"
#include "base/result.h"
#include "core/job.h"

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace dosvc {

// Port: what the machine knows. Engine thread only.
class Host {
 public:
  virtual ~Host() = default;
  virtual WallTime wall_now() const = 0;  // for people and records; never to measure a wait
  // How long the machine has slept since it started: the loop's time goes on meanwhile.
  virtual Clock::duration asleep() const = 0;
  virtual std::uint64_t random() = 0;
  // A folder of this user's (Job::files_of) for what is only passing through; absolute, made when it isn't there.
  virtual Result<std::string> spool_folder(uid_t owner) = 0;
};

}  // namespace dosvc
