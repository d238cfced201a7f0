#include "core/file_layout.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

constexpr std::uint64_t kToEnd = FileRange::kToEnd;

HRESULT code_of(const Result<void>& result) { return result ? S_OK : result.error().code; }

TEST(FileLayout, without_ranges_the_file_is_as_it_is) {
  const FileLayout layout({}, 100);
  EXPECT_TRUE(layout.whole());
  EXPECT_EQ(layout.size(), 100u);
  EXPECT_EQ(layout.next_missing({}), (Stretch{0, 0, 100}));
  EXPECT_EQ(layout.next_missing(RangeSet({0, 40})), (Stretch{40, 40, 60}));
  EXPECT_FALSE(layout.next_missing(RangeSet({0, 100})));
}

TEST(FileLayout, a_file_of_unknown_size_is_asked_for_to_its_end) {
  const FileLayout layout({}, std::nullopt);
  EXPECT_FALSE(layout.size());
  EXPECT_EQ(layout.next_missing(RangeSet({0, 40})), (Stretch{40, 40, std::nullopt}));
}

TEST(FileLayout, one_range_that_is_all_is_the_whole_file) {
  const FileRange all[] = {{0, kToEnd}};
  EXPECT_TRUE(FileLayout(all, 100).whole());
  const FileRange rest[] = {{1, kToEnd}};
  EXPECT_FALSE(FileLayout(rest, 100).whole());
}

TEST(FileLayout, ranges_are_packed_in_the_order_given) {
  const FileRange ranges[] = {{100, 100}, {900, 100}, {400, 100}};
  const FileLayout layout(ranges, 1000);
  EXPECT_EQ(layout.size(), 300u);
  RangeSet received;
  EXPECT_EQ(layout.next_missing(received), (Stretch{100, 0, 100}));
  received.add({0, 130});
  EXPECT_EQ(layout.next_missing(received), (Stretch{930, 130, 70}));
  received.add({130, 200});
  EXPECT_EQ(layout.next_missing(received), (Stretch{400, 200, 100}));
  received.add({200, 300});
  EXPECT_FALSE(layout.next_missing(received));
}

TEST(FileLayout, a_range_to_the_end_that_is_not_the_last_waits_for_the_size) {
  const FileRange ranges[] = {{50, kToEnd}, {0, 10}};
  EXPECT_FALSE(FileLayout(ranges, std::nullopt).size());
  EXPECT_EQ(FileLayout(ranges, std::nullopt).next_missing({}), (Stretch{50, 0, std::nullopt}));
  const FileLayout known(ranges, 60);
  EXPECT_EQ(known.size(), 20u);
  EXPECT_EQ(known.next_missing(RangeSet({0, 10})), (Stretch{0, 10, 10}));
}

TEST(FileLayout, a_gap_in_the_midst_is_missing) {
  const FileLayout layout({}, 100);
  RangeSet received({0, 100});
  received.remove({30, 40});
  EXPECT_EQ(layout.next_missing(received), (Stretch{30, 30, 10}));
}

TEST(FileLayout, ranges_must_lie_within_the_file) {
  const struct {
    FileRange range;
    bool fits;
  } kCases[] = {{{0, 100}, true},     {{99, 1}, true},        {{99, 2}, false},       {{100, 1}, false},
                {{50, kToEnd}, true}, {{100, kToEnd}, false}, {{200, kToEnd}, false}, {{0, 101}, false}};
  for (const auto& c : kCases) {
    const FileRange ranges[] = {c.range, {0, 1}};
    EXPECT_EQ(FileLayout(ranges, 100).check().ok(), c.fits) << c.range.offset << '+' << c.range.length;
    EXPECT_TRUE(FileLayout(ranges, std::nullopt).check().ok()) << "nobody knows yet";
  }
}

TEST(FileLayout, what_lies_in_front_can_be_named) {
  const FileRange ranges[] = {{100, 100}, {900, 100}};
  const FileLayout layout(ranges, 1000);
  EXPECT_TRUE(layout.front(0).empty());
  EXPECT_EQ(layout.front(60), (std::vector<FileRange>{{100, 60}}));
  EXPECT_EQ(layout.front(150), (std::vector<FileRange>{{100, 100}, {900, 50}}));
  EXPECT_EQ(layout.front(200), (std::vector<FileRange>{{100, 100}, {900, 100}}));
  EXPECT_EQ(FileLayout({}, std::nullopt).front(7), (std::vector<FileRange>{{0, 7}}));
}

TEST(FileLayout, on_demand_only_what_was_asked_for_is_missing) {
  const FileLayout layout({}, 100);
  RangeSet wanted({10, 20});
  wanted.add({50, 200});
  EXPECT_EQ(layout.next_missing({}, 0, wanted), (Stretch{10, 10, 10}));
  EXPECT_EQ(layout.next_missing({}, 15, wanted), (Stretch{15, 15, 5})) << "from where the program reads";
  EXPECT_EQ(layout.next_missing(RangeSet({15, 20}), 15, wanted), (Stretch{50, 50, 50})) << "never beyond the end";
  RangeSet received({15, 20});
  received.add({50, 100});
  EXPECT_EQ(layout.next_missing(received, 15, wanted), (Stretch{10, 10, 5})) << "then what lies before";
  received.add({10, 15});
  EXPECT_FALSE(layout.next_missing(received, 15, wanted));
  const FileLayout unknown({}, std::nullopt);
  EXPECT_EQ(unknown.next_missing({}, 0, RangeSet({7, kToEnd})), (Stretch{7, 7, std::nullopt}));
}

TEST(CheckRanges, refuses_what_no_file_can_have) {
  const struct {
    std::vector<FileRange> ranges;
    HRESULT code;
  } kCases[] = {
      {{}, S_OK},
      {{{0, 1}, {1, 1}}, S_OK},
      {{{5, 5}, {0, 5}}, S_OK},
      {{{5, kToEnd}, {0, 5}}, S_OK},
      {{{0, 0}}, BG_E_INVALID_RANGE},
      {{{kToEnd, 1}}, BG_E_INVALID_RANGE},
      {{{std::uint64_t{1} << 63, 1}}, BG_E_INVALID_RANGE},
      {{{1, (std::uint64_t{1} << 63) - 1}}, BG_E_INVALID_RANGE},
      {{{0, 10}, {9, 1}}, BG_E_OVERLAPPING_RANGES},
      {{{9, 1}, {0, 10}}, BG_E_OVERLAPPING_RANGES},
      {{{0, 1}, {0, 1}}, BG_E_OVERLAPPING_RANGES},
      {{{5, kToEnd}, {100, 1}}, BG_E_OVERLAPPING_RANGES},
      {{{0, kToEnd}, {0, kToEnd}}, BG_E_OVERLAPPING_RANGES},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(code_of(check_ranges(c.ranges)), c.code) << &c - kCases;
  }
}

}  // namespace
}  // namespace dosvc
