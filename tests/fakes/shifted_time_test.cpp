#include "fakes/shifted_time.h"

#include <gtest/gtest.h>

#include "base/loop_thread.h"

namespace dosvc {
namespace {

using namespace std::chrono_literals;

class ShiftedTimeTest : public testing::Test {
 protected:
  void SetUp() override {
    thread_->run_and_wait([this] { loop_ = time_.loop_over(thread_->loop()); });
  }
  void TearDown() override {
    thread_->run_and_wait([this] {
      timers_.clear();
      loop_.reset();
    });
  }
  void set(Clock::duration delay, const std::string& name) {
    thread_->run_and_wait([&] { timers_.push_back(loop_->after(delay, [this, name] { happened_.push_back(name); })); });
  }
  std::vector<std::string> happened() {
    return thread_->run_and_wait([this] { return happened_; });
  }

  ShiftedTime time_;
  std::unique_ptr<LoopThread> thread_ = LoopThread::create("shifted").take();
  std::unique_ptr<Loop> loop_;
  std::vector<Timer> timers_;
  std::vector<std::string> happened_;
};

using Names = std::vector<std::string>;

TEST_F(ShiftedTimeTest, what_is_due_after_a_move_has_been_called_when_it_returns) {
  set(2h, "late");
  set(1h, "early");
  set(3h, "too late");
  const auto before = loop_->now();
  const auto wall_before = time_.wall_now();
  time_.move(150min);
  EXPECT_EQ(happened(), (Names{"early", "late"}));
  EXPECT_GE(loop_->now() - before, 150min);
  EXPECT_GE(time_.wall_now() - wall_before, 150min);
  time_.move(31min);
  EXPECT_EQ(happened(), (Names{"early", "late", "too late"}));
}

TEST_F(ShiftedTimeTest, a_timer_that_was_dropped_stays_dropped) {
  set(1h, "never");
  thread_->run_and_wait([this] { timers_.clear(); });
  time_.move(2h);
  EXPECT_EQ(happened(), Names{});
}

TEST_F(ShiftedTimeTest, a_timer_made_afterwards_counts_from_then) {
  time_.move(24h);
  set(1h, "later");
  time_.move(30min);
  EXPECT_EQ(happened(), Names{});
  time_.move(31min);
  EXPECT_EQ(happened(), Names{"later"});
}

}  // namespace
}  // namespace dosvc
