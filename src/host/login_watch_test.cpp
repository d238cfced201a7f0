#include "host/login_watch.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/sd_event_loop.h"

namespace dosvc {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Users = std::set<uid_t>;

// The test is logind: it has a /run/systemd of its own. Threads that were started before still see the machine's.
class LoginWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "SKIPPED: only root can have a /run/systemd of its own";
    if (::unshare(CLONE_NEWNS) != 0) GTEST_SKIP() << "SKIPPED: no mount namespace can be made here";
    ASSERT_EQ(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
    fs::create_directories("/run/systemd");
    ASSERT_EQ(::mount("tmpfs", "/run/systemd", "tmpfs", 0, nullptr), 0);
  }
  void start_logind() {
    fs::create_directories("/run/systemd/seats");
    fs::create_directories("/run/systemd/users");
  }
  // As logind writes it: beside, then renamed.
  void write_state(uid_t user, const std::string& state) {
    const std::string file = "/run/systemd/users/" + std::to_string(user);
    std::ofstream(file + ".new") << "NAME=somebody\nSTATE=" << state << "\n";
    fs::rename(file + ".new", file);
  }
};

TEST_F(LoginWatchTest, without_logind_nobody_can_tell) {
  EXPECT_FALSE(who_is_here().users);
  const auto loop = SdEventLoop::create().take();
  std::optional<Presence> told;
  const LoginWatch watch(*loop, [&](Presence presence) { told = std::move(presence); });
  ASSERT_TRUE(told);
  EXPECT_FALSE(told->users);
}

TEST_F(LoginWatchTest, who_has_a_session_or_lingers_is_here) {
  start_logind();
  write_state(4711, "active");
  write_state(4712, "online");
  write_state(4713, "lingering");
  write_state(4714, "closing");
  write_state(4715, "offline");
  ASSERT_TRUE(who_is_here().users);
  EXPECT_EQ(*who_is_here().users, (Users{4711, 4712, 4713}));
}

TEST_F(LoginWatchTest, who_comes_and_goes_is_told) {
  start_logind();
  const auto loop = SdEventLoop::create().take();
  std::vector<Users> told;
  const LoginWatch watch(*loop, [&](const Presence& presence) {
    told.push_back(presence.users.value_or(Users{}));
    loop->stop();
  });
  const Timer bound = loop->after(20s, [&] {
    ADD_FAILURE() << "nobody was told";
    loop->stop();
  });
  loop->run();  // ends with what was told at once
  write_state(4711, "active");
  while (told.back() != Users{4711} && !HasFailure()) loop->run();
  write_state(4711, "closing");
  while (!told.back().empty() && !HasFailure()) loop->run();
  EXPECT_EQ(told.front(), Users{});
}

}  // namespace
}  // namespace dosvc
