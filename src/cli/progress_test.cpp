#include "cli/progress.h"

#include <gtest/gtest.h>

namespace dosvc::cli {
namespace {

using namespace std::chrono_literals;

RateMeter::TimePoint at(std::chrono::milliseconds time) { return RateMeter::TimePoint(time); }

TEST(RateMeter, says_nothing_before_it_knows) {
  RateMeter meter;
  EXPECT_EQ(meter.rate(), std::nullopt);
  meter.sample(0, at(0ms));
  EXPECT_EQ(meter.rate(), std::nullopt);
  meter.sample(1000, at(400ms));
  EXPECT_EQ(meter.rate(), std::nullopt);
  meter.sample(1000, at(500ms));
  EXPECT_DOUBLE_EQ(*meter.rate(), 2000);
}

TEST(RateMeter, doesnt_count_what_was_there_before) {
  RateMeter meter;
  meter.sample(1'000'000, at(0ms));
  meter.sample(1'001'000, at(1000ms));
  EXPECT_DOUBLE_EQ(*meter.rate(), 1000);
}

TEST(RateMeter, forgets_what_is_long_ago) {
  RateMeter meter;
  std::uint64_t bytes = 0;
  for (int i = 0; i <= 40; ++i) meter.sample(bytes += 1000, at(i * 250ms));
  for (int i = 41; i <= 61; ++i) meter.sample(bytes, at(i * 250ms));
  EXPECT_DOUBLE_EQ(*meter.rate(), 0);
}

TEST(RateMeter, begins_anew_when_the_file_does) {
  RateMeter meter;
  meter.sample(5000, at(0ms));
  meter.sample(0, at(1000ms));
  EXPECT_EQ(meter.rate(), std::nullopt);
  meter.sample(500, at(2000ms));
  EXPECT_DOUBLE_EQ(*meter.rate(), 500);
}

const ProgressFigures kHalf = {"f.iso", 1u << 20, 2u << 20, 512.0 * 1024, ""};

TEST(ProgressText, shows_bytes_percent_rate_and_time_left) {
  EXPECT_EQ(progress_text(kHalf, 80), "f.iso  1.0 MiB of 2.0 MiB  50%  512.0 KiB/s  0:02 left");
}

TEST(ProgressText, leaves_out_what_isnt_known) {
  EXPECT_EQ(progress_text({"f", 1u << 20, std::nullopt, std::nullopt, ""}, 80), "f  1.0 MiB");
  EXPECT_EQ(progress_text({"f", 0, 100, 0.0, ""}, 80), "f  0 B of 100 B  0%  0 B/s");
}

TEST(ProgressText, says_why_nothing_moves) {
  EXPECT_EQ(progress_text({"f", 50, 100, 7.0, "waiting for its turn"}, 80),
            "f  50 B of 100 B  50%  waiting for its turn");
}

TEST(ProgressText, never_fills_the_last_column) {
  ProgressFigures figures = kHalf;
  figures.label = "a-very-long-file-name-with-ümläuts-that-does-not-fit.iso";
  for (std::size_t width = 0; width < 120; ++width) {
    const std::string text = progress_text(figures, width);
    std::size_t columns = 0;
    for (const char c : text) columns += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
    EXPECT_LE(columns, width > 0 ? width - 1 : 0) << text;
  }
  EXPECT_NE(progress_text(figures, 70).find("a-very"), std::string::npos);
  EXPECT_NE(progress_text(figures, 70).find("…"), std::string::npos);
}

TEST(ProgressText, a_label_cant_steer_the_terminal) {
  ProgressFigures figures = kHalf;
  figures.label = "a\x1b[2Jb\nc";
  const std::string text = progress_text(figures, 200);
  EXPECT_EQ(text.find_first_of("\x1b\n"), std::string::npos);
}

}  // namespace
}  // namespace dosvc::cli
