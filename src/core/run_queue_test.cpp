#include "core/run_queue.h"

#include <gtest/gtest.h>

#include <string>

namespace dosvc {
namespace {

JobId job(char name) {
  JobId id;
  id.bytes[15] = static_cast<std::uint8_t>(name);
  return id;
}

// All that may run now, in the order of the grants.
std::string granted(RunQueue& queue) {
  std::string names;
  while (const auto id = queue.grant()) names += static_cast<char>(id->bytes[15]);
  return names;
}

TEST(RunQueue, empty_queue_grants_nothing) {
  RunQueue queue({1, 1});
  EXPECT_EQ(granted(queue), "");
  queue.leave(job('x'));
  queue.change_priority(job('x'), Priority::high);
  EXPECT_EQ(queue.waiting(), 0U);
}

TEST(RunQueue, first_come_first_served_within_a_priority) {
  RunQueue queue({0, 9});
  for (char name : {'c', 'a', 'b'}) queue.wait(job(name), Priority::normal);
  EXPECT_EQ(granted(queue), "cab");
}

TEST(RunQueue, higher_priority_before_lower) {
  RunQueue queue({9, 9});
  queue.wait(job('l'), Priority::low);
  queue.wait(job('n'), Priority::normal);
  queue.wait(job('h'), Priority::high);
  queue.wait(job('f'), Priority::foreground);
  EXPECT_EQ(granted(queue), "fhnl");
}

TEST(RunQueue, neither_kind_waits_for_the_other) {
  RunQueue queue({2, 1});
  for (char name : {'1', '2', '3'}) queue.wait(job(name), Priority::foreground);
  for (char name : {'a', 'b'}) queue.wait(job(name), Priority::normal);
  EXPECT_EQ(granted(queue), "12a");
  EXPECT_EQ(queue.waiting(), 2U);
  queue.leave(job('a'));
  EXPECT_EQ(granted(queue), "b");
  queue.leave(job('2'));
  EXPECT_EQ(granted(queue), "3");
}

TEST(RunQueue, a_turn_that_is_over_goes_to_the_one_that_waits_longest) {
  RunQueue queue({0, 1});
  for (char name : {'a', 'b', 'c'}) queue.wait(job(name), Priority::normal);
  std::string order;
  for (int turn = 0; turn < 7; ++turn) {
    const auto next = queue.grant();
    ASSERT_TRUE(next);
    order += static_cast<char>(next->bytes[15]);
    queue.wait(*next, Priority::normal);
  }
  EXPECT_EQ(order, "abcabca");
}

TEST(RunQueue, waiting_again_keeps_the_place) {
  RunQueue queue({0, 9});
  queue.wait(job('a'), Priority::normal);
  queue.wait(job('b'), Priority::normal);
  queue.wait(job('a'), Priority::normal);
  EXPECT_EQ(queue.waiting(), 2U);
  EXPECT_EQ(granted(queue), "ab");
}

TEST(RunQueue, leaving_frees_a_place_once) {
  RunQueue queue({0, 1});
  for (char name : {'a', 'b', 'c'}) queue.wait(job(name), Priority::normal);
  EXPECT_EQ(granted(queue), "a");
  queue.leave(job('a'));
  queue.leave(job('a'));
  EXPECT_EQ(granted(queue), "b");
  queue.leave(job('c'));
  queue.leave(job('b'));
  EXPECT_EQ(granted(queue), "");
  EXPECT_EQ(queue.waiting(), 0U);
}

TEST(RunQueue, changed_priority_while_waiting_goes_to_the_end_of_the_new_ones) {
  RunQueue queue({0, 9});
  queue.wait(job('a'), Priority::low);
  queue.wait(job('h'), Priority::high);
  queue.wait(job('b'), Priority::normal);
  queue.change_priority(job('a'), Priority::high);
  queue.change_priority(job('b'), Priority::normal);
  EXPECT_EQ(granted(queue), "hab");
}

TEST(RunQueue, changed_priority_moves_between_the_kinds_while_waiting) {
  RunQueue queue({1, 1});
  queue.wait(job('a'), Priority::normal);
  queue.wait(job('b'), Priority::normal);
  EXPECT_EQ(granted(queue), "a");
  queue.change_priority(job('b'), Priority::foreground);
  EXPECT_EQ(granted(queue), "b");
}

TEST(RunQueue, changed_priority_while_running_takes_the_place_along) {
  RunQueue queue({1, 1});
  queue.wait(job('a'), Priority::normal);
  queue.wait(job('b'), Priority::normal);
  EXPECT_EQ(granted(queue), "a");
  queue.change_priority(job('a'), Priority::foreground);
  EXPECT_EQ(granted(queue), "b") << "its background place is free";
  queue.wait(job('f'), Priority::foreground);
  EXPECT_EQ(granted(queue), "") << "it holds the foreground place";
  queue.leave(job('a'));
  EXPECT_EQ(granted(queue), "f");
}

TEST(RunQueue, runs_on_above_the_limit_after_a_change_of_priority) {
  RunQueue queue({1, 1});
  queue.wait(job('f'), Priority::foreground);
  queue.wait(job('a'), Priority::normal);
  queue.wait(job('g'), Priority::foreground);
  EXPECT_EQ(granted(queue), "fa");
  queue.change_priority(job('a'), Priority::foreground);
  queue.leave(job('f'));
  EXPECT_EQ(granted(queue), "") << "the other one still holds the only place";
  queue.leave(job('a'));
  EXPECT_EQ(granted(queue), "g");
}

TEST(RunQueue, a_place_that_was_lent_goes_to_the_next_and_is_not_lent_twice) {
  RunQueue queue({.foreground_jobs = 1, .background_jobs = 1});
  const JobId first = Uuid::random(), second = Uuid::random(), third = Uuid::random();
  for (const JobId& id : {first, second, third}) queue.wait(id, Priority::normal);
  EXPECT_EQ(queue.grant(), first);
  EXPECT_EQ(queue.grant(), std::nullopt);
  queue.lend_place(first);
  EXPECT_TRUE(queue.holding_places().empty());
  EXPECT_EQ(queue.grant(), second);
  queue.lend_place(first);
  queue.change_priority(first, Priority::foreground);
  queue.leave(first);
  EXPECT_EQ(queue.grant(), std::nullopt);  // its end frees nothing: the place is the second one's
  EXPECT_EQ(queue.holding_places(), std::vector<JobId>{second});
  queue.leave(second);
  EXPECT_EQ(queue.grant(), third);
}

}  // namespace
}  // namespace dosvc
