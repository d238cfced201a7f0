#pragma once

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "base/sd_event_loop.h"
#include "base/thread.h"

namespace dosvc {

// A thread that runs a loop. The destructor runs the calls posted before it, ends the thread and then destroys the
// loop; it must not be called on that thread. Objects that live on the loop are best dropped in a last run_and_wait().
class LoopThread {
 public:
  static Result<std::unique_ptr<LoopThread>> create(std::string name);  // returns when the loop is running
  ~LoopThread();
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  Loop& loop() { return *loop_; }

  // Runs `f` on the loop's thread and returns what it returns. From any thread; on the loop's own it runs at once.
  template <class F>
  std::invoke_result_t<F> run_and_wait(F f) {
    using Value = std::invoke_result_t<F>;
    if (loop_->on_loop_thread()) return f();
    // Shared, because the caller may be gone before set_value() has quite returned.
    auto answer = std::make_shared<std::promise<Value>>();
    auto result = answer->get_future();
    loop_->post([&f, answer] {
      if constexpr (std::is_void_v<Value>) {
        f();
        answer->set_value();
      } else {
        answer->set_value(f());
      }
    });
    return result.get();
  }

 private:
  explicit LoopThread(std::unique_ptr<SdEventLoop> loop) : loop_(std::move(loop)) {}

  std::unique_ptr<SdEventLoop> loop_;
  std::thread thread_;
};

// Destroys what holds a LoopThread. The last to let go may be a callback on that very thread, which can't wait for
// itself: then another thread does, as soon as that callback has returned. Without one it goes on until the process
// ends.
template <class Holder>
void end_thread_holder(LoopThread& thread, std::unique_ptr<Holder> holder) {
  if (!thread.loop().on_loop_thread()) return;
  Holder* const rest = holder.release();
  std::thread undertaker = start_thread("dosvc-end", [rest] { delete rest; });
  if (undertaker.joinable()) undertaker.detach();
}

}  // namespace dosvc
