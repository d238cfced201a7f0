#include "base/sd_event_loop.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace dosvc {
namespace {

using namespace std::chrono_literals;

std::chrono::nanoseconds time_used() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

// Each test runs the loop on its own thread, with a timer that ends it should nothing else do.
class SdEventLoopTest : public ::testing::Test {
 protected:
  void run() {
    Timer bound = loop_->after(20s, [this] {
      ADD_FAILURE() << "the loop was not stopped";
      loop_->stop();
    });
    loop_->run();
  }
  void run_posted() {
    loop_->stop();
    run();
  }
  std::function<void()> note(std::string what) {
    return [this, what] { happened_.push_back(what); };
  }
  std::array<UniqueFd, 2> socket_pair() {
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
    return {UniqueFd(fds[0]), UniqueFd(fds[1])};
  }

  std::unique_ptr<SdEventLoop> loop_ = SdEventLoop::create().take();
  std::vector<std::string> happened_;
};

using Happened = std::vector<std::string>;

TEST_F(SdEventLoopTest, runs_posted_calls_in_the_order_given) {
  for (const char* each : {"a", "b", "c"}) loop_->post(note(each));
  EXPECT_TRUE(happened_.empty());
  run_posted();
  EXPECT_EQ(happened_, (Happened{"a", "b", "c"}));
}

TEST_F(SdEventLoopTest, runs_a_call_posted_from_a_call_after_those_already_waiting) {
  loop_->post([&] {
    loop_->post([&] {
      happened_.push_back("posted inside");
      loop_->stop();
    });
    happened_.push_back("first");
  });
  loop_->post(note("second"));
  run();
  EXPECT_EQ(happened_, (Happened{"first", "second", "posted inside"}));
}

TEST_F(SdEventLoopTest, gives_timers_their_turn_between_calls_that_post_themselves) {
  std::function<void()> again = [&] { loop_->post(again); };
  loop_->post(again);
  Timer timer = loop_->after(1ms, [&] { loop_->stop(); });
  run();
  loop_.reset();  // drops the one still waiting
}

TEST_F(SdEventLoopTest, takes_calls_from_many_threads) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 2000;
  int ran = 0;
  std::array<int, kThreads> last{};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 1; i <= kCalls; ++i) {
        loop_->post([&, t, i] {
          EXPECT_EQ(last[static_cast<std::size_t>(t)]++, i - 1);
          if (++ran == kThreads * kCalls) loop_->stop();
        });
      }
    });
  }
  run();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(ran, kThreads * kCalls);
}

TEST_F(SdEventLoopTest, stops_when_another_thread_says_so) {
  std::thread other([&] { loop_->stop(); });
  run();
  other.join();
}

TEST_F(SdEventLoopTest, can_run_again_after_it_was_stopped) {
  loop_->post(note("first"));
  run_posted();
  EXPECT_EQ(happened_, (Happened{"first"}));
  loop_->post(note("second"));
  run_posted();
  EXPECT_EQ(happened_, (Happened{"first", "second"}));
}

TEST_F(SdEventLoopTest, belongs_to_its_maker_until_another_thread_runs_it) {
  EXPECT_TRUE(loop_->on_loop_thread());
  std::thread other([&] {
    EXPECT_FALSE(loop_->on_loop_thread());
    loop_->post([&] { EXPECT_TRUE(loop_->on_loop_thread()); });
    loop_->stop();
    loop_->run();
  });
  other.join();
  EXPECT_FALSE(loop_->on_loop_thread());
}

TEST_F(SdEventLoopTest, calls_timers_in_the_order_of_their_times_and_never_early) {
  const auto start = loop_->now();
  Timer past = loop_->after(-1h, note("at once"));
  Timer early = loop_->after(2ms, [&] {
    EXPECT_GE(loop_->now() - start, 2ms);
    happened_.push_back("2 ms");
  });
  Timer late = loop_->after(6ms, [&] {
    EXPECT_GE(loop_->now() - start, 6ms);
    happened_.push_back("6 ms");
    loop_->stop();
  });
  Timer never = loop_->after(Clock::duration::max(), note("never"));
  run();
  EXPECT_EQ(happened_, (Happened{"at once", "2 ms", "6 ms"}));
}

TEST_F(SdEventLoopTest, calls_timers_in_order_also_when_all_are_late) {
  std::vector<Timer> timers;
  auto start = loop_->now();
  do {  // again if we were held up so long while making them that their order is another
    timers.clear();
    start = loop_->now();
    for (int i = 5; i > 0; --i) timers.push_back(loop_->after(i * 2ms, note(std::to_string(i))));
  } while (loop_->now() - start > 2ms);
  while (loop_->now() - start < 13ms) {
  }
  Timer end = loop_->after(0ms, [&] { loop_->stop(); });
  run();
  EXPECT_EQ(happened_, (Happened{"1", "2", "3", "4", "5"}));
}

TEST_F(SdEventLoopTest, gives_posted_calls_their_turn_between_timers_that_set_themselves_again) {
  Timer timer;
  std::function<void()> again = [&] { timer = loop_->after(0ms, again); };
  timer = loop_->after(0ms, [&] {
    loop_->stop();
    again();
  });
  run();
}

// sd-event's default would let ten timers of 1 ms take up to 2.5 s.
TEST_F(SdEventLoopTest, gives_timers_their_turn_beside_a_descriptor_that_is_always_ready_and_sets_timers) {
  const auto sockets = socket_pair();
  Timer moved;
  int rounds = 0;
  const Watch watch = loop_->watch(sockets[0].get(), Interest::writable, [&](Interest) {
    moved = loop_->after(1h, [] {});
    if (++rounds == 100'000) loop_->stop();
  });
  Timer timer = loop_->after(1ms, [&] {
    note("timer")();
    loop_->stop();
  });
  run();
  EXPECT_EQ(happened_, (Happened{"timer"}));
}

TEST_F(SdEventLoopTest, calls_timers_without_much_delay) {
  Timer timer;
  int left = 10;
  std::function<void()> next = [&] {
    if (left-- == 0) return loop_->stop();
    timer = loop_->after(1ms, next);
  };
  const auto start = loop_->now();
  next();
  run();
  EXPECT_LT(loop_->now() - start, 1s);
}

TEST_F(SdEventLoopTest, tells_fresh_time_inside_a_callback) {
  loop_->post([&] {
    const auto start = loop_->now();
    while (loop_->now() == start) {
    }
  });
  run_posted();
}

TEST_F(SdEventLoopTest, forgets_a_timer_that_was_dropped) {
  Timer dropped = loop_->after(1ms, note("dropped"));
  Timer replaced = loop_->after(1ms, note("replaced"));
  dropped.reset();
  replaced = loop_->after(2ms, note("replacement"));
  Timer end = loop_->after(4ms, [&] { loop_->stop(); });
  run();
  EXPECT_EQ(happened_, (Happened{"replacement"}));
}

TEST_F(SdEventLoopTest, lets_a_timer_drop_itself_and_its_neighbours) {
  std::optional<Timer> own;
  Timer neighbour;
  auto held = std::make_shared<std::string>("still here");
  own = loop_->after(2ms, [&, held] {
    own.reset();
    neighbour.reset();
    happened_.push_back(*held);  // the call outlives its handle
    loop_->stop();
  });
  neighbour = loop_->after(2ms, [&] {
    own.reset();
    neighbour.reset();
    happened_.push_back("still here");
    loop_->stop();
  });
  run();
  EXPECT_EQ(happened_, (Happened{"still here"}));
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(SdEventLoopTest, lets_a_timer_set_itself_again) {
  Timer timer;
  int count = 0;
  std::function<void()> tick = [&] {
    if (++count == 3) return loop_->stop();
    timer = loop_->after(0ms, tick);
  };
  timer = loop_->after(0ms, tick);
  run();
  EXPECT_EQ(count, 3);
}

TEST_F(SdEventLoopTest, lets_go_of_a_timers_call_when_it_has_run) {
  auto held = std::make_shared<int>(0);
  Timer timer = loop_->after(0ms, [&, held] { loop_->stop(); });
  run();
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(SdEventLoopTest, tells_when_a_descriptor_can_be_read_and_written) {
  auto [ours, theirs] = socket_pair();
  Watch watch;
  watch = loop_->watch(ours.get(), Interest::both, [&, &theirs = theirs](Interest ready) {
    happened_.push_back(ready == Interest::both ? "both" : ready == Interest::writable ? "write" : "read");
    EXPECT_EQ(::write(theirs.get(), "x", 1), 1);
    if (ready != Interest::both) return;
    watch.reset();
    loop_->stop();
  });
  run();
  EXPECT_EQ(happened_, (Happened{"write", "both"}));
}

TEST_F(SdEventLoopTest, tells_again_while_there_is_more_to_read) {
  auto [ours, theirs] = socket_pair();
  EXPECT_EQ(::write(theirs.get(), "abc", 3), 3);
  Watch watch;
  watch = loop_->watch(ours.get(), Interest::readable, [&, fd = ours.get()](Interest) {
    char c = 0;
    EXPECT_EQ(::read(fd, &c, 1), 1);
    happened_.push_back(std::string(1, c));
    if (c != 'c') return;
    watch.reset();
    loop_->stop();
  });
  run();
  EXPECT_EQ(happened_, (Happened{"a", "b", "c"}));
}

TEST_F(SdEventLoopTest, reports_a_hang_up_as_what_was_asked_for) {
  for (Interest interest : {Interest::readable, Interest::writable, Interest::both}) {
    auto [ours, theirs] = socket_pair();
    theirs.reset();
    Watch watch = loop_->watch(ours.get(), interest, [&](Interest ready) {
      EXPECT_EQ(ready, interest);
      loop_->stop();
    });
    run();
  }
}

// A pipe that hangs up isn't readable for epoll, only hung up.
TEST_F(SdEventLoopTest, reports_the_end_of_a_pipe) {
  int fds[2];
  ASSERT_EQ(::pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
  UniqueFd reading(fds[0]);
  ::close(fds[1]);
  Watch watch = loop_->watch(reading.get(), Interest::readable, [&](Interest ready) {
    EXPECT_EQ(ready, Interest::readable);
    watch.reset();
    loop_->stop();
  });
  run();
}

TEST_F(SdEventLoopTest, sleeps_without_interest_in_a_descriptor_that_hung_up) {
  auto [ours, theirs] = socket_pair();
  theirs.reset();
  Watch watch = loop_->watch(ours.get(), Interest::none, [&](Interest) { happened_.push_back("called"); });
  Timer end = loop_->after(40ms, [&] { loop_->stop(); });
  const auto before = time_used();
  run();
  EXPECT_LT(time_used() - before, 10ms);
  EXPECT_TRUE(happened_.empty());
}

TEST_F(SdEventLoopTest, lets_a_watch_be_replaced_by_another_on_the_same_descriptor) {
  auto [ours, theirs] = socket_pair();
  Watch watch = loop_->watch(ours.get(), Interest::writable, [&](Interest) { happened_.push_back("old"); });
  watch = loop_->watch(ours.get(), Interest::readable, [&, fd = ours.get()](Interest) {
    char c = 0;
    EXPECT_EQ(::read(fd, &c, 1), 1);
    happened_.push_back("new");
    loop_->stop();
  });
  Timer later = loop_->after(1ms, [fd = theirs.get()] { EXPECT_EQ(::write(fd, "x", 1), 1); });
  run();
  EXPECT_EQ(happened_, (Happened{"new"}));
}

TEST_F(SdEventLoopTest, lets_a_watch_drop_itself_and_its_neighbours) {
  auto [a, b] = socket_pair();
  Watch first;
  Watch second;
  auto held = std::make_shared<std::string>("still here");
  const auto called = [&, held](Interest) {
    first.reset();
    second.reset();
    happened_.push_back(*held);
  };
  first = loop_->watch(a.get(), Interest::writable, called);
  second = loop_->watch(b.get(), Interest::writable, called);
  Timer end = loop_->after(2ms, [&] { loop_->stop(); });
  run();
  EXPECT_EQ(happened_, (Happened{"still here"}));
}

TEST_F(SdEventLoopTest, reports_a_descriptor_it_cannot_watch_as_ready_once) {
  UniqueFd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  ::testing::internal::CaptureStderr();
  Watch watch = loop_->watch(file.get(), Interest::readable, [&](Interest ready) {
    EXPECT_EQ(ready, Interest::readable);
    happened_.push_back("ready");
  });
  Watch dropped = loop_->watch(file.get(), Interest::readable, [&](Interest) { happened_.push_back("dropped"); });
  dropped.reset();
  run_posted();
  EXPECT_EQ(happened_, (Happened{"ready"}));
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("can't be watched"), std::string::npos);
}

TEST_F(SdEventLoopTest, may_go_before_its_handles) {
  auto [ours, theirs] = socket_pair();
  auto held = std::make_shared<int>(0);
  Timer timer = loop_->after(1h, [held] {});
  Watch watch = loop_->watch(ours.get(), Interest::readable, [held](Interest) {});
  Watch second = loop_->watch(ours.get(), Interest::readable, [held](Interest) {});
  loop_.reset();
  timer.reset();
  watch.reset();
  second.reset();
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(SdEventLoopTest, drops_at_its_end_what_was_never_run) {
  // Its destructor posts once more.
  auto held = std::shared_ptr<int>(new int, [&](const int* number) {
    loop_->post(note("never"));
    delete number;
    happened_.push_back("dropped");
  });
  loop_->post([held = std::move(held)] {});
  auto* going = loop_.get();
  going->~SdEventLoop();
  ::operator delete(loop_.release());
  EXPECT_EQ(happened_, (Happened{"dropped"}));
}

}  // namespace
}  // namespace dosvc
