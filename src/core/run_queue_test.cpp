#include "core/run_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

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
  while (const auto id = queue.grant({})) names += static_cast<char>(id->bytes[15]);
  return names;
}

TEST(RunQueue, empty_queue_grants_nothing) {
  RunQueue queue({1, 1});
  EXPECT_EQ(granted(queue), "");
  queue.leave(job('x'));
  queue.change_priority(job('x'), Priority::high);
  EXPECT_FALSE(queue.contended());
}

TEST(RunQueue, first_come_first_served_within_a_priority) {
  RunQueue queue({0, 9});
  for (char name : {'c', 'a', 'b'}) queue.wait(job(name), {Priority::normal, 1000});
  EXPECT_EQ(granted(queue), "cab");
}

TEST(RunQueue, higher_priority_before_lower) {
  RunQueue queue({9, 9});
  queue.wait(job('l'), {Priority::low, 1000});
  queue.wait(job('n'), {Priority::normal, 1000});
  queue.wait(job('h'), {Priority::high, 1000});
  queue.wait(job('f'), {Priority::foreground, 1000});
  EXPECT_EQ(granted(queue), "fhnl");
}

TEST(RunQueue, neither_kind_waits_for_the_other) {
  RunQueue queue({2, 1});
  for (char name : {'1', '2', '3'}) queue.wait(job(name), {Priority::foreground, 1000});
  for (char name : {'a', 'b'}) queue.wait(job(name), {Priority::normal, 1000});
  EXPECT_EQ(granted(queue), "12a");
  EXPECT_TRUE(queue.contended());
  queue.leave(job('a'));
  EXPECT_EQ(granted(queue), "b");
  queue.leave(job('2'));
  EXPECT_EQ(granted(queue), "3");
}

TEST(RunQueue, a_turn_that_is_over_goes_to_the_one_that_waits_longest) {
  RunQueue queue({0, 1});
  for (char name : {'a', 'b', 'c'}) queue.wait(job(name), {Priority::normal, 1000});
  std::string order;
  for (int turn = 0; turn < 7; ++turn) {
    const auto next = queue.grant({});
    ASSERT_TRUE(next);
    order += static_cast<char>(next->bytes[15]);
    queue.wait(*next, {Priority::normal, 1000});
  }
  EXPECT_EQ(order, "abcabca");
}

TEST(RunQueue, waiting_again_keeps_the_place) {
  RunQueue queue({0, 9});
  queue.wait(job('a'), {Priority::normal, 1000});
  queue.wait(job('b'), {Priority::normal, 1000});
  queue.wait(job('a'), {Priority::normal, 1000});
  EXPECT_TRUE(queue.contended());
  EXPECT_EQ(granted(queue), "ab");
}

TEST(RunQueue, leaving_frees_a_place_once) {
  RunQueue queue({0, 1});
  for (char name : {'a', 'b', 'c'}) queue.wait(job(name), {Priority::normal, 1000});
  EXPECT_EQ(granted(queue), "a");
  queue.leave(job('a'));
  queue.leave(job('a'));
  EXPECT_EQ(granted(queue), "b");
  queue.leave(job('c'));
  queue.leave(job('b'));
  EXPECT_EQ(granted(queue), "");
  EXPECT_FALSE(queue.contended());
}

TEST(RunQueue, changed_priority_while_waiting_goes_to_the_end_of_the_new_ones) {
  RunQueue queue({0, 9});
  queue.wait(job('a'), {Priority::low, 1000});
  queue.wait(job('h'), {Priority::high, 1000});
  queue.wait(job('b'), {Priority::normal, 1000});
  queue.change_priority(job('a'), Priority::high);
  queue.change_priority(job('b'), Priority::normal);
  EXPECT_EQ(granted(queue), "hab");
}

TEST(RunQueue, changed_priority_moves_between_the_kinds_while_waiting) {
  RunQueue queue({1, 1});
  queue.wait(job('a'), {Priority::normal, 1000});
  queue.wait(job('b'), {Priority::normal, 1000});
  EXPECT_EQ(granted(queue), "a");
  queue.change_priority(job('b'), Priority::foreground);
  EXPECT_EQ(granted(queue), "b");
}

TEST(RunQueue, changed_priority_while_running_takes_the_place_along) {
  RunQueue queue({1, 1});
  queue.wait(job('a'), {Priority::normal, 1000});
  queue.wait(job('b'), {Priority::normal, 1000});
  EXPECT_EQ(granted(queue), "a");
  queue.change_priority(job('a'), Priority::foreground);
  EXPECT_EQ(granted(queue), "b") << "its background place is free";
  queue.wait(job('f'), {Priority::foreground, 1000});
  EXPECT_EQ(granted(queue), "") << "it holds the foreground place";
  queue.leave(job('a'));
  EXPECT_EQ(granted(queue), "f");
}

TEST(RunQueue, runs_on_above_the_limit_after_a_change_of_priority) {
  RunQueue queue({1, 1});
  queue.wait(job('f'), {Priority::foreground, 1000});
  queue.wait(job('a'), {Priority::normal, 1000});
  queue.wait(job('g'), {Priority::foreground, 1000});
  EXPECT_EQ(granted(queue), "fa");
  queue.change_priority(job('a'), Priority::foreground);
  queue.leave(job('f'));
  EXPECT_EQ(granted(queue), "") << "the other one still holds the only place";
  queue.leave(job('a'));
  EXPECT_EQ(granted(queue), "g");
}

TEST(RunQueue, whose_owner_is_away_keeps_his_place_and_holds_up_nobody) {
  RunQueue queue({0, 1});
  queue.wait(job('a'), {Priority::normal, 1000});
  queue.wait(job('b'), {Priority::normal, 1001});
  queue.wait(job('c'), {Priority::normal, 1000});
  EXPECT_EQ(queue.use({std::set<uid_t>{1001}}), (std::vector<JobId>{job('a'), job('c')}));
  EXPECT_TRUE(queue.awaits_owner(job('a')));
  EXPECT_FALSE(queue.awaits_owner(job('b')));
  EXPECT_TRUE(queue.use({std::set<uid_t>{1001, 1002}}).empty()) << "neither came nor went";
  EXPECT_EQ(queue.use({}), (std::vector<JobId>{job('a'), job('c')}));
  EXPECT_EQ(granted(queue), "a") << "before the others, as he had come";
}

TEST(RunQueue, who_comes_to_wait_while_he_is_away_waits_for_himself) {
  RunQueue queue({0, 9});
  EXPECT_TRUE(queue.use({std::set<uid_t>{}}).empty());
  queue.wait(job('a'), {Priority::low, 1000});
  queue.wait(job('b'), {Priority::low, 999});  // the system's own accounts are always there
  queue.change_priority(job('a'), Priority::high);
  EXPECT_EQ(granted(queue), "b");
  EXPECT_TRUE(queue.awaits_owner(job('a')));
  queue.leave(job('a'));
  EXPECT_FALSE(queue.awaits_owner(job('a')));
  EXPECT_TRUE(queue.use({std::set<uid_t>{1000}}).empty()) << "he has nothing here any more";
}

TEST(RunQueue, who_goes_while_he_runs_gives_his_place_back_when_he_waits_again) {
  RunQueue queue({0, 1});
  queue.wait(job('a'), {Priority::normal, 1000});
  queue.wait(job('b'), {Priority::normal, 1001});
  EXPECT_EQ(granted(queue), "a");
  EXPECT_EQ(queue.use({std::set<uid_t>{1001}}), std::vector<JobId>{job('a')});
  EXPECT_FALSE(queue.awaits_owner(job('a'))) << "it runs until it is stopped";
  queue.wait(job('a'), {Priority::normal, 1000});
  EXPECT_TRUE(queue.awaits_owner(job('a')));
  EXPECT_EQ(granted(queue), "b");
}

TEST(RunQueue, a_job_with_a_new_owner_waits_for_that_one) {
  RunQueue queue({0, 9});
  (void)queue.use({std::set<uid_t>{1001}});
  queue.wait(job('a'), {Priority::normal, 1000});
  queue.wait(job('b'), {Priority::normal, 1001});
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
  for (const JobId& id : {first, second, third}) queue.wait(id, {Priority::normal, 1000});
  EXPECT_EQ(queue.grant({}), first);
  EXPECT_EQ(queue.grant({}), std::nullopt);
  queue.lend_place(first);
  EXPECT_TRUE(queue.holding_places().empty());
  EXPECT_EQ(queue.grant({}), second);
  queue.lend_place(first);
  queue.change_priority(first, Priority::foreground);
  queue.leave(first);
  EXPECT_EQ(queue.grant({}), std::nullopt);  // its end frees nothing: the place is the second one's
  EXPECT_EQ(queue.holding_places(), std::vector<JobId>{second});
  queue.leave(second);
  EXPECT_EQ(queue.grant({}), third);
}

// ---- Time slices, and who makes room ----

using std::chrono::seconds;

Clock::time_point at(std::int64_t second) { return Clock::time_point(seconds(second)); }

Contender to(const std::string& host, Priority priority = Priority::normal) { return {priority, 1000, {host, false}}; }

// As the engine does: all that may run now, each revoked one giving its place to the next. Names in capitals made room.
std::string moved(RunQueue& queue, Clock::time_point now) {
  std::string names;
  for (;;) {
    while (const auto id = queue.grant(now)) names += static_cast<char>(id->bytes[15]);
    const auto id = queue.revoke(now);
    if (!id) return names;
    names += static_cast<char>(id->bytes[15] - 'a' + 'A');
  }
}

TEST(RunQueue, higher_priority_takes_the_place_of_the_least_important_at_once) {
  RunQueue queue({1, 2});
  queue.wait(job('l'), to("a", Priority::low));
  EXPECT_EQ(moved(queue, at(0)), "l");
  queue.wait(job('n'), to("b"));
  EXPECT_EQ(moved(queue, at(1)), "n");
  queue.wait(job('h'), to("c", Priority::high));
  EXPECT_EQ(moved(queue, at(2)), "Lh");
  queue.wait(job('m'), to("c", Priority::high));
  EXPECT_EQ(moved(queue, at(3)), "Nm");
  queue.wait(job('k'), to("d", Priority::low));
  queue.leave(job('h'));
  EXPECT_EQ(moved(queue, at(4)), "n");
  queue.leave(job('m'));
  EXPECT_EQ(moved(queue, at(5)), "l") << "whoever made room for a better one is the next of its own";
}

TEST(RunQueue, foreground_has_one_level_and_a_lower_one_pushes_nobody_away) {
  RunQueue queue({1, 1});
  queue.wait(job('f'), to("a", Priority::foreground));
  queue.wait(job('h'), to("a", Priority::high));
  EXPECT_EQ(moved(queue, at(0)), "fh");
  queue.wait(job('g'), to("a", Priority::foreground));
  queue.wait(job('n'), to("a", Priority::normal));
  EXPECT_EQ(moved(queue, at(299)), "");
  EXPECT_EQ(moved(queue, at(9999)), "Fg") << "its time was over, and g waited; n is less important than h";
}

TEST(RunQueue, equals_take_turns_when_their_time_is_over) {
  RunQueue queue({1, 1});
  for (const char name : {'a', 'b', 'c'}) queue.wait(job(name), to("one"));
  EXPECT_EQ(moved(queue, at(0)), "a");
  EXPECT_EQ(moved(queue, at(299)), "");
  EXPECT_EQ(moved(queue, at(300)), "Ab");
  EXPECT_EQ(moved(queue, at(599)), "");
  EXPECT_EQ(moved(queue, at(600)), "Bc");
  EXPECT_EQ(moved(queue, at(900)), "Ca");
  queue.leave(job('b'));
  queue.leave(job('c'));
  EXPECT_EQ(moved(queue, at(99'999)), "") << "nobody waits";
}

TEST(RunQueue, one_host_leaves_room_for_others_and_takes_all_where_there_are_none) {
  RunQueue queue({1, 4});
  for (const char name : {'a', 'b', 'c', 'd', 'e'}) queue.wait(job(name), to("slow"));
  EXPECT_EQ(moved(queue, at(0)), "abcd");
  queue.wait(job('x'), to("other"));
  EXPECT_EQ(moved(queue, at(1)).size(), 2U);
  queue.wait(job('y'), to("third"));
  EXPECT_EQ(moved(queue, at(2)).size(), 2U);
  queue.wait(job('z'), to("fourth"));
  EXPECT_EQ(moved(queue, at(3)), "") << "half of the places stay the first one's";
  queue.leave(job('x'));
  EXPECT_EQ(moved(queue, at(4)), "z");
  queue.leave(job('y'));
  queue.leave(job('z'));
  EXPECT_EQ(moved(queue, at(5)).size(), 2U);
}

TEST(RunQueue, a_host_in_trouble_has_the_places_that_it_is_left) {
  RunQueue queue({1, 4});
  queue.limit("dead", 1);
  for (const char name : {'a', 'b', 'c'}) queue.wait(job(name), to("dead"));
  EXPECT_EQ(moved(queue, at(0)), "a");
  EXPECT_FALSE(queue.contended()) << "nobody else could run, whatever room there was";
  queue.wait(job('x'), to("good"));
  EXPECT_EQ(moved(queue, at(1)), "x");
  queue.lend_place(job('a'));
  EXPECT_EQ(moved(queue, at(2)), "b") << "the first one stands still";
  queue.limit("dead", 0);
  queue.leave(job('b'));
  EXPECT_EQ(moved(queue, at(3)), "");
  EXPECT_EQ(queue.waiting_for("dead"), std::vector<JobId>{job('c')});
  queue.limit("dead", {});
  EXPECT_EQ(moved(queue, at(4)), "c");
  EXPECT_TRUE(queue.waiting_for("nowhere").empty());
}

TEST(RunQueue, a_host_that_is_limited_takes_nobodys_turn) {
  RunQueue queue({1, 1});
  queue.wait(job('a'), to("good"));
  EXPECT_EQ(moved(queue, at(0)), "a");
  queue.limit("closed", 0);
  queue.wait(job('b'), to("closed", Priority::high));
  EXPECT_EQ(moved(queue, at(1000)), "");
}

TEST(RunQueue, without_a_network_only_this_machine_is_asked) {
  RunQueue queue({1, 4});
  queue.set_network(false);
  EXPECT_FALSE(queue.has_network());
  queue.wait(job('a'), to("far"));
  queue.wait(job('b'), {Priority::normal, 1000, {"near", true}});
  EXPECT_EQ(moved(queue, at(0)), "b");
  EXPECT_TRUE(queue.awaits_network(job('a')));
  EXPECT_FALSE(queue.awaits_network(job('b')));
  EXPECT_EQ(queue.waiting_for_network(), std::vector<JobId>{job('a')});
  queue.set_network(true);
  EXPECT_FALSE(queue.awaits_network(job('a')));
  EXPECT_EQ(moved(queue, at(1)), "a");
}

TEST(RunQueue, a_new_address_moves_a_waiting_job_to_its_host) {
  RunQueue queue({1, 4});
  queue.limit("closed", 0);
  queue.wait(job('a'), to("closed"));
  EXPECT_EQ(moved(queue, at(0)), "");
  queue.wait(job('a'), to("open"));
  ASSERT_NE(queue.host_of(job('a')), nullptr);
  EXPECT_EQ(queue.host_of(job('a'))->key, "open");
  EXPECT_EQ(moved(queue, at(0)), "a");
  queue.leave(job('a'));
  EXPECT_EQ(queue.host_of(job('a')), nullptr);
}

// Jobs that never end come at random, to random hosts, some of which are at their limit. Nobody of a level may wait for
// longer than it takes all of that level that could be before him to have a slice each, one after the other.
TEST(RunQueue, nobody_is_forgotten_whatever_comes) {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::minstd_rand chance(seed);
    const int places = 1 + static_cast<int>(chance() % 4);
    RunQueue queue({places, places});
    std::map<JobId, std::int64_t> waits_since;
    std::map<JobId, Priority> all;
    const auto note = [&](const std::string& names, std::int64_t now) {
      for (const char name : names) {
        const bool made_room = name >= 'A' && name <= 'Z';
        const JobId id = job(made_room ? static_cast<char>(name - 'A' + 'a') : name);
        made_room ? (void)(waits_since[id] = now) : (void)waits_since.erase(id);
      }
    };
    const int jobs = 2 + static_cast<int>(chance() % 20);
    // Of one level each time: a lower one waits for as long as there is a higher one, as it is meant to be.
    const Priority level = chance() % 2 == 0 ? Priority::normal : Priority::foreground;
    std::int64_t now = 0;
    for (int i = 0; i < jobs; ++i) {
      now += static_cast<std::int64_t>(chance() % 200);
      const JobId id = job(static_cast<char>('a' + i));
      all[id] = level;
      waits_since[id] = now;
      queue.wait(id, to(std::string(1, static_cast<char>('A' + chance() % 5)), level));
      note(moved(queue, at(now)), now);
    }
    const std::int64_t longest = 300 * jobs + jobs;
    for (int step = 0; step < 1000; ++step) {
      now += 1 + static_cast<std::int64_t>(chance() % 60);
      if (chance() % 40 == 0) {  // stands still, or is looked at by its program
        const auto held = queue.holding_places();
        if (!held.empty()) queue.change_priority(held[chance() % held.size()], level);
      }
      note(moved(queue, at(now)), now);
      ASSERT_EQ(queue.holding_places().size(), std::min<std::size_t>(all.size(), static_cast<std::size_t>(places)));
      for (const auto& [id, since] : waits_since) {
        ASSERT_LE(now - since, longest + 60 * jobs) << static_cast<char>(id.bytes[15]);
      }
    }
  }
}

}  // namespace
}  // namespace dosvc
