#include "base/worker_pool.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>

namespace dosvc {
namespace {

constexpr std::chrono::seconds kLong{20};

TEST(WorkerPool, runs_calls_on_other_threads_in_the_order_given) {
  std::vector<int> order;
  std::thread::id worker;
  {
    WorkerPool pool(1, "order");
    for (int i = 0; i < 100; ++i) {
      pool.run([&, i] {
        order.push_back(i);
        worker = std::this_thread::get_id();
      });
    }
  }
  ASSERT_EQ(order.size(), 100U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_NE(worker, std::this_thread::get_id());
}

TEST(WorkerPool, works_on_several_calls_at_once) {
  WorkerPool pool(3, "abreast");
  std::atomic<int> arrived{0};
  std::promise<void> all_here;
  auto done = all_here.get_future().share();
  std::vector<std::future<bool>> met;
  for (int i = 0; i < 3; ++i) {
    auto answer = std::make_shared<std::promise<bool>>();
    met.push_back(answer->get_future());
    pool.run([&, answer, done] {
      if (++arrived == 3) all_here.set_value();
      answer->set_value(done.wait_for(kLong) == std::future_status::ready);
    });
  }
  for (auto& each : met) EXPECT_TRUE(each.get());
}

// Two calls that wait for each other, given to a pool whose only thread so far may be idle.
TEST(WorkerPool, starts_another_thread_where_the_idle_ones_are_too_few) {
  for (int i = 0; i < 50; ++i) {
    WorkerPool pool(2, "meeting");
    std::promise<void> warm;
    pool.run([&] { warm.set_value(); });
    warm.get_future().wait();
    std::promise<void> first_here;
    std::promise<void> second_here;
    auto first = first_here.get_future();
    auto second = second_here.get_future();
    std::promise<bool> met;
    pool.run([&] {
      first_here.set_value();
      met.set_value(second.wait_for(kLong) == std::future_status::ready);
    });
    pool.run([&] {
      first.wait_for(kLong);
      second_here.set_value();
    });
    ASSERT_TRUE(met.get_future().get());
  }
}

TEST(WorkerPool, never_uses_more_threads_than_allowed) {
  std::atomic<int> at_work{0};
  std::atomic<int> most{0};
  {
    WorkerPool pool(2, "bounded");
    for (int i = 0; i < 2000; ++i) {
      pool.run([&] {
        const int now = ++at_work;
        int seen = most.load();
        while (seen < now && !most.compare_exchange_weak(seen, now)) {
        }
        --at_work;
      });
    }
  }
  EXPECT_GE(most, 1);
  EXPECT_LE(most, 2);
}

TEST(WorkerPool, finishes_at_its_end_what_was_queued_and_what_that_queues) {
  std::atomic<int> ran{0};
  {
    WorkerPool pool(2, "ending");
    std::promise<void> begun;
    pool.run([&] {
      begun.set_value();
      for (int i = 0; i < 10; ++i) {
        pool.run([&] {
          ++ran;
          pool.run([&] { ++ran; });
        });
      }
    });
    begun.get_future().wait();
  }
  EXPECT_EQ(ran, 20);
}

TEST(WorkerPool, takes_calls_from_many_threads) {
  std::atomic<int> ran{0};
  {
    WorkerPool pool(4, "many");
    std::vector<std::thread> callers;
    for (int t = 0; t < 4; ++t) {
      callers.emplace_back([&] {
        for (int i = 0; i < 500; ++i) pool.run([&] { ++ran; });
      });
    }
    for (auto& caller : callers) caller.join();
  }
  EXPECT_EQ(ran, 2000);
}

TEST(WorkerPool, never_used_ends_at_once) { WorkerPool pool(0, "idle"); }

TEST(WorkerPool, lets_go_of_a_call_when_it_has_run) {
  WorkerPool pool(1, "release");
  auto held = std::make_shared<int>(1);
  std::promise<bool> gone;
  pool.run([held] {});
  pool.run([&, weak = std::weak_ptr(held)] { gone.set_value(weak.use_count() == 1); });
  EXPECT_TRUE(gone.get_future().get());
}

TEST(WorkerPool, threads_have_a_name_and_take_no_signals) {
  WorkerPool pool(1, "a-name-longer-than-fifteen");
  std::promise<std::string> name;
  sigset_t mask;
  pool.run([&] {
    char text[16] = {};
    pthread_getname_np(pthread_self(), text, sizeof text);
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    name.set_value(text);
  });
  EXPECT_EQ(name.get_future().get(), "a-name-longer-t");
  for (int blocked : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE, SIGUSR1}) EXPECT_TRUE(sigismember(&mask, blocked));
  for (int open : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) EXPECT_FALSE(sigismember(&mask, open));
  sigset_t ours;
  pthread_sigmask(SIG_SETMASK, nullptr, &ours);
  EXPECT_FALSE(sigismember(&ours, SIGTERM));
}

}  // namespace
}  // namespace dosvc
