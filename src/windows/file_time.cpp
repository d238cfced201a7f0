#include <dosvc_windows/file_time.h>
#include <dosvc_windows/last_error.h>

#include <time.h>

#include <chrono>
#include <optional>

namespace {

using Ticks = std::int64_t;  // of 100 ns since 1601

constexpr Ticks kSecond = 10'000'000;
constexpr Ticks kDay = 24 * 3600 * kSecond;
constexpr std::chrono::sys_days kFirstDay = std::chrono::year(1601) / 1 / 1;
constexpr Ticks k1970 = (std::chrono::sys_days{} - kFirstDay).count() * kDay;

FILETIME file_time_of(Ticks ticks) {
  return {static_cast<DWORD>(static_cast<std::uint64_t>(ticks) & 0xFFFFFFFF),
          static_cast<DWORD>(static_cast<std::uint64_t>(ticks) >> 32)};
}

std::uint64_t ticks_of(const FILETIME& time) { return std::uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime; }

Ticks now() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return k1970 + time.tv_sec * kSecond + time.tv_nsec / 100;
}

// What local time is ahead of UTC, now.
Ticks zone() {
  const time_t seconds = ::time(nullptr);
  tm local{};
  ::localtime_r(&seconds, &local);
  return local.tm_gmtoff * kSecond;
}

SYSTEMTIME system_time_of(Ticks ticks) {
  const auto day = kFirstDay + std::chrono::days(ticks / kDay);
  const std::chrono::year_month_day date(day);
  const auto part = [&](Ticks unit, int of) { return static_cast<WORD>(ticks / unit % of); };
  SYSTEMTIME time{};
  time.wYear = static_cast<WORD>(static_cast<int>(date.year()));
  time.wMonth = static_cast<WORD>(static_cast<unsigned>(date.month()));
  time.wDayOfWeek = static_cast<WORD>(std::chrono::weekday(day).c_encoding());
  time.wDay = static_cast<WORD>(static_cast<unsigned>(date.day()));
  time.wHour = part(3600 * kSecond, 24);
  time.wMinute = part(60 * kSecond, 60);
  time.wSecond = part(kSecond, 60);
  time.wMilliseconds = part(kSecond / 1000, 1000);
  return time;
}

std::optional<Ticks> ticks_of(const SYSTEMTIME& time) {
  const auto date = std::chrono::year(time.wYear) / time.wMonth / time.wDay;
  if (time.wYear < 1601 || time.wYear > 30827 || !date.ok()) return std::nullopt;
  if (time.wHour > 23 || time.wMinute > 59 || time.wSecond > 59 || time.wMilliseconds > 999) return std::nullopt;
  const Ticks days = (std::chrono::sys_days(date) - kFirstDay).count();
  const Ticks seconds = (Ticks{time.wHour} * 60 + time.wMinute) * 60 + time.wSecond;
  return days * kDay + seconds * kSecond + time.wMilliseconds * (kSecond / 1000);
}

BOOL refuse() {
  SetLastError(ERROR_INVALID_PARAMETER);
  return FALSE;
}

// `from` later by `ticks`.
BOOL shift(const FILETIME* from, FILETIME* to, Ticks ticks) {
  if (!from || !to || ticks_of(*from) > INT64_MAX) return refuse();
  Ticks result = 0;
  if (__builtin_add_overflow(static_cast<Ticks>(ticks_of(*from)), ticks, &result) || result < 0) return refuse();
  *to = file_time_of(result);
  return TRUE;
}

std::chrono::milliseconds since_start() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::seconds(time.tv_sec) +
                                                               std::chrono::nanoseconds(time.tv_nsec));
}

}  // namespace

void GetSystemTimeAsFileTime(FILETIME* time) noexcept { *time = file_time_of(now()); }
void GetSystemTime(SYSTEMTIME* time) noexcept { *time = system_time_of(now()); }
void GetLocalTime(SYSTEMTIME* time) noexcept { *time = system_time_of(now() + zone()); }

BOOL FileTimeToSystemTime(const FILETIME* from, SYSTEMTIME* to) noexcept {
  if (!from || !to || ticks_of(*from) > INT64_MAX) return refuse();
  *to = system_time_of(static_cast<Ticks>(ticks_of(*from)));
  return TRUE;
}

BOOL SystemTimeToFileTime(const SYSTEMTIME* from, FILETIME* to) noexcept {
  if (!from || !to) return refuse();
  const auto ticks = ticks_of(*from);
  if (!ticks) return refuse();
  *to = file_time_of(*ticks);
  return TRUE;
}

BOOL FileTimeToLocalFileTime(const FILETIME* from, FILETIME* to) noexcept { return shift(from, to, zone()); }
BOOL LocalFileTimeToFileTime(const FILETIME* from, FILETIME* to) noexcept { return shift(from, to, -zone()); }

LONG CompareFileTime(const FILETIME* a, const FILETIME* b) noexcept {
  return ticks_of(*a) < ticks_of(*b) ? -1 : ticks_of(*a) > ticks_of(*b) ? 1 : 0;
}

DWORD GetTickCount() noexcept { return static_cast<DWORD>(GetTickCount64() & 0xFFFFFFFF); }
ULONGLONG GetTickCount64() noexcept { return static_cast<ULONGLONG>(since_start().count()); }
