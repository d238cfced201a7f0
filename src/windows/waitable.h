#pragma once

#include <dosvc_windows/waiting.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

// What WaitForSingleObject and GetMessage have in common. One mutex and one condition serve the whole process: a
// program has a handful of events, and nothing can slip through between two locks.
namespace dosvc::windows {

using Clock = std::chrono::steady_clock;
using Deadline = std::optional<Clock::time_point>;  // empty: never

// INFINITE is never.
Deadline deadline_in(DWORD milliseconds);

// Guards everything that is waited for. Nothing is called with it that may wait or that belongs to the program.
std::mutex& waiting_mutex();
// Something that is waited for has changed; with the mutex held.
void tell_waiters();

// What a handle leads to. Its functions are called with the mutex held.
class Waitable {
 public:
  virtual ~Waitable() = default;
  // Whether a wait for it ends now.
  virtual bool is_set() = 0;
  // A wait has ended on it.
  virtual void taken() = 0;
  // When it will be set by itself.
  virtual Deadline due() const { return std::nullopt; }
};
using Waitables = std::vector<std::shared_ptr<Waitable>>;

// Waits for one of `objects`, or all at once, or until `also` says yes. The place of the object, their number for
// `also`, nothing when the time is over. The lock is that of the mutex; `also` is called with it held.
std::optional<std::size_t> wait_for(std::unique_lock<std::mutex>& lock, const Waitables& objects, bool all,
                                    const Deadline& until, const std::function<bool()>& also = {});

// The objects of the handles; nothing, and the last error set, when one is none.
std::optional<Waitables> find_handles(std::span<const HANDLE> handles);
std::shared_ptr<Waitable> find_handle(HANDLE handle);

// A handle to the process's object of that name, if it is a T, else to what `make` makes. NULL is no name.
HANDLE open_handle(LPCWSTR name, const std::function<std::shared_ptr<Waitable>()>& make,
                   const std::function<bool(Waitable&)>& is_kind);

// Runs `change` on the handle's object with the mutex held, and tells those that wait. FALSE, with
// ERROR_INVALID_HANDLE: the handle leads to no T.
template <class T, class Change>
BOOL change_object(HANDLE handle, Change&& change) {
  const std::lock_guard lock(waiting_mutex());
  const auto object = std::dynamic_pointer_cast<T>(find_handle(handle));
  if (!object) {
    SetLastError(ERROR_INVALID_HANDLE);
    return FALSE;
  }
  change(*object);
  tell_waiters();
  return TRUE;
}

}  // namespace dosvc::windows
