#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

namespace dosvc {

// The threads that call out into the program, at most four at once as documented ("IBackgroundCopyCallback interface").
// A thread is started when there is work and ends when there is none. Work is begun in the order of posting.
// Thread-safe.
class Notifier {
 public:
  static constexpr std::size_t kThreads = 4;

  // Of this process; never destroyed, because a callback may be running when the process exits.
  static Notifier& process();

  // Never waits. False: the work will not be run, because the process exits or the system has no thread left.
  bool post(std::function<void()> work);

  // The process exits: nothing new is begun.
  void stop();

 private:
  void work_until_idle();

  std::mutex mutex_;
  std::deque<std::function<void()>> queue_;
  std::size_t threads_ = 0;
  bool stopped_ = false;
};

}  // namespace dosvc
