#include "windows/waitable.h"

#include <algorithm>
#include <condition_variable>
#include <thread>

namespace dosvc::windows {
namespace {

// Never destroyed: threads may wait while the process exits.
struct Waiting {
  std::mutex mutex;
  std::condition_variable changed;
};

Waiting& waiting() {
  static auto* const one = new Waiting;
  return *one;
}

// As wait_for, without waiting.
std::optional<std::size_t> look(const Waitables& objects, bool all) {
  const auto is_set = [](const std::shared_ptr<Waitable>& object) { return object->is_set(); };
  if (all && !objects.empty()) {
    if (!std::all_of(objects.begin(), objects.end(), is_set)) return std::nullopt;
    for (const auto& object : objects) object->taken();
    return 0;
  }
  const auto first = std::find_if(objects.begin(), objects.end(), is_set);
  if (first == objects.end()) return std::nullopt;
  (*first)->taken();
  return first - objects.begin();
}

Deadline earlier(const Deadline& a, const Deadline& b) { return a && b ? std::min(a, b) : a ? a : b; }

}  // namespace

std::mutex& waiting_mutex() { return waiting().mutex; }

void tell_waiters() { waiting().changed.notify_all(); }

Deadline deadline_in(DWORD milliseconds) {
  if (milliseconds == INFINITE) return std::nullopt;
  return Clock::now() + std::chrono::milliseconds(milliseconds);
}

std::optional<std::size_t> wait_for(std::unique_lock<std::mutex>& lock, const Waitables& objects, bool all,
                                    const Deadline& until, const std::function<bool()>& also) {
  for (;;) {
    if (const auto place = look(objects, all)) return place;
    if (also && also()) return objects.size();
    if (until && Clock::now() >= *until) return std::nullopt;
    Deadline next = until;
    for (const auto& object : objects) next = earlier(next, object->due());
    if (next) {
      waiting().changed.wait_until(lock, *next);
    } else {
      waiting().changed.wait(lock);
    }
  }
}

}  // namespace dosvc::windows

DWORD WaitForSingleObject(HANDLE object, DWORD milliseconds) noexcept {
  return WaitForMultipleObjects(1, &object, FALSE, milliseconds);
}

DWORD WaitForMultipleObjects(DWORD count, const HANDLE* objects, BOOL all, DWORD milliseconds) noexcept {
  using namespace dosvc::windows;
  if (count == 0 || count > MAXIMUM_WAIT_OBJECTS || !objects) {
    SetLastError(ERROR_INVALID_PARAMETER);
    return WAIT_FAILED;
  }
  const Deadline until = deadline_in(milliseconds);
  std::unique_lock lock(waiting_mutex());
  const auto found = find_handles({objects, count});
  if (!found) return WAIT_FAILED;
  const auto place = wait_for(lock, *found, all != FALSE, until);
  return place ? WAIT_OBJECT_0 + static_cast<DWORD>(*place) : WAIT_TIMEOUT;
}

void Sleep(DWORD milliseconds) noexcept {
  do {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  } while (milliseconds == INFINITE);
}
