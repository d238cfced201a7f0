#pragma once

#include "base/loop.h"
#include "core/blocking_call.h"

#include <sys/types.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace dosvc {

class ServiceLink;
class KnownJobs;
class CallbackRegister;
class QueueFollowers;

// What lives on the proxy's thread.
struct ProxyParts {
  ServiceLink& link;
  KnownJobs& jobs;
  CallbackRegister& callbacks;
  QueueFollowers& followers;
};

// How all others get there: it outlives the proxy, and is closed from then on. Thread-safe.
class ProxyDoor : public std::enable_shared_from_this<ProxyDoor> {
 public:
  explicit ProxyDoor(Loop& loop) : loop_(&loop) {}

  // False: it won't be run, since the proxy has ended, or is that of the process which forked this one. What is run
  // late finds nothing to do, and is dropped.
  bool run(std::function<void(ProxyParts& parts)> work) {
    if (::getpid() != process_) return false;
    const std::lock_guard lock(mutex_);
    if (!loop_) return false;
    loop_->post([self = shared_from_this(), work = std::move(work)] {
      if (self->parts_) work(*self->parts_);
    });
    return true;
  }
  // Whether this thread may wait for the proxy's.
  bool may_wait() const {
    if (::getpid() != process_) return false;
    const std::lock_guard lock(mutex_);
    return loop_ && !loop_->on_loop_thread();
  }
  // Runs `start` there, which must see to the reply, and waits.
  template <class T>
  Result<T> ask(std::function<void(ProxyParts& parts, Reply<T> reply)> start) {
    return wait_for<T>([&](Reply<T> reply) {
      (void)run([start = std::move(start), reply = std::move(reply)](ProxyParts& parts) { start(parts, reply); });
    });
  }

  // On the loop's thread.
  void open(ProxyParts& parts) { parts_ = &parts; }
  void close() {
    const std::lock_guard lock(mutex_);
    loop_ = nullptr;
    parts_ = nullptr;
  }

 private:
  const pid_t process_ = ::getpid();
  mutable std::mutex mutex_;
  Loop* loop_;
  ProxyParts* parts_ = nullptr;
};

}  // namespace dosvc
