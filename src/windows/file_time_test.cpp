#include <dosvc_windows/file_time.h>
#include <dosvc_windows/last_error.h>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include <tuple>

namespace {

constexpr FILETIME file_time(std::uint64_t ticks) {
  return {static_cast<DWORD>(ticks), static_cast<DWORD>(ticks >> 32)};
}
std::uint64_t ticks(const FILETIME& time) { return std::uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime; }

constexpr std::uint64_t kHour = 36'000'000'000;
constexpr std::uint64_t k1970 = 116444736000000000;

auto fields(const SYSTEMTIME& t) {
  return std::tuple(t.wYear, t.wMonth, t.wDayOfWeek, t.wDay, t.wHour, t.wMinute, t.wSecond, t.wMilliseconds);
}

struct Known {
  std::uint64_t ticks;
  SYSTEMTIME time;
};
const Known kKnown[] = {
    {0, {1601, 1, 1, 1, 0, 0, 0, 0}},
    {k1970, {1970, 1, 4, 1, 0, 0, 0, 0}},
    {k1970 + 951782400ULL * 10'000'000 + 1'230'000, {2000, 2, 2, 29, 0, 0, 0, 123}},
    {k1970 + 1'000'000'000ULL * 10'000'000, {2001, 9, 0, 9, 1, 46, 40, 0}},
};

TEST(FileTime, becomes_a_date_and_back) {
  for (const Known& known : kKnown) {
    const FILETIME from = file_time(known.ticks);
    SYSTEMTIME date{};
    ASSERT_TRUE(FileTimeToSystemTime(&from, &date));
    EXPECT_EQ(fields(date), fields(known.time));
    FILETIME back{};
    date.wDayOfWeek = 7;  // is not looked at
    ASSERT_TRUE(SystemTimeToFileTime(&date, &back));
    EXPECT_EQ(ticks(back), known.ticks);
  }
}

TEST(FileTime, loses_what_is_less_than_a_millisecond) {
  const FILETIME from = file_time(k1970 + 19'999);
  SYSTEMTIME date{};
  ASSERT_TRUE(FileTimeToSystemTime(&from, &date));
  EXPECT_EQ(date.wMilliseconds, 1);
}

TEST(FileTime, ends_where_documented) {
  SYSTEMTIME date{};
  const FILETIME last = file_time(0x7FFFFFFFFFFFFFFF);
  EXPECT_TRUE(FileTimeToSystemTime(&last, &date));
  EXPECT_EQ(date.wYear, 30828);
  SetLastError(0);
  const FILETIME beyond = file_time(0x8000000000000000);
  EXPECT_FALSE(FileTimeToSystemTime(&beyond, &date));
  EXPECT_EQ(GetLastError(), ERROR_INVALID_PARAMETER);
  EXPECT_EQ(date.wYear, 30828) << "left alone";
}

TEST(SystemTime, must_be_a_date_and_a_time) {
  const SYSTEMTIME good{2024, 2, 0, 29, 23, 59, 59, 999};
  FILETIME to = file_time(5);
  EXPECT_TRUE(SystemTimeToFileTime(&good, &to));
  const auto refused = [&](WORD SYSTEMTIME::*field, WORD value) {
    SYSTEMTIME bad = good;
    bad.*field = value;
    SetLastError(0);
    return !SystemTimeToFileTime(&bad, &to) && GetLastError() == ERROR_INVALID_PARAMETER;
  };
  EXPECT_TRUE(refused(&SYSTEMTIME::wYear, 1600));
  EXPECT_TRUE(refused(&SYSTEMTIME::wYear, 30828));
  EXPECT_TRUE(refused(&SYSTEMTIME::wYear, 2023)) << "no 29 February";
  EXPECT_TRUE(refused(&SYSTEMTIME::wMonth, 0));
  EXPECT_TRUE(refused(&SYSTEMTIME::wMonth, 13));
  EXPECT_TRUE(refused(&SYSTEMTIME::wDay, 0));
  EXPECT_TRUE(refused(&SYSTEMTIME::wHour, 24));
  EXPECT_TRUE(refused(&SYSTEMTIME::wMinute, 60));
  EXPECT_TRUE(refused(&SYSTEMTIME::wSecond, 60));
  EXPECT_TRUE(refused(&SYSTEMTIME::wMilliseconds, 1000));
}

TEST(LocalFileTime, is_later_by_the_zone) {
  ::setenv("TZ", "XYZ-5:30", 1);  // always five and a half hours ahead
  ::tzset();
  const FILETIME utc = file_time(k1970);
  FILETIME local{}, back{};
  ASSERT_TRUE(FileTimeToLocalFileTime(&utc, &local));
  EXPECT_EQ(ticks(local), k1970 + 5 * kHour + kHour / 2);
  ASSERT_TRUE(LocalFileTimeToFileTime(&local, &back));
  EXPECT_EQ(ticks(back), k1970);

  const FILETIME earliest{};
  EXPECT_FALSE(LocalFileTimeToFileTime(&earliest, &back)) << "before 1601";
  EXPECT_EQ(GetLastError(), ERROR_INVALID_PARAMETER);
  const FILETIME last = file_time(0x7FFFFFFFFFFFFFFF);
  EXPECT_FALSE(FileTimeToLocalFileTime(&last, &local));
}

TEST(FileTime, is_compared_as_a_whole) {
  const FILETIME small{9, 1}, large{0, 2};
  EXPECT_EQ(CompareFileTime(&small, &large), -1);
  EXPECT_EQ(CompareFileTime(&large, &small), 1);
  EXPECT_EQ(CompareFileTime(&small, &small), 0);
}

TEST(Clock, says_the_time_in_100_nanoseconds) {
  const auto since_1970 = [] {
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME, &time);
    return static_cast<std::uint64_t>(time.tv_sec * 10'000'000 + time.tv_nsec / 100);
  };
  FILETIME now{};
  const std::uint64_t before = since_1970();
  GetSystemTimeAsFileTime(&now);
  const std::uint64_t after = since_1970();
  EXPECT_LE(before, ticks(now) - k1970);
  EXPECT_LE(ticks(now) - k1970, after);
}

TEST(Clock, says_the_time_of_day) {
  FILETIME before{}, between{}, after{};
  SYSTEMTIME date{};
  GetSystemTimeAsFileTime(&before);
  GetSystemTime(&date);
  GetSystemTimeAsFileTime(&after);
  ASSERT_TRUE(SystemTimeToFileTime(&date, &between));
  EXPECT_GT(ticks(before), k1970 + 1'600'000'000ULL * 10'000'000);
  EXPECT_LE(ticks(before) - 10'000, ticks(between)) << "milliseconds are cut off";
  EXPECT_LE(ticks(between), ticks(after));
}

TEST(Clock, says_local_time) {
  ::setenv("TZ", "XYZ-5:30", 1);
  ::tzset();
  SYSTEMTIME utc{}, local{};
  FILETIME a{}, b{};
  GetSystemTime(&utc);
  GetLocalTime(&local);
  ASSERT_TRUE(SystemTimeToFileTime(&utc, &a));
  ASSERT_TRUE(SystemTimeToFileTime(&local, &b));
  EXPECT_EQ((ticks(b) - ticks(a)) / (kHour / 2), 11u);
}

TEST(TickCount, counts_milliseconds_since_the_start) {
  const ULONGLONG first = GetTickCount64();
  const DWORD low = GetTickCount();
  const ULONGLONG second = GetTickCount64();
  EXPECT_GT(first, 0u);
  EXPECT_LE(low - static_cast<DWORD>(first), static_cast<DWORD>(second - first));
  Sleep(1);
  EXPECT_GT(GetTickCount64(), first);
}

}  // namespace
