#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>

namespace dosvc {

// Everything that a test waits for comes well within this; a bound for what never comes.
inline constexpr std::chrono::seconds kPatience{20};

// What callback objects of tests have in common: their calls are counted, and a test can wait for them.
class CallCounter {
 public:
  // Waits until it's so; looks again after each call has returned. False: not within patience.
  template <class Predicate>
  bool wait_until(Predicate so) {
    std::unique_lock lock(mutex_);
    const auto end = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
      const int seen = calls_;
      lock.unlock();
      if (so()) return true;
      lock.lock();
      if (!returned_.wait_until(lock, end, [&] { return calls_ != seen; })) return false;
    }
  }

 protected:
  ~CallCounter() = default;

  // Counts a call when it is over, also by an exception; `note` is done with the lock held.
  class Returned {
   public:
    explicit Returned(CallCounter& counter, std::function<void()> note = {})
        : counter_(counter), note_(std::move(note)) {}
    ~Returned() {
      const std::lock_guard lock(counter_.mutex_);
      if (note_) note_();
      ++counter_.calls_;
      counter_.returned_.notify_all();
    }
    Returned(const Returned&) = delete;
    Returned& operator=(const Returned&) = delete;

   private:
    CallCounter& counter_;
    const std::function<void()> note_;
  };

  mutable std::mutex mutex_;  // also of what its heirs keep

 private:
  std::condition_variable returned_;
  int calls_ = 0;
};

}  // namespace dosvc
