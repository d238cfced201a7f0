#pragma once

#include <functional>
#include <mutex>
#include <utility>

#include "base/worker_pool.h"

namespace dosvc {

// A pool for those who may outlive it.
class PoolRef {
 public:
  explicit PoolRef(WorkerPool& pool) : pool_(&pool) {}

  // False: the pool has ended, and nothing was done.
  bool run(std::function<void()> call) {
    std::lock_guard lock(mutex_);
    if (pool_) pool_->run(std::move(call));
    return pool_ != nullptr;
  }
  // Before the pool's destructor.
  void end() {
    std::lock_guard lock(mutex_);
    pool_ = nullptr;
  }

 private:
  std::recursive_mutex mutex_;  // where no thread can be started the call runs within run(), and may want another
  WorkerPool* pool_;
};

}  // namespace dosvc
