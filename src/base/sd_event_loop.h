#pragma once

#include <systemd/sd-event.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace dosvc {

// The loop of the library and of the service, on sd-event. It sleeps until a descriptor, a timer or a posted call needs
// it, and never wakes without one of them.
//
// run(), after(), watch() and the handles belong to one thread: the one that made the loop until another calls run(),
// then that one. post() and stop() are for any thread. A handle may outlive the loop, and calls that were still waiting
// when the loop is destroyed are dropped without being run.
//
// One descriptor may be watched more than once, so that `watch = loop.watch(fd, other_interest, …)` works. Drop a watch
// before closing its descriptor. Errors and hang-ups are reported as the readiness that was asked for: the next read or
// write tells which. Timers are never early, normally at most 1 ms late, and called in the order of their times, those
// of one time in the order made.
class SdEventLoop final : public Loop {
 public:
  static Result<std::unique_ptr<SdEventLoop>> create();
  ~SdEventLoop() override;
  SdEventLoop(const SdEventLoop&) = delete;
  SdEventLoop& operator=(const SdEventLoop&) = delete;

  // Serves the calling thread until stop(). May be called again afterwards.
  void run();
  // Makes run() return once the calls posted before it have run; other events may still be served until then. Before
  // run(): that run() ends with them.
  void stop();

  Clock::time_point now() const override;  // read afresh each time, inside a callback too
  void post(std::function<void()> call) override;
  Timer after(Clock::duration delay, std::function<void()> call) override;
  Watch watch(int fd, Interest interest, std::function<void(Interest ready)> call) override;
  bool on_loop_thread() const override;

 private:
  struct EventUnref {
    void operator()(sd_event* event) const { sd_event_unref(event); }
  };
  struct SourceUnref {
    void operator()(sd_event_source* source) const { sd_event_source_disable_unref(source); }
  };
  struct Timers;
  struct WatchSource;

  SdEventLoop() = default;
  Result<void> open();
  void run_posted();

  std::unique_ptr<sd_event, EventUnref> event_;
  UniqueFd wake_fd_;
  std::unique_ptr<sd_event_source, SourceUnref> wake_source_;
  std::atomic<std::thread::id> owner_{std::this_thread::get_id()};
  bool stopping_ = false;
  std::shared_ptr<Timers> timers_;  // handles hold it weakly

  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;  // guarded by mutex_
};

}  // namespace dosvc
