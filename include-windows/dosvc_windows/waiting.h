#pragma once

// Events and waitable timers, and waiting for them ("Synchronization Functions"). They belong to the process: a name
// leads to an object that the process itself has made under it, never to another's. May be called from any thread.

#include <dosvc_windows/file_time.h>
#include <dosvc_windows/last_error.h>

inline constexpr DWORD WAIT_OBJECT_0 = 0;
inline constexpr DWORD WAIT_ABANDONED_0 = 0x80;
inline constexpr DWORD WAIT_TIMEOUT = 258;
inline constexpr DWORD WAIT_FAILED = 0xFFFFFFFF;
inline constexpr DWORD MAXIMUM_WAIT_OBJECTS = 64;

struct SECURITY_ATTRIBUTES;  // accepted, and not looked at
using LPSECURITY_ATTRIBUTES = SECURITY_ATTRIBUTES*;
using PTIMERAPCROUTINE = void (*)(LPVOID, DWORD, DWORD);

extern "C" {

// A manual-reset event lets all waits end until it is reset; the other kind is reset by the one wait that it ends. The
// last error is ERROR_ALREADY_EXISTS when the handle leads to an object that was there, whose kind and state stay.
// NULL: ERROR_INVALID_HANDLE, another kind of object has the name.
HANDLE CreateEventW(LPSECURITY_ATTRIBUTES security, BOOL manual_reset, BOOL set, LPCWSTR name) noexcept;
// FALSE, here and below: ERROR_INVALID_HANDLE.
BOOL SetEvent(HANDLE event) noexcept;
BOOL ResetEvent(HANDLE event) noexcept;

// A timer not yet set; otherwise as CreateEventW.
HANDLE CreateWaitableTimerW(LPSECURITY_ATTRIBUTES security, BOOL manual_reset, LPCWSTR name) noexcept;
// `due` is negative and counts from now, or a FILETIME, in 100 ns; then again each `period` milliseconds, if not 0.
// FALSE: ERROR_INVALID_PARAMETER, `due` is NULL or `period` negative. ERROR_NOT_SUPPORTED: a completion routine.
BOOL SetWaitableTimer(HANDLE timer, const LARGE_INTEGER* due, LONG period, PTIMERAPCROUTINE routine, LPVOID argument,
                      BOOL resume_system) noexcept;
BOOL CancelWaitableTimer(HANDLE timer) noexcept;

// The object goes with its last handle; waits that have begun go on. FALSE: ERROR_INVALID_HANDLE.
BOOL CloseHandle(HANDLE object) noexcept;

// WAIT_OBJECT_0, WAIT_TIMEOUT, or WAIT_FAILED (ERROR_INVALID_HANDLE). 0 milliseconds: looks and returns at once.
DWORD WaitForSingleObject(HANDLE object, DWORD milliseconds) noexcept;
// WAIT_OBJECT_0 plus the place of the first that lets the wait end; with `all`, the wait ends when all do and touches
// none before. WAIT_FAILED: ERROR_INVALID_PARAMETER, `count` is 0 or above MAXIMUM_WAIT_OBJECTS.
DWORD WaitForMultipleObjects(DWORD count, const HANDLE* objects, BOOL all, DWORD milliseconds) noexcept;

}  // extern "C"

inline HANDLE CreateEvent(LPSECURITY_ATTRIBUTES security, BOOL manual_reset, BOOL set, LPCWSTR name) noexcept {
  return CreateEventW(security, manual_reset, set, name);
}
inline HANDLE CreateWaitableTimer(LPSECURITY_ATTRIBUTES security, BOOL manual_reset, LPCWSTR name) noexcept {
  return CreateWaitableTimerW(security, manual_reset, name);
}
