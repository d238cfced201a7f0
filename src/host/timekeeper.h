#pragma once

#include <memory>

#include "base/loop.h"
#include "core/file.h"

namespace dosvc {

// Another time than the machine's, for tests that can't wait: an engine and a service that are given one take every
// clock and every timer of theirs from it. Outlives them.
class Timekeeper {
 public:
  virtual ~Timekeeper() = default;
  // A loop in place of `real`, which goes on doing the waiting and outlives it. On the thread of `real`.
  virtual std::unique_ptr<Loop> loop_over(Loop& real) = 0;
  virtual WallTime wall_now() const = 0;  // from any thread
};

}  // namespace dosvc
