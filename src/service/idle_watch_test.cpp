#include "service/idle_watch.h"

#include <gtest/gtest.h>

#include "fakes/fake_loop.h"

namespace dosvc::service {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class Idle : public testing::Test {
 protected:
  FakeLoop loop_;
  bool idle_ = true;
  int asked_ = 0;
  int left_ = 0;
  IdleWatch watch_{loop_,
                   [this] {
                     ++asked_;
                     return idle_;
                   },
                   [this] { ++left_; }};
};

TEST_F(Idle, leaves_when_nobody_came_for_a_while) {
  loop_.advance(seconds(9));
  EXPECT_EQ(left_, 0);
  loop_.advance(seconds(1));
  EXPECT_EQ(left_, 1);
}

TEST_F(Idle, everything_that_comes_puts_it_off) {
  for (int i = 0; i < 5; ++i) {
    loop_.advance(seconds(9));
    watch_.activity();
  }
  EXPECT_EQ(asked_, 0);
  loop_.advance(seconds(9));
  EXPECT_EQ(left_, 0);
  loop_.advance(seconds(1));
  EXPECT_EQ(left_, 1);
}

TEST_F(Idle, with_jobs_it_stays_and_hardly_wakes) {
  idle_ = false;
  loop_.advance(minutes(60));
  EXPECT_EQ(left_, 0);
  EXPECT_LE(asked_, 13);
  idle_ = true;
  loop_.advance(minutes(5));
  EXPECT_EQ(left_, 1);
}

TEST_F(Idle, the_last_call_is_followed_by_a_short_wait_again) {
  idle_ = false;
  loop_.advance(seconds(30));
  idle_ = true;
  watch_.activity();
  loop_.advance(seconds(10));
  EXPECT_EQ(left_, 1);
}

TEST_F(Idle, one_that_could_not_leave_tries_again) {
  loop_.advance(seconds(10));
  ASSERT_EQ(left_, 1);
  watch_.activity();
  loop_.advance(seconds(10));
  EXPECT_EQ(left_, 2);
}

}  // namespace
}  // namespace dosvc::service
