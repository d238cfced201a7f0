#include "api/notifier.h"

#include "base/thread.h"

#include <utility>

namespace dosvc {

Notifier& Notifier::process() {
  static auto* const one = new Notifier;
  return *one;
}

bool Notifier::post(std::function<void()> work) {
  std::function<void()> refused;  // goes after the lock: what it holds may be the program's
  const std::lock_guard lock(mutex_);
  if (stopped_) {
    refused = std::move(work);
    return false;
  }
  if (threads_ < kThreads) {
    std::thread thread = start_thread("dosvc-notify", [this] { work_until_idle(); });
    if (thread.joinable()) {
      ++threads_;
      thread.detach();
    } else if (threads_ == 0) {
      refused = std::move(work);
      return false;
    }
  }
  queue_.push_back(std::move(work));
  return true;
}

void Notifier::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

void Notifier::work_until_idle() {
  for (;;) {
    std::function<void()> work;
    {
      const std::lock_guard lock(mutex_);
      if (queue_.empty() || stopped_) {
        --threads_;
        return;
      }
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work();
  }
}

}  // namespace dosvc
