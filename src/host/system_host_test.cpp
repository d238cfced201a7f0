#include "host/system_host.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

TEST(SystemHost, tells_the_time_of_the_machine) {
  const SystemHost host("/state");
  const auto before = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  const WallTime told = host.wall_now();
  EXPECT_GE(told, before);
  EXPECT_LE(told, std::chrono::system_clock::now());
}

TEST(SystemHost, no_two_draw_the_same_numbers) {
  SystemHost one("/state"), other("/state");
  EXPECT_NE(one.random(), one.random());
  EXPECT_NE(one.random(), other.random());
}

}  // namespace
}  // namespace dosvc
