#include "core/lane_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace dosvc {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::uint64_t kMiB = 1 << 20;

LaneView lane(std::uint64_t at, std::uint64_t end, std::optional<double> rate = {}) {
  LaneView view;
  view.at = at;
  view.end = end;
  view.rate = rate;
  return view;
}

// ---- Where one more helps

TEST(Relief, halves_the_stretch_of_the_only_lane_of_which_nothing_is_known) {
  const auto plan = relief(std::vector{lane(0, 32 * kMiB)}, milliseconds(100));
  EXPECT_EQ(plan, (Relief{0, 16 * kMiB, false}));
}

TEST(Relief, parts_a_file_evenly_when_many_lanes_begin_at_once) {
  std::vector<LaneView> lanes{lane(0, 32 * kMiB)};
  while (lanes.size() < 16) {
    const auto plan = relief(lanes, milliseconds(100));
    ASSERT_TRUE(plan && !plan->race);
    lanes.push_back(lane(plan->begin, lanes[plan->lane].end));
    lanes[plan->lane].end = plan->begin;
  }
  for (const LaneView& each : lanes) EXPECT_EQ(each.end - each.at, 2 * kMiB);
}

TEST(Relief, takes_from_the_lane_that_would_be_through_last) {
  const auto plan = relief(std::vector{lane(0, 4 * kMiB, 8e6), lane(8 * kMiB, 12 * kMiB, 1e5)}, {});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->lane, 1u);
}

TEST(Relief, lets_both_be_through_at_the_same_time) {
  // The others bring 100 times as much: the slow one keeps about a hundredth.
  const std::vector lanes{lane(0, 0, 1e7), lane(0, 0, 1e7), lane(0, 100 * kMiB, 1e5)};
  const auto plan = relief(lanes, {});
  ASSERT_TRUE(plan);
  EXPECT_FALSE(plan->race);
  EXPECT_NEAR(static_cast<double>(plan->begin), 100.0 * kMiB / 101, kMiB / 10.0);
}

TEST(Relief, counts_the_time_that_the_newcomer_needs_to_connect) {
  const std::vector lanes{lane(0, 10'000'000, 1e6)};  // ten seconds
  const auto near = relief(lanes, {});
  const auto far = relief(lanes, seconds(1));
  ASSERT_TRUE(near && far);
  EXPECT_NEAR(static_cast<double>(near->begin), 5e6, 2e4);
  EXPECT_NEAR(static_cast<double>(far->begin), 6e6, 2e4);
}

TEST(Relief, races_what_is_too_small_to_be_parted_where_that_is_quicker_by_half) {
  const std::vector slow{lane(0, 200'000, 1e4), lane(0, 0, 1e6), lane(0, 0, 1e6)};
  EXPECT_EQ(relief(slow, milliseconds(10)), (Relief{0, 0, true}));
  const std::vector alike{lane(0, 200'000, 1e6), lane(0, 0, 1e6)};
  EXPECT_FALSE(relief(alike, milliseconds(10)));
}

TEST(Relief, races_no_lane_twice) {
  std::vector lanes{lane(0, 200'000, 1e4), lane(0, 0, 1e6), lane(0, 0, 1e6)};
  lanes[0].raced = true;
  EXPECT_FALSE(relief(lanes, milliseconds(10)));
}

TEST(Relief, begins_anew_what_a_silent_lane_has_left) {
  std::vector lanes{lane(5 * kMiB, 20 * kMiB, 1e6)};
  lanes[0].silent = seconds(3);
  EXPECT_EQ(relief(lanes, milliseconds(10)), (Relief{0, 5 * kMiB, true}));
  lanes[0].silent = seconds(2);
  EXPECT_FALSE(relief(lanes, milliseconds(10))->race);
}

TEST(Relief, has_nothing_to_do_where_all_is_here) {
  EXPECT_FALSE(relief({}, {}));
  EXPECT_FALSE(relief(std::vector{lane(7, 7, 1e6)}, {}));
}

// ---- How many

// A line and a server of which a test says what so many lanes bring together.
class Line {
 public:
  explicit Line(LaneCount& count, std::uint64_t size, int most) : count_(count), size_(size), most_(most) {}

  void begin(nanoseconds round_trip) { count_.begin(now_, round_trip, bytes_, size_, most_); }
  template <class Rate>
  void run(nanoseconds time, Rate rate) {
    for (const auto end = now_ + time; now_ < end && bytes_ < size_;) {
      now_ += milliseconds(250);
      bytes_ += static_cast<std::uint64_t>(rate(count_.wanted()) / 4);
      bytes_ = std::min(bytes_, size_);
      count_.measure(now_, bytes_, size_ - bytes_, most_);
      seen_.push_back(count_.wanted());
    }
  }
  int most_seen() const { return *std::max_element(seen_.begin(), seen_.end()); }
  nanoseconds now() const { return now_; }

 private:
  LaneCount& count_;
  const std::uint64_t size_;
  const int most_;
  nanoseconds now_ = seconds(1000);
  std::uint64_t bytes_ = 0;
  std::vector<int> seen_;
};

TEST(LaneCount, begins_with_many_over_a_long_way) {
  LaneCount count;
  Line line(count, 32 * kMiB, 16);
  line.begin(milliseconds(100));
  EXPECT_EQ(count.wanted(), 16);
}

TEST(LaneCount, wants_a_mebibyte_for_each) {
  LaneCount count;
  Line line(count, 3 * kMiB, 16);
  line.begin(milliseconds(100));
  EXPECT_EQ(count.wanted(), 3);
  Line tiny(count, 1000, 16);
  tiny.begin(milliseconds(100));
  EXPECT_EQ(count.wanted(), 1);
}

TEST(LaneCount, keeps_to_one_where_one_is_as_fast_as_the_line) {
  LaneCount count;
  Line line(count, 1000 * kMiB, 16);
  line.begin(milliseconds(1));
  EXPECT_EQ(count.wanted(), 1);
  line.run(seconds(20), [](int) { return 10e6; });
  EXPECT_EQ(count.wanted(), 1);
  EXPECT_EQ(line.most_seen(), 2);
}

TEST(LaneCount, doubles_as_long_as_that_helps) {
  LaneCount count;
  Line line(count, 4000 * kMiB, 16);
  line.begin(milliseconds(1));
  line.run(seconds(3), [](int lanes) { return 4e6 * lanes; });
  EXPECT_EQ(count.wanted(), 16);
}

TEST(LaneCount, stops_where_it_helps_no_more) {
  LaneCount count;
  Line line(count, 4000 * kMiB, 16);
  line.begin(milliseconds(1));
  line.run(seconds(9), [](int lanes) { return 4e6 * std::min(lanes, 4); });
  EXPECT_EQ(count.wanted(), 4);
  EXPECT_EQ(line.most_seen(), 8);
}

TEST(LaneCount, leaves_a_file_alone_that_is_here_in_a_second) {
  LaneCount count;
  Line line(count, 1000 * kMiB, 16);
  line.begin({});
  line.run(seconds(2), [](int) { return 1.5e9; });
  EXPECT_EQ(line.most_seen(), 1);
}

TEST(LaneCount, leaves_out_those_that_do_not_help_over_a_long_way) {
  LaneCount count;
  Line line(count, 4000 * kMiB, 16);
  line.begin(milliseconds(100));
  line.run(seconds(100), [](int) { return 20e6; });
  EXPECT_EQ(count.wanted(), 1);
}

TEST(LaneCount, takes_them_back_where_they_did) {
  LaneCount count;
  Line line(count, 4000 * kMiB, 16);
  line.begin(milliseconds(100));
  line.run(seconds(30), [](int lanes) { return 4e5 * lanes; });
  EXPECT_EQ(count.wanted(), 16);
}

TEST(LaneCount, asks_no_server_again_for_what_it_refused) {
  LaneCount count;
  Line line(count, 4000 * kMiB, 16);
  line.begin(milliseconds(100));
  count.refused(line.now(), 3, true);
  EXPECT_EQ(count.wanted(), 3);
  line.run(seconds(100), [](int lanes) { return 4e6 * lanes; });
  EXPECT_LE(line.most_seen(), 3);
}

TEST(LaneCount, asks_again_after_a_while_where_the_server_was_only_busy) {
  LaneCount count;
  Line line(count, 8000 * kMiB, 16);
  line.begin(milliseconds(1));
  count.refused(line.now(), 1, false);
  line.run(seconds(20), [](int lanes) { return 4e6 * lanes; });
  EXPECT_EQ(count.wanted(), 1);
  line.run(seconds(40), [](int lanes) { return 4e6 * lanes; });
  EXPECT_EQ(count.wanted(), 16);
}

TEST(LaneCount, gives_way_when_others_need_the_host) {
  LaneCount count;
  count.begin(seconds(1), milliseconds(100), 0, 400 * kMiB, 16);
  count.measure(seconds(2), 10 * kMiB, 390 * kMiB, 5);
  EXPECT_EQ(count.wanted(), 5);
}

}  // namespace
}  // namespace dosvc
