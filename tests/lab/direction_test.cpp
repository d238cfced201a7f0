#include "lab/direction.h"

#include <gtest/gtest.h>

// What a line does, by a clock of the test's own.
namespace dosvc::lab {
namespace {

using namespace std::chrono_literals;

constexpr Time kBegin{1h};
const Bytes kFrame(1514, 7);          // of 1,500 bytes; 1,538 on the line
constexpr double kRate = 12'304'000;  // so that one takes a millisecond

Direction direction(const Line& line) { return Direction(line, 1); }

// Takes out all that is under way: when each was due.
std::vector<Span> due_times(Direction& direction) {
  std::vector<Span> times;
  for (; direction.next_due(); direction.pop()) times.push_back(*direction.next_due() - kBegin);
  return times;
}

TEST(Direction, without_limits_a_frame_is_due_at_once) {
  Direction line = direction({});
  line.offer(kFrame, kBegin);
  EXPECT_EQ(line.front(), kFrame);
  EXPECT_EQ(due_times(line), std::vector<Span>{0ms});
  EXPECT_EQ(line.counts().delivered, 1u);
  EXPECT_EQ(line.counts().bytes, 1514u);
}

TEST(Direction, frames_follow_each_other_at_the_lines_rate) {
  Direction line = direction({.rate = kRate, .queue = 1s});
  for (int i = 0; i < 3; ++i) line.offer(kFrame, kBegin);
  EXPECT_EQ(due_times(line), (std::vector<Span>{1ms, 2ms, 3ms}));
}

TEST(Direction, the_line_isnt_busy_while_nothing_comes) {
  Direction line = direction({.rate = kRate, .queue = 1s});
  line.offer(kFrame, kBegin);
  line.offer(kFrame, kBegin + 10ms);
  EXPECT_EQ(due_times(line), (std::vector<Span>{1ms, 11ms}));
}

TEST(Direction, the_delay_comes_on_top) {
  Direction line = direction({.rate = kRate, .delay = 50ms, .queue = 1s});
  for (int i = 0; i < 2; ++i) line.offer(kFrame, kBegin);
  EXPECT_EQ(due_times(line), (std::vector<Span>{51ms, 52ms}));
}

TEST(Direction, a_frame_that_would_wait_too_long_is_dropped) {
  Direction line = direction({.rate = kRate, .queue = 4ms});
  for (int i = 0; i < 10; ++i) line.offer(kFrame, kBegin);
  EXPECT_EQ(due_times(line).size(), 4u);
  EXPECT_EQ(line.counts().dropped, 6u);
  EXPECT_EQ(line.counts().longest_wait, 3ms);
  line.offer(kFrame, kBegin + 4ms);
  EXPECT_EQ(due_times(line), std::vector<Span>{5ms});
}

TEST(Direction, a_queue_shorter_than_a_frame_still_lets_one_through_at_a_time) {
  Direction line = direction({.rate = kRate, .queue = 0ms});
  line.offer(kFrame, kBegin);
  line.offer(kFrame, kBegin);
  line.offer(kFrame, kBegin + 1ms);
  EXPECT_EQ(due_times(line), (std::vector<Span>{1ms, 2ms}));
}

TEST(Direction, as_many_are_lost_as_chance_says) {
  Direction line = direction({.loss = 0.05});
  for (int i = 0; i < 100'000; ++i) {
    line.offer(kFrame, kBegin);
    if (line.next_due()) line.pop();
  }
  EXPECT_NEAR(static_cast<double>(line.counts().lost), 5'000, 300);  // more than four standard deviations
  EXPECT_EQ(line.counts().lost + line.counts().delivered, 100'000u);
  EXPECT_EQ(line.counts().dropped, 0u);
}

TEST(Direction, a_shorter_delay_lets_nobody_overtake) {
  Direction line = direction({.delay = 50ms});
  line.offer(Bytes{1}, kBegin);
  line.change({.delay = 1ms});
  line.offer(Bytes{2}, kBegin);
  EXPECT_EQ(line.front(), Bytes{1});
  EXPECT_EQ(due_times(line), (std::vector<Span>{50ms, 50ms}));
}

}  // namespace
}  // namespace dosvc::lab
