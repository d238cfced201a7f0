#include "base/loop_thread.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <atomic>
#include <memory>
#include <string>

namespace dosvc {
namespace {

using namespace std::chrono_literals;

TEST(LoopThread, runs_its_loop_on_a_thread_of_its_own) {
  auto thread = LoopThread::create("dosvc-test").take();
  EXPECT_FALSE(thread->loop().on_loop_thread());
  EXPECT_TRUE(thread->run_and_wait([&] { return thread->loop().on_loop_thread(); }));
  const auto name = thread->run_and_wait([] {
    char text[16] = {};
    pthread_getname_np(pthread_self(), text, sizeof text);
    return std::string(text);
  });
  EXPECT_EQ(name, "dosvc-test");
}

TEST(LoopThread, takes_no_signals) {
  auto thread = LoopThread::create("quiet").take();
  sigset_t mask;
  thread->run_and_wait([&] { pthread_sigmask(SIG_SETMASK, nullptr, &mask); });
  for (int blocked : {SIGINT, SIGTERM, SIGCHLD, SIGPIPE}) EXPECT_TRUE(sigismember(&mask, blocked));
}

TEST(LoopThread, waits_for_what_only_moves) {
  auto thread = LoopThread::create("move").take();
  auto answer = thread->run_and_wait([] { return std::make_unique<int>(7); });
  EXPECT_EQ(*answer, 7);
}

TEST(LoopThread, runs_at_once_what_it_asks_of_itself) {
  auto thread = LoopThread::create("self").take();
  EXPECT_EQ(thread->run_and_wait([&] { return thread->run_and_wait([] { return 3; }); }), 3);
}

TEST(LoopThread, runs_what_was_posted_before_its_end) {
  std::atomic<int> ran{0};
  {
    auto thread = LoopThread::create("end").take();
    for (int i = 0; i < 1000; ++i) thread->loop().post([&] { ++ran; });
  }
  EXPECT_EQ(ran, 1000);
}

TEST(LoopThread, can_come_and_go_many_times) {
  for (int i = 0; i < 50; ++i) {
    auto thread = LoopThread::create("again").take();
    thread->loop().post([] {});
  }
}

TEST(LoopThread, serves_many_threads_that_wait) {
  auto thread = LoopThread::create("served").take();
  int sum = 0;  // written on the loop's thread only
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t) {
    callers.emplace_back([&] {
      for (int i = 0; i < 250; ++i) thread->run_and_wait([&] { ++sum; });
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(thread->run_and_wait([&] { return sum; }), 1000);
}

// A wake-up that isn't taken note of would turn the loop round and round until the timer comes.
TEST(LoopThread, uses_no_time_while_it_has_nothing_to_do) {
  auto thread = LoopThread::create("idle").take();
  const auto time_used = [] {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
  };
  std::promise<std::chrono::nanoseconds> while_idle;
  Timer timer;
  thread->run_and_wait([&] {
    timer = thread->loop().after(60ms, [&, before = time_used()] { while_idle.set_value(time_used() - before); });
  });
  EXPECT_LT(while_idle.get_future().get(), 10ms);
  thread->run_and_wait([&] { timer.reset(); });
}

}  // namespace
}  // namespace dosvc
