#pragma once

#include <memory>

#include "base/loop.h"
#include "engine/programs.h"

namespace dosvc {

// Runs programs, for another user than that of this process where it has the right to. Each is waited for by a thread
// of its own, which ends with it.
class SystemPrograms final : public Programs {
 public:
  explicit SystemPrograms(Loop& engine_loop);
  ~SystemPrograms() override;
  void run(uid_t owner, ProgramCall call, Reply<int> exited) override;

 private:
  struct Answers;
  std::shared_ptr<Answers> answers_;  // outlives this: a program may
};

}  // namespace dosvc
