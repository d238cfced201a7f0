#pragma once

#include "base/loop.h"

#include <functional>
#include <mutex>

namespace dosvc {

// A way to the loop for answers that may come when the engine and its loop are gone: then they are dropped.
class Mailbox {
 public:
  explicit Mailbox(Loop& loop) : loop_(&loop) {}

  void post(std::function<void()> call) {
    std::lock_guard lock(mutex_);
    if (loop_) loop_->post(std::move(call));
  }
  void close() {
    std::lock_guard lock(mutex_);
    loop_ = nullptr;
  }

 private:
  std::mutex mutex_;
  Loop* loop_;
};

}  // namespace dosvc
