#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

#include "base/unique_fd.h"

#include <fcntl.h>

namespace dosvc {
namespace {

Error failure() { return Error{E_INVALIDARG, ErrorContext::local_file, "No."}; }

Result<int> number(bool works) {
  if (!works) return failure();
  return 20;
}

Result<void> check(bool works) {
  if (!works) return failure();
  return {};
}

Result<std::string> joined(bool first, bool second, int& reached) {
  DO_TRY(check(first));
  reached = 1;
  const int sum = DO_TRY(number(true)) + DO_TRY(number(second));  // two in one expression
  reached = 2;
  return std::to_string(sum);
}

TEST(Result, holds_a_value_or_an_error) {
  EXPECT_TRUE(number(true));
  EXPECT_TRUE(number(true).ok());
  EXPECT_EQ(*number(true), 20);
  EXPECT_FALSE(number(false));
  EXPECT_EQ(number(false).error(), failure());
  EXPECT_TRUE(check(true));
  EXPECT_EQ(check(false).error(), failure());
}

TEST(Result, of_a_trial_goes_on_with_the_value) {
  int reached = 0;
  EXPECT_EQ(*joined(true, true, reached), "40");
  EXPECT_EQ(reached, 2);
}

TEST(Result, of_a_trial_leaves_with_the_first_error) {
  int reached = 0;
  EXPECT_EQ(joined(false, true, reached).error(), failure());
  EXPECT_EQ(reached, 0);
  EXPECT_EQ(joined(true, false, reached).error(), failure());
  EXPECT_EQ(reached, 1);
}

TEST(Result, carries_what_can_only_be_moved) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
  const auto pass = [&]() -> Result<std::unique_ptr<int>> {
    auto inner = DO_TRY(make());
    return inner;
  };
  EXPECT_EQ(*pass().take(), 7);
}

TEST(UniqueFd, closes_what_it_owns_once) {
  const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  {
    UniqueFd first(fd);
    UniqueFd second(std::move(first));
    EXPECT_FALSE(first);
    EXPECT_EQ(second.get(), fd);
    EXPECT_GE(::fcntl(fd, F_GETFD), 0);
  }
  EXPECT_LT(::fcntl(fd, F_GETFD), 0);
}

}  // namespace
}  // namespace dosvc
