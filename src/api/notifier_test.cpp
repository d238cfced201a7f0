#include "api/notifier.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <string>
#include <vector>

namespace dosvc {
namespace {

// Counts who is in and who is through, and holds them until it is opened. Notifiers live for ever, as that of the
// process.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0;
  int most = 0;
  int through = 0;
  bool open = false;

  void pass() {
    std::unique_lock lock(mutex);
    most = std::max(most, ++inside);
    changed.notify_all();
    changed.wait(lock, [&] { return open; });
    --inside;
    ++through;
    changed.notify_all();
  }
  void open_for_all() {
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
  template <class Predicate>
  bool wait(Predicate so) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20), so);
  }
};

Notifier& new_notifier() {
  static auto* const all = new std::vector<std::unique_ptr<Notifier>>;
  return *all->emplace_back(std::make_unique<Notifier>());
}

TEST(Notifier, runs_four_at_once_and_the_others_after_them) {
  Notifier& notifier = new_notifier();
  auto gate = std::make_shared<Gate>();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(notifier.post([gate] { gate->pass(); }));
  EXPECT_TRUE(gate->wait([&] { return gate->inside == 4; }));
  gate->open_for_all();
  EXPECT_TRUE(gate->wait([&] { return gate->through == 10; }));
  EXPECT_EQ(gate->most, 4);
}

TEST(Notifier, goes_on_after_it_was_idle) {
  Notifier& notifier = new_notifier();
  auto gate = std::make_shared<Gate>();
  gate->open = true;
  for (int i = 1; i <= 50; ++i) {
    ASSERT_TRUE(notifier.post([gate] { gate->pass(); }));
    ASSERT_TRUE(gate->wait([&] { return gate->through == i; }));
  }
}

TEST(Notifier, its_threads_have_a_name_and_take_no_signals) {
  auto gate = std::make_shared<Gate>();
  gate->open = true;
  char name[16] = {};
  sigset_t mask;
  ASSERT_TRUE(new_notifier().post([&, gate] {
    pthread_getname_np(pthread_self(), name, sizeof name);
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    gate->pass();
  }));
  ASSERT_TRUE(gate->wait([&] { return gate->through == 1; }));
  EXPECT_EQ(std::string(name), "dosvc-notify");
  EXPECT_TRUE(sigismember(&mask, SIGTERM));
}

TEST(Notifier, begins_nothing_once_the_process_exits) {
  Notifier& notifier = new_notifier();
  auto gate = std::make_shared<Gate>();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(notifier.post([gate] { gate->pass(); }));
  ASSERT_TRUE(gate->wait([&] { return gate->inside == 4; }));
  notifier.stop();
  EXPECT_FALSE(notifier.post([gate] { gate->pass(); }));
  gate->open_for_all();
  EXPECT_TRUE(gate->wait([&] { return gate->through == 4; }));
  const std::lock_guard lock(gate->mutex);
  EXPECT_EQ(gate->through, 4);
}

}  // namespace
}  // namespace dosvc
