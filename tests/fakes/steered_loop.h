#pragma once

#include "base/sd_event_loop.h"
#include "fakes/fake_loop.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace dosvc {

// A loop for real descriptors whose time the test moves: timers wait for advance(), but those that are due at once.
// Nothing runs outside of turn() and advance().
class SteeredLoop final : public Loop {
 public:
  SteeredLoop() : real_(SdEventLoop::create().take()) {}

  Clock::time_point now() const override { return timers_.now(); }
  void post(std::function<void()> call) override { real_->post(std::move(call)); }
  Timer after(Clock::duration delay, std::function<void()> call) override {
    Timer timer = timers_.after(delay, std::move(call));
    if (delay <= Clock::duration::zero()) real_->post([this] { timers_.run_until_idle(); });
    return timer;
  }
  Watch watch(int fd, Interest interest, std::function<void(Interest ready)> call) override {
    return real_->watch(fd, interest, [this, call = std::move(call)](Interest ready) {
      ++times_ready_;
      call(ready);
    });
  }
  bool on_loop_thread() const override { return real_->on_loop_thread(); }

  // Serves what is ready, without waiting for anything.
  void turn() {
    real_->stop();
    real_->run();
  }
  void turn(int times) {
    for (int i = 0; i < times; ++i) turn();
  }
  void turn_until(const std::function<bool()>& done) {
    while (!done()) turn();
  }
  void advance(Clock::duration time) { timers_.advance(time); }
  // How often a descriptor that is watched was ready.
  std::size_t times_ready() const { return times_ready_; }

 private:
  std::unique_ptr<SdEventLoop> real_;
  FakeLoop timers_;
  std::size_t times_ready_ = 0;
};

}  // namespace dosvc
