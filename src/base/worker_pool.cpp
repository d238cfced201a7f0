#include "base/worker_pool.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/thread.h"

namespace dosvc {

WorkerPool::WorkerPool(unsigned threads, std::string name)
    : max_threads_(std::max(threads, 1U)), name_(std::move(name)) {}

WorkerPool::~WorkerPool() {
  std::vector<std::thread> threads;
  {
    std::lock_guard lock(mutex_);
    closing_ = true;  // from here on no thread starts: what a call queues now, its own thread will find
    threads.swap(threads_);
  }
  changed_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

void WorkerPool::run(std::function<void()> call) {
  std::unique_lock lock(mutex_);
  queue_.push_back(std::move(call));
  if (idle_ >= queue_.size()) {
    changed_.notify_one();
    return;
  }
  if (closing_ || threads_.size() == max_threads_) return;
  std::thread thread = start_thread(name_, [this] { work(); });
  if (thread.joinable()) {
    threads_.push_back(std::move(thread));
    return;
  }
  if (!threads_.empty()) return;
  call = std::move(queue_.back());
  queue_.pop_back();
  lock.unlock();
  log_error("No thread can be started for \"{}\": its work is done by the thread that asked for it.", name_);
  call();
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    while (queue_.empty()) {
      if (closing_) return;
      ++idle_;
      changed_.wait(lock);
      --idle_;
    }
    auto call = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    call();
    call = nullptr;  // what it holds is let go of outside the lock
    lock.lock();
  }
}

}  // namespace dosvc
