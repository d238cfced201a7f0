#include "host/system_host.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

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

TEST(SystemHost, makes_a_spool_folder_for_the_owner_alone) {
  std::string state = (std::filesystem::temp_directory_path() / "dosvc-host.XXXXXX").string();
  ASSERT_NE(::mkdtemp(state.data()), nullptr);
  SystemHost host(state);
  const auto folder = host.spool_folder(::geteuid());
  ASSERT_TRUE(folder.ok());
  EXPECT_EQ(*folder, state + "/spool");
  EXPECT_EQ(std::filesystem::status(*folder).permissions(), std::filesystem::perms::owner_all);
  EXPECT_TRUE(host.spool_folder(::geteuid()).ok()) << "again";
  std::filesystem::remove_all(state);
  EXPECT_FALSE(host.spool_folder(::geteuid()).ok());
}

}  // namespace
}  // namespace dosvc
