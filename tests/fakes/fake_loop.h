#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/loop.h"

namespace dosvc {

// A loop whose time and descriptors the test moves. It does nothing by itself: calls run inside run_until_idle() and
// advance(), on the test's thread. Timers due at the same time run in the order they were made. Only post() is for
// other threads. A handle may outlive the loop.
class FakeLoop final : public Loop {
 public:
  FakeLoop();
  ~FakeLoop() override;
  FakeLoop(const FakeLoop&) = delete;
  FakeLoop& operator=(const FakeLoop&) = delete;

  Clock::time_point now() const override;  // starts at one hour, so that a time never set stands out
  void post(std::function<void()> call) override;
  Timer after(Clock::duration delay, std::function<void()> call) override;
  Watch watch(int fd, Interest interest, std::function<void(Interest ready)> call) override;
  bool on_loop_thread() const override;  // the thread that made it

  // Runs posted calls and due timers until there are none, without moving time. Aborts after 1,000,000 calls: something
  // is posting to itself for ever.
  void run_until_idle();
  // Moves time forward, stopping at each timer on the way, and runs what is due there.
  void advance(Clock::duration duration);

  std::optional<Clock::time_point> next_timer() const;
  std::size_t timer_count() const;

  // Posts to the watches `fd` has by then the readiness they asked for. Once: a watch isn't called again by itself.
  void make_ready(int fd, Interest ready);
  Interest watched(int fd) const;  // all its watches together
  std::size_t watch_count() const;

 private:
  struct State;

  bool run_one_round(std::size_t& calls_left);

  std::shared_ptr<State> state_;  // handles hold it weakly
  const std::thread::id owner_ = std::this_thread::get_id();
};

}  // namespace dosvc
