#pragma once

#include "core/job.h"

#include <cstdint>

namespace dosvc {

// Port: what the machine knows. Engine thread only.
class Host {
 public:
  virtual ~Host() = default;
  virtual WallTime wall_now() const = 0;  // for people and records; never to measure a wait
  virtual std::uint64_t random() = 0;
};

}  // namespace dosvc
