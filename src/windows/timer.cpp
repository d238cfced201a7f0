#include "windows/waitable.h"

namespace dosvc::windows {
namespace {

using Ticks = std::chrono::duration<LONGLONG, std::ratio<1, 10'000'000>>;  // of 100 ns

class Timer final : public Waitable {
 public:
  explicit Timer(bool manual_reset) : manual_reset_(manual_reset) {}

  bool is_set() override {
    const auto now = Clock::now();
    while (due_ && *due_ <= now) {
      set_ = true;
      due_ = period_ > Clock::duration::zero() ? Deadline(*due_ + period_) : std::nullopt;
    }
    return set_;
  }
  void taken() override { set_ = set_ && manual_reset_; }
  Deadline due() const override { return due_; }

  void start(Clock::time_point due, Clock::duration period) {
    set_ = false;
    due_ = due;
    period_ = period;
  }
  void cancel() { due_.reset(); }

 private:
  const bool manual_reset_;
  bool set_ = false;
  Deadline due_;
  Clock::duration period_{};
};

// Nothing is due further away than ten years: later times would not fit a clock.
Clock::time_point due_at(LONGLONG due) {
  constexpr Ticks kFar = std::chrono::hours(24 * 3650);
  if (due < 0) return Clock::now() + std::min(kFar, due == std::numeric_limits<LONGLONG>::min() ? kFar : Ticks(-due));
  FILETIME now{};
  GetSystemTimeAsFileTime(&now);
  const LONGLONG ticks = static_cast<LONGLONG>(ULONGLONG{now.dwHighDateTime} << 32 | now.dwLowDateTime);
  return Clock::now() + std::min(kFar, Ticks(std::max<LONGLONG>(due - ticks, 0)));
}

}  // namespace
}  // namespace dosvc::windows

using namespace dosvc::windows;

HANDLE CreateWaitableTimerW(LPSECURITY_ATTRIBUTES /*security*/, BOOL manual_reset, LPCWSTR name) noexcept {
  return open_handle(
      name, [&] { return std::make_shared<Timer>(manual_reset != FALSE); },
      [](Waitable& object) { return dynamic_cast<Timer*>(&object) != nullptr; });
}

BOOL SetWaitableTimer(HANDLE timer, const LARGE_INTEGER* due, LONG period, PTIMERAPCROUTINE routine,
                      LPVOID /*argument*/, BOOL /*resume_system*/) noexcept {
  if (!due || period < 0 || routine) {
    SetLastError(due && period >= 0 ? ERROR_NOT_SUPPORTED : ERROR_INVALID_PARAMETER);
    return FALSE;
  }
  return change_object<Timer>(
      timer, [&](Timer& object) { object.start(due_at(due->QuadPart), std::chrono::milliseconds(period)); });
}

BOOL CancelWaitableTimer(HANDLE timer) noexcept {
  return change_object<Timer>(timer, [](Timer& object) { object.cancel(); });
}
