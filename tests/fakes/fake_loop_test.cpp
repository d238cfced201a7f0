#include "fakes/fake_loop.h"

#include <gtest/gtest.h>

#include <string>

namespace dosvc {
namespace {

using namespace std::chrono_literals;
using Happened = std::vector<std::string>;

class FakeLoopTest : public ::testing::Test {
 protected:
  std::function<void()> note(std::string what) {
    return [this, what] { happened_.push_back(what); };
  }

  FakeLoop loop_;
  const Clock::time_point start_ = loop_.now();
  Happened happened_;
};

TEST_F(FakeLoopTest, does_nothing_by_itself) {
  loop_.post(note("posted"));
  Timer timer = loop_.after(0s, note("timer"));
  EXPECT_TRUE(happened_.empty());
  loop_.run_until_idle();
  EXPECT_EQ(happened_, (Happened{"posted", "timer"}));
  EXPECT_EQ(loop_.now(), start_);
}

TEST_F(FakeLoopTest, runs_a_call_posted_from_a_call_after_those_already_waiting) {
  loop_.post([&] { loop_.post(note("inside")); });
  loop_.post(note("second"));
  loop_.run_until_idle();
  EXPECT_EQ(happened_, (Happened{"second", "inside"}));
}

TEST_F(FakeLoopTest, moves_time_through_each_timer_in_order) {
  std::vector<Clock::duration> times;
  const auto note_time = [&] { times.push_back(loop_.now() - start_); };
  Timer late = loop_.after(30s, note_time);
  Timer early = loop_.after(10s, [&] {
    note_time();
    loop_.post(note_time);
  });
  Timer too_late = loop_.after(61s, note_time);
  loop_.advance(60s);
  EXPECT_EQ(times, (std::vector<Clock::duration>{10s, 10s, 30s}));
  EXPECT_EQ(loop_.now() - start_, 60s);
  EXPECT_EQ(loop_.timer_count(), 1U);
  EXPECT_EQ(*loop_.next_timer() - start_, 61s);
  loop_.advance(1s);
  EXPECT_EQ(times.size(), 4U);
  EXPECT_FALSE(loop_.next_timer());
}

TEST_F(FakeLoopTest, comes_to_timers_made_on_the_way) {
  int ticks = 0;
  Timer timer;
  std::function<void()> tick = [&] {
    ++ticks;
    timer = loop_.after(1s, tick);
  };
  timer = loop_.after(1s, tick);
  loop_.advance(10s);
  EXPECT_EQ(ticks, 10);
}

TEST_F(FakeLoopTest, calls_timers_of_one_time_in_the_order_made) {
  Timer a = loop_.after(1s, note("a"));
  Timer b = loop_.after(1s, note("b"));
  Timer c = loop_.after(-1s, note("past"));
  loop_.advance(1s);
  EXPECT_EQ(happened_, (Happened{"past", "a", "b"}));
}

TEST_F(FakeLoopTest, keeps_a_timer_with_no_end_for_ever) {
  Timer never = loop_.after(Clock::duration::max(), note("never"));
  loop_.advance(24h * 365);
  EXPECT_TRUE(happened_.empty());
}

TEST_F(FakeLoopTest, lets_a_timer_drop_itself_and_its_neighbours) {
  Timer own;
  Timer neighbour;
  auto held = std::make_shared<std::string>("still here");
  own = loop_.after(1s, [&, held] {
    own.reset();
    neighbour.reset();
    happened_.push_back(*held);
  });
  neighbour = loop_.after(1s, note("neighbour"));
  loop_.advance(1s);
  EXPECT_EQ(happened_, (Happened{"still here"}));
  EXPECT_EQ(loop_.timer_count(), 0U);
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(FakeLoopTest, gives_watches_the_readiness_they_asked_for) {
  std::vector<Interest> seen;
  Watch reader = loop_.watch(3, Interest::readable, [&](Interest ready) { seen.push_back(ready); });
  Watch both = loop_.watch(3, Interest::both, [&](Interest ready) { seen.push_back(ready); });
  Watch other = loop_.watch(4, Interest::both, [&](Interest ready) { seen.push_back(ready); });
  EXPECT_EQ(loop_.watched(3), Interest::both);
  EXPECT_EQ(loop_.watched(5), Interest::none);
  loop_.make_ready(3, Interest::both);
  loop_.run_until_idle();
  EXPECT_EQ(seen, (std::vector<Interest>{Interest::readable, Interest::both}));
  seen.clear();
  loop_.make_ready(3, Interest::writable);
  loop_.run_until_idle();
  EXPECT_EQ(seen, (std::vector<Interest>{Interest::writable}));
}

TEST_F(FakeLoopTest, forgets_a_watch_that_was_dropped) {
  Watch first;
  Watch second;
  first = loop_.watch(3, Interest::readable, [&](Interest) {
    first.reset();
    second.reset();
    happened_.push_back("first");
  });
  second = loop_.watch(3, Interest::readable, [&](Interest) { happened_.push_back("second"); });
  loop_.make_ready(3, Interest::readable);
  loop_.run_until_idle();
  EXPECT_EQ(happened_, (Happened{"first"}));
  EXPECT_EQ(loop_.watch_count(), 0U);
}

TEST_F(FakeLoopTest, takes_calls_from_other_threads) {
  int ran = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      EXPECT_FALSE(loop_.on_loop_thread());
      for (int i = 0; i < 500; ++i) loop_.post([&] { ++ran; });
    });
  }
  for (auto& thread : threads) thread.join();
  loop_.run_until_idle();
  EXPECT_EQ(ran, 2000);
  EXPECT_TRUE(loop_.on_loop_thread());
}

TEST(FakeLoop, may_go_before_its_handles) {
  Timer timer;
  Watch watch;
  auto held = std::make_shared<int>(0);
  {
    FakeLoop loop;
    timer = loop.after(1s, [held] {});
    watch = loop.watch(3, Interest::readable, [held](Interest) {});
    loop.post([held] {});
  }
  EXPECT_EQ(held.use_count(), 1);
  timer.reset();
  watch.reset();
}

TEST(FakeLoopDeathTest, ends_a_test_that_never_comes_to_rest) {
  FakeLoop loop;
  std::function<void()> again = [&] { loop.post(again); };
  loop.post(again);
  EXPECT_DEATH(loop.run_until_idle(), "1,000,000 calls");
}

}  // namespace
}  // namespace dosvc
