#pragma once

#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "engine/programs.h"

namespace dosvc {

// Programs that are only noted. Each ends in the loop's next turn, with the next status of `script` or with 0.
class FakePrograms final : public Programs {
 public:
  struct Run {
    uid_t owner = 0;
    ProgramCall call;
  };

  explicit FakePrograms(Loop& loop) : loop_(loop) {}

  void run(uid_t owner, ProgramCall call, Reply<int> exited) override {
    runs.push_back({owner, std::move(call)});
    int status = 0;
    if (!script.empty()) {
      status = script.front();
      script.pop_front();
    }
    loop_.post([exited = std::move(exited), status] { exited(status); });
  }

  std::vector<Run> runs;
  std::deque<int> script;

 private:
  Loop& loop_;
};

}  // namespace dosvc
