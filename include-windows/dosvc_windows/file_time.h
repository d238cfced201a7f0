#pragma once

// The clock, and what it says in the forms of Windows ("Time Functions"). Functions that answer BOOL set the last error
// to ERROR_INVALID_PARAMETER when they answer FALSE, and leave their result alone.

#include <dosvc_windows/types.h>

// ("SYSTEMTIME structure")
struct SYSTEMTIME {
  WORD wYear;  // 1601 to 30827
  WORD wMonth;
  WORD wDayOfWeek;  // 0: Sunday
  WORD wDay;
  WORD wHour;
  WORD wMinute;
  WORD wSecond;
  WORD wMilliseconds;
};
using PSYSTEMTIME = SYSTEMTIME*;
using LPSYSTEMTIME = SYSTEMTIME*;

extern "C" {

void GetSystemTimeAsFileTime(FILETIME* time) noexcept;
// In UTC, and in the zone of the process.
void GetSystemTime(SYSTEMTIME* time) noexcept;
void GetLocalTime(SYSTEMTIME* time) noexcept;

// FALSE: `from` is 0x8000000000000000 or above.
BOOL FileTimeToSystemTime(const FILETIME* from, SYSTEMTIME* to) noexcept;
// The day of the week is not looked at. FALSE: there is no such date or time.
BOOL SystemTimeToFileTime(const SYSTEMTIME* from, FILETIME* to) noexcept;

// With the distance from UTC that is in force now, not the one of then, as documented. FALSE: the result would lie
// outside the range of FileTimeToSystemTime.
BOOL FileTimeToLocalFileTime(const FILETIME* from, FILETIME* to) noexcept;
BOOL LocalFileTimeToFileTime(const FILETIME* from, FILETIME* to) noexcept;

// -1, 0 or 1: `a` is earlier than `b`, the same, or later.
LONG CompareFileTime(const FILETIME* a, const FILETIME* b) noexcept;

// Milliseconds since the system was started, sleep included; the first begins anew every 49.7 days.
DWORD GetTickCount() noexcept;
ULONGLONG GetTickCount64() noexcept;

// INFINITE: for ever.
void Sleep(DWORD milliseconds) noexcept;

}  // extern "C"
