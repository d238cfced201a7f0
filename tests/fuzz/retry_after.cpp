// parse_retry_after(): the first line is the time it is now, in microseconds, the rest the header's value.

#include <algorithm>
#include <limits>

#include "core/http_date.h"
#include "fuzz/input.h"

using namespace dosvc;

namespace {

// Seconds told as a number, by another way than the one that is tried.
std::optional<std::int64_t> seconds_in(std::string_view digits) {
  if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos) return std::nullopt;
  std::int64_t seconds = 0;
  for (const char digit : digits) seconds = std::min<std::int64_t>(3600, seconds * 10 + (digit - '0'));
  return seconds;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  constexpr std::uint64_t kYear = 31'556'952'000'000;
  const WallTime now(WallTime::duration(input.number().value_or(0) % (10'000 * kYear)));
  const auto value = input.rest();
  const auto told = parse_retry_after(value, now);
  if (const auto seconds = seconds_in(value)) {
    must(told && told->count() == *seconds, "a number is that many seconds, at most an hour");
  } else if (const auto date = parse_http_date(value)) {
    must(told.has_value(), "a date is read");
    must(told->count() >= 0 && told->count() <= 3600, "a date is at most an hour away");
    const bool there = now + *told >= *date;
    must(there || told->count() == 3600, "waiting that long reaches the date");
    must(told->count() == 0 || now + *told - std::chrono::seconds(1) < *date, "and waiting less doesn't");
  } else {
    must(!told, "all else is no time");
  }
  return 0;
}
