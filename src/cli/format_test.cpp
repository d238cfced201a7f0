#include "cli/format.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

namespace dosvc::cli {
namespace {

using namespace std::chrono_literals;

TEST(Format, bytes_are_counted_in_units_of_1024) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1024), "1.0 KiB");
  EXPECT_EQ(format_bytes(1536), "1.5 KiB");
  EXPECT_EQ(format_bytes(10u << 20), "10.0 MiB");
  EXPECT_EQ(format_bytes(UINT64_MAX), "16.0 EiB");
}

TEST(Format, nothing_is_shown_as_1024_of_a_unit) {
  EXPECT_EQ(format_bytes((1u << 20) - 1), "1.0 MiB");
  EXPECT_EQ(format_bytes((1u << 30) - 1), "1.0 GiB");
}

TEST(Format, rates_are_never_negative) {
  EXPECT_EQ(format_rate(2048.4), "2.0 KiB/s");
  EXPECT_EQ(format_rate(-1), "0 B/s");
}

TEST(Format, durations_look_like_clocks) {
  EXPECT_EQ(format_duration(0s), "0:00");
  EXPECT_EQ(format_duration(67s), "1:07");
  EXPECT_EQ(format_duration(1h + 2min + 3s), "1:02:03");
}

TEST(Format, spans_look_like_words) {
  EXPECT_EQ(format_span(-5s), "0.00 s");
  EXPECT_EQ(format_span(420ms), "0.42 s");
  EXPECT_EQ(format_span(5300ms), "5.3 s");
  EXPECT_EQ(format_span(42s), "42 s");
  EXPECT_EQ(format_span(185s), "3 min 5 s");
  EXPECT_EQ(format_span(2h + 30min), "2 h 30 min");
}

TEST(Format, a_hundred_percent_is_shown_at_the_end_only) {
  EXPECT_EQ(format_percent(999'999'999, 1'000'000'000), "99%");
  EXPECT_EQ(format_percent(5, 5), "100%");
  EXPECT_EQ(format_percent(0, 0), "100%");
  EXPECT_EQ(format_percent(1, 3), "33%");
  EXPECT_EQ(format_percent(1, std::nullopt), "");
}

TEST(Format, times_are_local_for_people_and_utc_for_programs) {
  ::setenv("TZ", "UTC-2", 1);
  ::tzset();
  const WallTime time{std::chrono::seconds(1'700'000'000)};
  EXPECT_EQ(format_local_time(time), "2023-11-15 00:13:20");
  EXPECT_EQ(format_utc_time(time), "2023-11-14T22:13:20Z");
  ::unsetenv("TZ");
  ::tzset();
}

TEST(Format, codes_are_written_as_in_the_documents) {
  EXPECT_EQ(format_code(static_cast<std::int32_t>(0x80190194u)), "0x80190194");
}

TEST(ParseDuration, reads_seconds_minutes_hours_and_days) {
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("2h"), 2h);
  EXPECT_EQ(parse_duration("1d"), 24h);
  EXPECT_EQ(parse_duration("90"), 90s);
  EXPECT_EQ(parse_duration("1.5h"), 90min);
  EXPECT_EQ(parse_duration("0.25"), 250ms);
}

TEST(ParseDuration, refuses_everything_else) {
  for (const char* text : {"", "s", "-1s", "0", "0s", "5 m", "5min", "1e3", "nan", "inf", "m5", "5mm", "+5"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(ParseDuration, ages_are_cut_to_a_year) { EXPECT_EQ(parse_duration("999999999999d"), 366 * 24h); }

TEST(Format, a_sentence_within_a_sentence_has_no_full_stop) {
  EXPECT_EQ(without_full_stop("It is so."), "It is so");
  EXPECT_EQ(without_full_stop("it is so"), "it is so");
  EXPECT_EQ(without_full_stop(""), "");
}

TEST(Format, columns_are_counted_in_characters) {
  EXPECT_EQ(display_columns(""), 0u);
  EXPECT_EQ(display_columns("a b"), 3u);
  EXPECT_EQ(display_columns("ümläut…"), 7u);
}

}  // namespace
}  // namespace dosvc::cli
