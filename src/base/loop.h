#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace dosvc {

// Time that only goes forward and goes on while the machine sleeps (CLOCK_BOOTTIME), so that a time-out is never
// moved by somebody setting the clock.
struct Clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Clock>;
  static constexpr bool is_steady = true;
};

// Undoes something when it goes: what a Timer, Watch or Fetch is made of. Movable, empty by default.
class CancelOnDestroy {
 public:
  CancelOnDestroy() = default;
  explicit CancelOnDestroy(std::function<void()> cancel) : cancel_(std::move(cancel)) {}
  CancelOnDestroy(CancelOnDestroy&& other) noexcept : cancel_(std::exchange(other.cancel_, nullptr)) {}
  CancelOnDestroy& operator=(CancelOnDestroy&& other) noexcept {
    if (this != &other) {
      reset();
      cancel_ = std::exchange(other.cancel_, nullptr);
    }
    return *this;
  }
  ~CancelOnDestroy() { reset(); }

  explicit operator bool() const { return static_cast<bool>(cancel_); }
  void reset() {
    if (auto cancel = std::exchange(cancel_, nullptr)) cancel();
  }

 private:
  std::function<void()> cancel_;
};

// A call that is to come. Dropping it cancels the call; after the call it is inert.
class [[nodiscard]] Timer : public CancelOnDestroy {
 public:
  using CancelOnDestroy::CancelOnDestroy;
};

// Interest in a file descriptor. Dropping it ends the interest; the descriptor stays its owner's.
class [[nodiscard]] Watch : public CancelOnDestroy {
 public:
  using CancelOnDestroy::CancelOnDestroy;
};

enum class Interest : std::uint8_t { none = 0, readable = 1, writable = 2, both = 3 };

// The only thing that waits. One thread runs a loop; everything but post() belongs to that thread, and every callback
// runs there. A callback may drop any handle, its own included.
// In the library and the service: SdEventLoop. In tests: FakeLoop, whose time the test moves.
class Loop {
 public:
  virtual ~Loop() = default;

  virtual Clock::time_point now() const = 0;
  // Runs `call` on the loop's thread, later, in the order posted. From any thread. A call posted from inside the loop
  // runs after those that are already waiting, which is what lets one commit serve many events.
  virtual void post(std::function<void()> call) = 0;
  virtual Timer after(Clock::duration delay, std::function<void()> call) = 0;
  virtual Watch watch(int fd, Interest interest, std::function<void(Interest ready)> call) = 0;
  virtual bool on_loop_thread() const = 0;
};

}  // namespace dosvc
