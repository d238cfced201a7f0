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
  for (char name : {'c', 'a', 'b'}) queue.wait(job(name), Priority::normal, 1000);
  EXPECT_EQ(granted(queue), "cab");
}

TEST(RunQueue, higher_priority_before_lower) {
  RunQueue queue({9, 9});
  queue.wait(job('l'), Priority::low, 1000);
  queue.wait(job('n'), Priority::normal, 1000);
  queue.wait(job('h'), Priority::high, 1000);
  queue.wait(job('f'), Priority::foreground, 1000);
  EXPECT_EQ(granted(queue), "fhnl");
}

TEST(RunQueue, neither_kind_waits_for_the_other) {
  RunQueue queue({2, 1});
  for (char name : {'1', '2', '3'}) queue.wait(job(name), Priority::foreground, 1000);
  for (char name : {'a', 'b'}) queue.wait(job(name), Priority::normal, 1000);
  EXPECT_EQ(granted(queue), "12a");
  EXPECT_EQ(queue.waiting(), 2U);
  queue.leave(job('a'));
  EXPECT_EQ(granted(queue), "b");
  queue.leave(job('2'));
  EXPECT_EQ(granted(queue), "3");
}

TEST(RunQueue, a_turn_that_is_over_goes_to_the_one_that_waits_longest) {
  RunQueue queue({0, 1});
  for (char name : {'a', 'b', 'c'}) queue.wait(job(name), Priority::normal, 1000);
  std::string order;
  for (int turn = 0; turn < 7; ++turn) {
    const auto next = queue.grant();
    ASSERT_TRUE(next);
    order += static_cast<char>(next->bytes[15]);
    queue.wait(*next, Priority::normal, 1000);
  }
  EXPECT_EQ(order, "abcabca");
}

TEST(RunQueue, waiting_again_keeps_the_place) {
  RunQueue queue({0, 9});
  queue.wait(job('a'), Priority::normal, 1000);
  queue.wait(job('b'), Priority::normal, 1000);
  queue.wait(job('a'), Priority::normal, 1000);
  EXPECT_EQ(queue.waiting(), 2U);
  EXPECT_EQ(granted(queue), "ab");
}

TEST(RunQueue, leaving_frees_a_place_once) {
  RunQueue queue({0, 1});
  for (char name : {'a', 'b', 'c'}) queue.wait(job(name), Priority::normal, 1000);
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
  queue.wait(job('a'), Priority::low, 1000);
  queue.wait(job('h'), Priority::high, 1000);
  queue.wait(job('b'), Priority::normal, 1000);
  queue.change_priority(job('a'), Priority::high);
  queue.change_priority(job('b'), Priority::normal);
  EXPECT_EQ(granted(queue), "hab");
}

TEST(RunQueue, changed_priority_moves_between_the_kinds_while_waiting) {
  RunQueue queue({1, 1});
  queue.wait(job('a'), Priority::normal, 1000);
  queue.wait(job('b'), Priority::normal, 1000);
  EXPECT_EQ(granted(queue), "a");
  queue.change_priority(job('b'), Priority::foreground);
  EXPECT_EQ(granted(queue), "b");
}

TEST(RunQueue, changed_priority_while_running_takes_the_place_along) {
  RunQueue queue({1, 1});
  queue.wait(job('a'), Priority::normal, 1000);
  queue.wait(job('b'), Priority::normal, 1000);
  EXPECT_EQ(granted(queue), "a");
  queue.change_priority(job('a'), Priority::foreground);
  EXPECT_EQ(granted(queue), "b") << "its background place is free";
  queue.wait(job('f'), Priority::foreground, 1000);
  EXPECT_EQ(granted(queue), "") << "it holds the foreground place";
  queue.leave(job('a'));
  EXPECT_EQ(granted(queue), "f");
}

TEST(RunQueue, runs_on_above_the_limit_after_a_change_of_priority) {
  RunQueue queue({1, 1});
  queue.wait(job('f'), Priority::foreground, 1000);
  queue.wait(job('a'), Priority::normal, 1000);
  queue.wait(job('g'), Priority::foreground, 1000);
  EXPECT_EQ(granted(queue), "fa");
  queue.change_priority(job('a'), Priority::foreground);
  queue.leave(job('f'));
  EXPECT_EQ(granted(queue), "") << "the other one still holds the only place";
  queue.leave(job('a'));
  EXPECT_EQ(granted(queue), "g");
}

TEST(RunQueue, whose_owner_is_away_keeps_his_place_and_holds_up_nobody) {
  RunQueue queue({0, 1});
  queue.wait(job('a'), Priority::normal, 1000);
  queue.wait(job('b'), Priority::normal, 1001);
  queue.wait(job('c'), Priority::normal, 1000);
  EXPECT_EQ(queue.use({std::set<uid_t>{1001}}), (std::vector<JobId>{job('a'), job('c')}));
  EXPECT_TRUE(queue.awaits_owner(job('a')));
  EXPECT_FALSE(queue.awaits_owner(job('b')));
  EXPECT_EQ(queue.waiting(), 1U);
  EXPECT_TRUE(queue.use({std::set<uid_t>{1001, 1002}}).empty()) << "neither came nor went";
  EXPECT_EQ(queue.use({}), (std::vector<JobId>{job('a'), job('c')}));
  EXPECT_EQ(granted(queue), "a") << "before the others, as he had come";
}

TEST(RunQueue, who_comes_to_wait_while_he_is_away_waits_for_himself) {
  RunQueue queue({0, 9});
  EXPECT_TRUE(queue.use({std::set<uid_t>{}}).empty());
  queue.wait(job('a'), Priority::low, 1000);
  queue.wait(job('b'), Priority::low, 999);  // the system's own accounts are always there
  queue.change_priority(job('a'), Priority::high);
  EXPECT_EQ(granted(queue), "b");
  EXPECT_TRUE(queue.awaits_owner(job('a')));
  queue.leave(job('a'));
  EXPECT_FALSE(queue.awaits_owner(job('a')));
  EXPECT_TRUE(queue.use({std::set<uid_t>{1000}}).empty()) << "he has nothing here any more";
}

TEST(RunQueue, who_goes_while_he_runs_gives_his_place_back_when_he_waits_again) {
  RunQueue queue({0, 1});
  queue.wait(job('a'), Priority::normal, 1000);
  queue.wait(job('b'), Priority::normal, 1001);
  EXPECT_EQ(granted(queue), "a");
  EXPECT_EQ(queue.use({std::set<uid_t>{1001}}), std::vector<JobId>{job('a')});
  EXPECT_FALSE(queue.awaits_owner(job('a'))) << "it runs until it is stopped";
  queue.wait(job('a'), Priority::normal, 1000);
  EXPECT_TRUE(queue.awaits_owner(job('a')));
  EXPECT_EQ(granted(queue), "b");
}

TEST(RunQueue, a_job_with_a_new_owner_waits_for_that_one) {
  RunQueue queue({0, 9});
  (void)queue.use({std::set<uid_t>{1001}});
  queue.wait(job('a'), Priority::normal, 1000);
  queue.wait(job('b'), Priority::normal, 1001);
  queue.change_owner(job('a'), 1001);
  queue.change_owner(job('b'), 1000);
  queue.change_owner(job('x'), 1000);
  EXPECT_EQ(granted(queue), "a");
  EXPECT_EQ(queue.use({std::set<uid_t>{1001, 1000}}), std::vector<JobId>{job('b')});
  EXPECT_EQ(granted(queue), "b");
}

TEST(RunQueue, a_place_that_was_lent_goes_to_the_next_and_is_not_lent_twice) {
  RunQueue queue({.foreground_jobs = 1, .background_jobs = 1});
  const JobId first = Uuid::random(), second = Uuid::random(), third = Uuid::random();
  for (const JobId& id : {first, second, third}) queue.wait(id, Priority::normal, 1000);
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
