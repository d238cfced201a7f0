#include <dosvc_windows/messages.h>

#include "windows/waitable.h"

#include <dosvc/apartment.h>

#include <unistd.h>

#include <algorithm>
#include <deque>
#include <map>

namespace dosvc::windows {
namespace {

constexpr std::size_t kMostMessages = 10'000;

struct Queue {
  std::deque<MSG> posted;
  std::optional<int> quit;  // PostQuitMessage's exit code
};

// By thread; with the waiting mutex held. Never destroyed.
std::map<DWORD, Queue>& queues() {
  static auto* const all = new std::map<DWORD, Queue>;
  return *all;
}

struct AtThreadEnd {
  DWORD thread = 0;
  ~AtThreadEnd() {
    const std::lock_guard lock(waiting_mutex());
    queues().erase(thread);
  }
};

// Of the calling thread; with the mutex held.
Queue& own_queue() {
  thread_local AtThreadEnd at_end;
  at_end.thread = static_cast<DWORD>(::gettid());
  return queues()[at_end.thread];
}

BOOL post(Queue& queue, UINT message, WPARAM wparam, LPARAM lparam) {
  if (queue.posted.size() >= kMostMessages) {
    SetLastError(ERROR_NOT_ENOUGH_QUOTA);
    return FALSE;
  }
  queue.posted.push_back(MSG{nullptr, message, wparam, lparam, GetTickCount(), {}});
  tell_waiters();
  return TRUE;
}

// Which messages a caller wants.
struct Filter {
  UINT first;
  UINT last;
  bool any() const { return first == 0 && last == 0; }
  bool fits(const MSG& message) const {
    return any() || message.message == WM_QUIT || (first <= message.message && message.message <= last);
  }
};

std::optional<MSG> take(Queue& queue, const Filter& filter, bool remove) {
  const auto at =
      std::find_if(queue.posted.begin(), queue.posted.end(), [&](const MSG& each) { return filter.fits(each); });
  if (at != queue.posted.end()) {
    const MSG message = *at;
    if (remove) queue.posted.erase(at);
    return message;
  }
  if (!queue.quit) return std::nullopt;
  const MSG message{nullptr, WM_QUIT, static_cast<WPARAM>(*queue.quit), 0, GetTickCount(), {}};
  if (remove) queue.quit.reset();
  return message;
}

bool run_callbacks() {
  bool ran = false;
  while (DosvcRunApartmentCall()) ran = true;
  return ran;
}

bool arguments_are_valid(const MSG* message, HWND window) {
  const bool valid_window = !window || reinterpret_cast<LONG_PTR>(window) == -1;
  if (message && valid_window) return true;
  SetLastError(valid_window ? ERROR_INVALID_PARAMETER : ERROR_INVALID_WINDOW_HANDLE);
  return false;
}

// This file is part of a program that dispatches messages: its apartments are to be called on their threads.
[[maybe_unused]] const bool announced = [] {
  DosvcCallApartments([] {
    const std::lock_guard lock(waiting_mutex());
    tell_waiters();
  });
  return true;
}();

}  // namespace
}  // namespace dosvc::windows

using namespace dosvc::windows;

DWORD GetCurrentThreadId() noexcept {
  const std::lock_guard lock(waiting_mutex());
  own_queue();
  return static_cast<DWORD>(::gettid());
}

DWORD GetCurrentProcessId() noexcept { return static_cast<DWORD>(::getpid()); }

BOOL PostThreadMessageW(DWORD thread, UINT message, WPARAM wparam, LPARAM lparam) noexcept {
  const std::lock_guard lock(waiting_mutex());
  const auto at = queues().find(thread);
  if (at != queues().end()) return post(at->second, message, wparam, lparam);
  SetLastError(ERROR_INVALID_THREAD_ID);
  return FALSE;
}

BOOL PostMessageW(HWND window, UINT message, WPARAM wparam, LPARAM lparam) noexcept {
  if (window) {
    SetLastError(ERROR_INVALID_WINDOW_HANDLE);
    return FALSE;
  }
  const std::lock_guard lock(waiting_mutex());
  return post(own_queue(), message, wparam, lparam);
}

void PostQuitMessage(int exit_code) noexcept {
  const std::lock_guard lock(waiting_mutex());
  own_queue().quit = exit_code;
  tell_waiters();
}

BOOL PeekMessageW(MSG* message, HWND window, UINT first, UINT last, UINT remove) noexcept {
  if (!arguments_are_valid(message, window)) return FALSE;
  run_callbacks();
  const std::lock_guard lock(waiting_mutex());
  const auto taken = take(own_queue(), {first, last}, (remove & PM_REMOVE) != 0);
  if (taken) *message = *taken;
  return taken ? TRUE : FALSE;
}

BOOL GetMessageW(MSG* message, HWND window, UINT first, UINT last) noexcept {
  if (!arguments_are_valid(message, window)) return -1;
  const Filter filter{first, last};
  for (;;) {
    const bool ran = run_callbacks();
    std::unique_lock lock(waiting_mutex());
    Queue& queue = own_queue();
    if (const auto taken = take(queue, filter, true)) {
      *message = *taken;
      return message->message == WM_QUIT ? FALSE : TRUE;
    }
    if (ran && filter.any()) {
      *message = MSG{};
      return TRUE;
    }
    wait_for(lock, {}, false, std::nullopt,
             [&] { return take(queue, filter, false) || DosvcApartmentCallWaits() != FALSE; });
  }
}

BOOL TranslateMessage(const MSG* /*message*/) noexcept { return FALSE; }

LRESULT DispatchMessageW(const MSG* /*message*/) noexcept { return 0; }

BOOL WaitMessage() noexcept {
  return MsgWaitForMultipleObjects(0, nullptr, FALSE, INFINITE, QS_ALLINPUT) != WAIT_FAILED;
}

DWORD MsgWaitForMultipleObjects(DWORD count, const HANDLE* objects, BOOL all, DWORD milliseconds,
                                DWORD /*wake_mask*/) noexcept {
  if (count >= MAXIMUM_WAIT_OBJECTS || (count > 0 && !objects)) {
    SetLastError(ERROR_INVALID_PARAMETER);
    return WAIT_FAILED;
  }
  const Deadline until = deadline_in(milliseconds);
  std::unique_lock lock(waiting_mutex());
  const auto found = find_handles({objects, count});
  if (!found) return WAIT_FAILED;
  Queue& queue = own_queue();
  const auto place = wait_for(lock, *found, all != FALSE, until, [&] {
    return take(queue, {0, 0}, false) || DosvcApartmentCallWaits() != FALSE;
  });
  return place ? WAIT_OBJECT_0 + static_cast<DWORD>(*place) : WAIT_TIMEOUT;
}
