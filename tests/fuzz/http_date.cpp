// parse_http_date(): the whole input is a header's value. A date that was read is written in all three forms, by the C
// library, and must be the same again.

#include <fmt/format.h>

#include <ctime>
#include <string>

#include "core/http_date.h"
#include "fuzz/input.h"

using namespace dosvc;

namespace {

constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr const char* kLongDays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string time_of(const std::tm& t) { return fmt::format("{:02}:{:02}:{:02}", t.tm_hour, t.tm_min, t.tm_sec); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto date = parse_http_date(Input(data, size).rest());
  if (!date) return 0;
  const auto since = date->time_since_epoch();
  must(since % std::chrono::seconds(1) == since.zero(), "dates have no parts of seconds");
  const std::time_t seconds = std::chrono::duration_cast<std::chrono::seconds>(since).count();
  std::tm t{};
  must(gmtime_r(&seconds, &t) != nullptr, "it is a date");
  const int year = t.tm_year + 1900;
  must(year >= 0 && year <= 10'000, "its year has four digits, but for a leap second at their end");
  if (year == 10'000) return 0;
  const char* month = kMonths[t.tm_mon];
  must(parse_http_date(
           fmt::format("{}, {:02} {} {:04} {} GMT", kDays[t.tm_wday], t.tm_mday, month, year, time_of(t))) == date,
       "the form of today is the same date");
  must(
      parse_http_date(fmt::format("{} {} {:2} {} {:04}", kDays[t.tm_wday], month, t.tm_mday, time_of(t), year)) == date,
      "that of asctime is the same date");
  if (year < 1970 || year > 2069) return 0;
  must(parse_http_date(fmt::format("{}, {:02}-{}-{:02} {} GMT", kLongDays[t.tm_wday], t.tm_mday, month, year % 100,
                                   time_of(t))) == date,
       "that of RFC 850 is the same date");
  return 0;
}
