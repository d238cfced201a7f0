#include "core/range_set.h"

#include <gtest/gtest.h>

#include <bitset>
#include <limits>
#include <random>

namespace dosvc {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

RangeSet set_of(std::string_view text) {
  const auto set = RangeSet::parse(text);
  EXPECT_TRUE(set) << text;
  return set.value_or(RangeSet());
}

TEST(RangeSet, adds_and_merges) {
  const struct {
    std::string_view before;
    ByteRange range;
    std::string_view after;
  } kCases[] = {
      {"", {0, 10}, "0-10"},
      {"", {5, 5}, ""},
      {"", {9, 5}, ""},
      {"0-10", {20, 30}, "0-10,20-30"},
      {"20-30", {0, 10}, "0-10,20-30"},
      {"0-10,20-30", {10, 20}, "0-30"},
      {"0-10,20-30", {10, 19}, "0-19,20-30"},
      {"0-10,20-30", {11, 20}, "0-10,11-30"},
      {"0-10,20-30", {5, 25}, "0-30"},
      {"0-10", {2, 8}, "0-10"},
      {"2-8", {0, 10}, "0-10"},
      {"0-10,20-30,40-50", {15, 60}, "0-10,15-60"},
      {"0-10,20-30,40-50", {0, 50}, "0-50"},
      {"0-10", {kMax - 1, kMax}, "0-10,18446744073709551614-18446744073709551615"},
  };
  for (const auto& c : kCases) {
    RangeSet set = c.before.empty() ? RangeSet() : set_of(c.before);
    set.add(c.range);
    EXPECT_EQ(set.text(), c.after) << c.before << " + " << c.range.begin << '-' << c.range.end;
  }
}

TEST(RangeSet, finds_gaps) {
  const RangeSet set = set_of("10-20,30-40");
  const struct {
    std::uint64_t from;
    std::uint64_t limit;
    std::optional<ByteRange> gap;
  } kCases[] = {
      {0, 50, ByteRange{0, 10}},   {0, 5, ByteRange{0, 5}},     {10, 50, ByteRange{20, 30}},
      {15, 50, ByteRange{20, 30}}, {25, 50, ByteRange{25, 30}}, {30, 50, ByteRange{40, 50}},
      {30, 40, std::nullopt},      {12, 20, std::nullopt},      {7, 7, std::nullopt},
      {9, 3, std::nullopt},        {45, 50, ByteRange{45, 50}},
  };
  for (const auto& c : kCases) EXPECT_EQ(set.first_gap(c.from, c.limit), c.gap) << c.from << " to " << c.limit;
  EXPECT_EQ(RangeSet().first_gap(0, 0), std::nullopt);
}

TEST(RangeSet, parse_takes_what_text_gives) {
  for (std::string_view text : {"", "0-1", "0-10,20-30", "5-18446744073709551615"}) {
    const auto set = RangeSet::parse(text);
    ASSERT_TRUE(set) << text;
    EXPECT_EQ(set->text(), text);
  }
}

TEST(RangeSet, parse_refuses_everything_else) {
  for (std::string_view text : {"-",
                                "0",
                                "0-",
                                "-5",
                                "5-5",
                                "6-5",
                                "0-10,",
                                ",0-10",
                                "0-10,,20-30",
                                "0-10,10-20",
                                "0-10,5-20",
                                "20-30,0-10",
                                "0-10 ",
                                " 0-10",
                                "0-10;20-30",
                                "+0-10",
                                "0x0-10",
                                "0--10",
                                "0-18446744073709551616",
                                "0-10\n",
                                "00-10",
                                "0-010",
                                "a-b"}) {
    EXPECT_FALSE(RangeSet::parse(text)) << text;
  }
  EXPECT_FALSE(RangeSet::parse(std::string_view("0-10\0", 5)));
}

TEST(RangeSet, behaves_like_a_bitmap) {
  constexpr std::uint64_t kSize = 96;
  std::mt19937 random(20240229);
  const auto any = [&](std::uint64_t below) { return random() % below; };
  for (int round = 0; round < 300; ++round) {
    RangeSet set;
    std::bitset<kSize> bits;
    for (int step = 0; step < 20; ++step) {
      const std::uint64_t begin = any(kSize);
      const std::uint64_t end = begin + any(std::min<std::uint64_t>(kSize - begin, 12) + 1);
      set.add({begin, end});
      for (std::uint64_t i = begin; i < end; ++i) bits.set(i);

      ASSERT_EQ(set.total(), bits.count());
      const std::uint64_t from = any(kSize);
      const std::uint64_t limit = any(kSize + 1);
      std::uint64_t held = from;
      while (held < kSize && bits[held]) ++held;
      ASSERT_EQ(set.contiguous_end(from), held) << set.text() << " from " << from;
      ASSERT_EQ(set.contains({from, limit}), from >= limit || held >= limit) << set.text();
      std::optional<ByteRange> gap;
      if (held < limit) {
        gap = ByteRange{held, held};
        while (gap->end < limit && !bits[gap->end]) ++gap->end;
      }
      ASSERT_EQ(set.first_gap(from, limit), gap) << set.text() << " from " << from << " to " << limit;
      ASSERT_EQ(RangeSet::parse(set.text()), set) << "ordered, neither touching nor overlapping";
    }
  }
}

TEST(RangeSet, bytes_can_be_taken_out) {
  RangeSet set({10, 20});
  set.add({30, 40});
  set.remove({15, 35});
  EXPECT_EQ(set.text(), "10-15,35-40");
  set.remove({12, 13});
  EXPECT_EQ(set.text(), "10-12,13-15,35-40");
  set.remove({0, 10});
  set.remove({15, 15});
  EXPECT_EQ(set.text(), "10-12,13-15,35-40");
  set.remove({0, ~std::uint64_t{0}});
  EXPECT_TRUE(set.empty());
}

}  // namespace
}  // namespace dosvc
