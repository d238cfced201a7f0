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
    if (hold) {
      running_.push_back(std::move(exited));
      return;
    }
    loop_.post([exited = std::move(exited), status] { exited(status); });
  }

  // Of those that run on: the one that was started first ends.
  void end_first(int status) {
    const Reply<int> exited = std::move(running_.front());
    running_.pop_front();
    exited(status);
  }

  bool hold = false;  // programs run on
  std::vector<Run> runs;
  std::deque<int> script;

 private:
  Loop& loop_;
  std::deque<Reply<int>> running_;
};

}  // namespace dosvc
