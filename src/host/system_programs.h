#pragma once

#include <memory>

#include "base/loop.h"
#include "engine/programs.h"

namespace dosvc {

// Runs programs, for another user than that of this process where it has the right to. Each is waited for by a thread
// of its own, which ends with it. Of one owner a few run at a time, and the others wait for their turn: programs that
// don't end use up nobody else's threads and processes.
class SystemPrograms final : public Programs {
 public:
  static constexpr int kAtATimePerOwner = 16;

  explicit SystemPrograms(Loop& engine_loop);
  ~SystemPrograms() override;
  void run(uid_t owner, ProgramCall call, Reply<int> exited) override;

 private:
  struct Turns;
  std::shared_ptr<Turns> turns_;  // outlives this: a program may
};

}  // namespace dosvc
