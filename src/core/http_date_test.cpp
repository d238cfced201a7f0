#include "core/http_date.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

using std::chrono::seconds;

constexpr WallTime at(std::int64_t second) { return WallTime(seconds(second)); }

TEST(HttpDate, reads_the_three_forms) {
  const struct {
    std::string_view text;
    std::int64_t second;
  } kCases[] = {
      {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},  {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
      {"Sun Nov  6 08:49:37 1994", 784111777},       {"Wed Nov 16 08:49:37 1994", 784975777},
      {"Thu, 01 Jan 1970 00:00:00 GMT", 0},          {"Wed, 31 Dec 1969 23:59:59 GMT", -1},
      {"Thu, 29 Feb 2024 12:00:00 GMT", 1709208000}, {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
      {"Sat, 31 Dec 2016 23:59:60 GMT", 1483228800}, {"Mon, 06 Nov 1994 08:49:37 GMT", 784111777},
      {"Thursday, 01-Jan-70 00:00:00 GMT", 0},       {"Tuesday, 31-Dec-69 00:00:00 GMT", 3155673600},
  };
  for (const auto& c : kCases) EXPECT_EQ(parse_http_date(c.text), at(c.second)) << c.text;
}

TEST(HttpDate, refuses_everything_else) {
  for (std::string_view text : {
           "",
           "0",
           "never",
           "Sun",
           "Sun, ",
           "Sun, 06 Nov 1994",
           "Sun, 06 Nov 1994 08:49:37",
           " Sun, 06 Nov 1994 08:49:37 GMT",
           "Sun, 06 Nov 1994 08:49:37 GMT ",
           "Sun, 06 Nov 1994 08:49:37 CET",
           "Sun, 06 Nov 1994 08:49:37 +0100",
           "Sun,  6 Nov 1994 08:49:37 GMT",
           "Sun, 6 Nov 1994 08:49:37 GMT",
           "Sun, 06 nov 1994 08:49:37 GMT",
           "Sun, 31 Nov 1994 08:49:37 GMT",
           "Sun, 00 Nov 1994 08:49:37 GMT",
           "Thu, 29 Feb 2023 12:00:00 GMT",
           "Sun, 06 Nov 1994 24:00:00 GMT",
           "Sun, 06 Nov 1994 08:60:00 GMT",
           "Sun, 06 Nov 1994 08:49:61 GMT",
           "Sun, 06 Nov 94 08:49:37 GMT",
           "Sun, 06 Nov 19944 08:49:37 GMT",
           "Sun, -6 Nov 1994 08:49:37 GMT",
           "Xyz, 06 Nov 1994 08:49:37 GMT",
           "Sun, 06-Nov-94 08:49:37 GMT",
           "Sunday, 06-Nov-1994 08:49:37 GMT",
           "Sun Nov 6 08:49:37 1994",
           "Sun Nov  6 08:49:37 94",
           "Sun Nov  6 08:49:37 1994 GMT",
           "2024-02-29T12:00:00Z",
       }) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

TEST(RetryAfter, is_seconds_or_a_date_and_at_most_an_hour) {
  const WallTime now = at(784111777);
  const struct {
    std::string_view text;
    std::optional<seconds> wait;
  } kCases[] = {
      {"0", seconds(0)},
      {"120", seconds(120)},
      {"3600", seconds(3600)},
      {"3601", seconds(3600)},
      {"99999999999999999999999999", seconds(3600)},
      {"Sun, 06 Nov 1994 08:50:37 GMT", seconds(60)},
      {"Sun, 06 Nov 1994 08:49:37 GMT", seconds(0)},
      {"Sun, 06 Nov 1994 08:00:00 GMT", seconds(0)},
      {"Fri, 31 Dec 9999 23:59:59 GMT", seconds(3600)},
      {"", std::nullopt},
      {"-1", std::nullopt},
      {"+1", std::nullopt},
      {"1.5", std::nullopt},
      {"120 ", std::nullopt},
      {"120, 60", std::nullopt},
      {"soon", std::nullopt},
  };
  for (const auto& c : kCases) EXPECT_EQ(parse_retry_after(c.text, now), c.wait) << c.text;
}

TEST(RetryAfter, date_is_never_early) {
  const WallTime now = at(784111777) + std::chrono::microseconds(1);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now), seconds(60));
}

}  // namespace
}  // namespace dosvc
