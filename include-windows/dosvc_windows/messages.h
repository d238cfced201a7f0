#pragma once

// The queue of messages that each thread has ("Messages and Message Queues"), without windows. A thread gets its queue
// with its first call of these functions but PostThreadMessage. In a program that uses one of them, callbacks of a
// thread in a single-threaded apartment are run by that thread, while it is in PeekMessage or GetMessage. A callback
// may post to its own thread, of course: that ends the loop.

#include <dosvc_windows/waiting.h>

struct POINT {
  LONG x;
  LONG y;
};

struct MSG {
  HWND hwnd;  // always NULL
  UINT message;
  WPARAM wParam;
  LPARAM lParam;
  DWORD time;  // of posting, as GetTickCount
  POINT pt;    // always 0, 0
};
using PMSG = MSG*;
using LPMSG = MSG*;

inline constexpr UINT WM_NULL = 0;
inline constexpr UINT WM_CLOSE = 0x0010;
inline constexpr UINT WM_QUIT = 0x0012;
inline constexpr UINT WM_USER = 0x0400;
inline constexpr UINT WM_APP = 0x8000;

inline constexpr UINT PM_NOREMOVE = 0;
inline constexpr UINT PM_REMOVE = 1;
inline constexpr UINT PM_NOYIELD = 2;  // accepted

inline constexpr DWORD QS_POSTMESSAGE = 0x0008;
inline constexpr DWORD QS_ALLEVENTS = 0x04BF;
inline constexpr DWORD QS_ALLINPUT = 0x04FF;

extern "C" {

// A thread that has asked for its id can be posted to.
DWORD GetCurrentThreadId() noexcept;
DWORD GetCurrentProcessId() noexcept;

// FALSE: ERROR_INVALID_THREAD_ID, no thread of the process with a queue has this id. ERROR_NOT_ENOUGH_QUOTA: 10,000
// messages wait already.
BOOL PostThreadMessageW(DWORD thread, UINT message, WPARAM wparam, LPARAM lparam) noexcept;
// To the calling thread. FALSE: ERROR_INVALID_WINDOW_HANDLE, `window` is not NULL; ERROR_NOT_ENOUGH_QUOTA.
BOOL PostMessageW(HWND window, UINT message, WPARAM wparam, LPARAM lparam) noexcept;
// WM_QUIT for the calling thread, once no other message waits.
void PostQuitMessage(int exit_code) noexcept;

// Runs the callbacks that wait for this thread, then gives the oldest message between `first` and `last`; any when both
// are 0, and WM_QUIT always. `window`: NULL, or (HWND)-1. FALSE: there is none.
BOOL PeekMessageW(MSG* message, HWND window, UINT first, UINT last, UINT remove) noexcept;
// The same, waiting for one. 0: it is WM_QUIT. -1: ERROR_INVALID_WINDOW_HANDLE, ERROR_INVALID_PARAMETER. When a
// callback has run meanwhile and any message would do, the answer is WM_NULL, so that the loop can look around.
BOOL GetMessageW(MSG* message, HWND window, UINT first, UINT last) noexcept;
// Nothing is left to do for a message without a window.
BOOL TranslateMessage(const MSG* message) noexcept;
LRESULT DispatchMessageW(const MSG* message) noexcept;
// Until a message or a callback waits.
BOOL WaitMessage() noexcept;

// As WaitForMultipleObjects; WAIT_OBJECT_0 plus `count` when a message or callback waits for this thread. `count` may
// be 0, and at most MAXIMUM_WAIT_OBJECTS - 1.
DWORD MsgWaitForMultipleObjects(DWORD count, const HANDLE* objects, BOOL all, DWORD milliseconds,
                                DWORD wake_mask) noexcept;

}  // extern "C"

inline BOOL PostThreadMessage(DWORD thread, UINT message, WPARAM wparam, LPARAM lparam) noexcept {
  return PostThreadMessageW(thread, message, wparam, lparam);
}
inline BOOL PostMessage(HWND window, UINT message, WPARAM wparam, LPARAM lparam) noexcept {
  return PostMessageW(window, message, wparam, lparam);
}
inline BOOL PeekMessage(MSG* message, HWND window, UINT first, UINT last, UINT remove) noexcept {
  return PeekMessageW(message, window, first, last, remove);
}
inline BOOL GetMessage(MSG* message, HWND window, UINT first, UINT last) noexcept {
  return GetMessageW(message, window, first, last);
}
inline LRESULT DispatchMessage(const MSG* message) noexcept { return DispatchMessageW(message); }
