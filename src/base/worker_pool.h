#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace dosvc {

// A few threads for work that blocks: fsync, hashing, opening files. Threads start when there is work for them, take no
// signals and stay until the end. Calls start in the order given; with more than one thread they overlap.
//
// The destructor finishes everything begun and queued, and what that queues in turn. It must not run on a pool thread.
class WorkerPool {
 public:
  WorkerPool(unsigned threads, std::string name);  // 0 counts as 1
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // From any thread, pool threads included. Where the system gives us no thread at all, the call runs here and now.
  void run(std::function<void()> call);

 private:
  void work();

  const std::size_t max_threads_;
  const std::string name_;

  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool closing_ = false;
};

}  // namespace dosvc
