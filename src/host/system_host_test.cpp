#include "host/system_host.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/identity.h"

namespace dosvc {
namespace {

TEST(SystemHost, tells_the_time_of_the_machine) {
  const SystemHost host("/state", Serves::one_user);
  const auto before = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  const WallTime told = host.wall_now();
  EXPECT_GE(told, before);
  EXPECT_LE(told, std::chrono::system_clock::now());
}

TEST(SystemHost, no_two_draw_the_same_numbers) {
  SystemHost one("/state", Serves::one_user), other("/state", Serves::one_user);
  EXPECT_NE(one.random(), one.random());
  EXPECT_NE(one.random(), other.random());
}

TEST(SystemHost, makes_a_spool_folder_for_the_owner_alone) {
  std::string state = (std::filesystem::temp_directory_path() / "dosvc-host.XXXXXX").string();
  ASSERT_NE(::mkdtemp(state.data()), nullptr);
  SystemHost host(state, Serves::one_user);
  const auto folder = host.spool_folder(::geteuid());
  ASSERT_TRUE(folder.ok());
  EXPECT_EQ(*folder, state + "/spool");
  EXPECT_EQ(std::filesystem::status(*folder).permissions(), std::filesystem::perms::owner_all);
  EXPECT_TRUE(host.spool_folder(::geteuid()).ok()) << "again";
  std::filesystem::remove_all(state);
  EXPECT_FALSE(host.spool_folder(::geteuid()).ok());
}

TEST(SystemHost, gives_each_user_a_folder_in_the_spool_that_no_other_can_take) {
  if (::geteuid() != 0) GTEST_SKIP() << "NOT ROOT: that users are kept apart in the spool is not tested here";
  constexpr uid_t kAnna = 61001, kBert = 61002;
  std::string state = (std::filesystem::temp_directory_path() / "dosvc-host.XXXXXX").string();
  ASSERT_NE(::mkdtemp(state.data()), nullptr);
  ASSERT_TRUE(prepare_state_directory(state, Serves::everybody).ok());
  SystemHost host(state, Serves::everybody);
  {
    const auto anna = ActingAs::begin(User{kAnna, kAnna});
    ASSERT_TRUE(anna.ok());
    EXPECT_NE(::mkdir((state + "/spool/" + std::to_string(kBert)).c_str(), 0777), 0) << "a name of another's";
    EXPECT_NE(::mkdir((state + "/own").c_str(), 0777), 0);
  }
  for (const uid_t owner : {kAnna, kBert, uid_t{0}, kAnna}) {
    const auto folder = host.spool_folder(owner);
    ASSERT_TRUE(folder.ok()) << folder.error().message;
    EXPECT_EQ(*folder, state + "/spool/" + std::to_string(owner));
    struct stat status {};
    ASSERT_EQ(::stat(folder->c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, owner);
    EXPECT_EQ(status.st_mode & 07777, 0700u);
  }
  {
    const auto anna = ActingAs::begin(User{kAnna, kAnna});
    ASSERT_TRUE(anna.ok());
    const std::string own = state + "/spool/" + std::to_string(kAnna);
    EXPECT_EQ(::mkdir((own + "/file").c_str(), 0700), 0) << "its owner reaches it";
    EXPECT_NE(::rmdir((state + "/spool/" + std::to_string(kBert)).c_str()), 0);
  }
  std::filesystem::remove_all(state + "/spool/" + std::to_string(kAnna));
  std::filesystem::create_directory(state + "/spool/" + std::to_string(kAnna));
  EXPECT_FALSE(host.spool_folder(kAnna).ok()) << "root's";
  std::filesystem::remove_all(state);
}

}  // namespace
}  // namespace dosvc
