#include "base/identity.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <regex>
#include <sstream>
#include <thread>

namespace dosvc {
namespace {

namespace fs = std::filesystem;

constexpr uid_t kAnna = 61001;
constexpr gid_t kAnnas = 61011;
constexpr gid_t kChoir = 61012;

std::string status_line(const std::string& name) {
  std::ifstream status("/proc/thread-self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return line.substr(name.size() + 1);
  }
  return {};
}

// What the thread is for the kernel.
std::string whole_identity() {
  return status_line("Uid") + status_line("Gid") + status_line("Groups") + status_line("CapEff");
}

bool succeeds_in_a_child(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

class Identity : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "NOT ROOT: that users are kept apart is not tested here";
    std::string pattern = (fs::temp_directory_path() / "dosvc-identity-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    ASSERT_EQ(::chmod(dir_.c_str(), 0755), 0);
  }
  void TearDown() override {
    if (!dir_.empty()) fs::remove_all(dir_);
  }
  std::string folder(const std::string& name, uid_t uid, gid_t gid, mode_t mode) const {
    const std::string path = dir_ / name;
    EXPECT_EQ(::mkdir(path.c_str(), 0700), 0);
    EXPECT_EQ(::chown(path.c_str(), uid, gid), 0);
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }
  static int make(const std::string& path) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return errno;
    ::close(fd);
    return 0;
  }

  fs::path dir_;
  const User anna_{kAnna, kAnnas, {kAnnas, kChoir}, "anna", "/", "/bin/sh"};
};

TEST_F(Identity, files_are_made_and_reached_with_the_users_rights_and_no_others) {
  const std::string hers = folder("hers", kAnna, kAnnas, 0700);
  const std::string choir = folder("choir", 0, kChoir, 0770);
  const std::string roots = folder("roots", 0, 0, 0755);
  const std::string secret = folder("secret", 0, 0, 0700);
  {
    const auto acting = ActingAs::begin(anna_);
    ASSERT_TRUE(acting.ok()) << acting.error().message;
    EXPECT_EQ(make(hers + "/a"), 0);
    EXPECT_EQ(make(choir + "/a"), 0);
    EXPECT_EQ(make(roots + "/a"), EACCES);
    EXPECT_EQ(make(secret + "/a"), EACCES);
    EXPECT_EQ(::open("/etc/shadow", O_RDONLY | O_CLOEXEC), -1);
    EXPECT_EQ(::chown((hers + "/a").c_str(), 0, 0), -1);
  }
  struct stat status {};
  ASSERT_EQ(::stat((hers + "/a").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, kAnna);
  EXPECT_EQ(status.st_gid, kAnnas);
  EXPECT_EQ(make(roots + "/a"), 0);
}

TEST_F(Identity, the_thread_is_itself_again_and_other_threads_never_notice) {
  const std::string before = whole_identity();
  std::string of_other;
  {
    const auto acting = ActingAs::begin(anna_);
    ASSERT_TRUE(acting.ok());
    EXPECT_NE(whole_identity(), before);
  }
  EXPECT_EQ(whole_identity(), before);
  std::promise<void> switched, looked;
  std::thread other([&] {
    switched.get_future().wait();
    of_other = whole_identity();
    looked.set_value();
  });
  {
    const auto acting = ActingAs::begin(anna_);
    switched.set_value();
    looked.get_future().wait();
  }
  other.join();
  EXPECT_EQ(of_other, before);
}

TEST_F(Identity, the_user_of_the_process_is_nobody_to_become) {
  const std::string before = whole_identity();
  const auto acting = ActingAs::begin(User{0, 0, {}, "", "", ""});
  ASSERT_TRUE(acting.ok());
  EXPECT_EQ(whole_identity(), before);
}

TEST_F(Identity, two_capabilities_are_enough) {
  const std::string hers = folder("hers", kAnna, kAnnas, 0700);
  EXPECT_TRUE(succeeds_in_a_child([&] {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct few[_LINUX_CAPABILITY_U32S_3] = {};
    few[0].effective = few[0].permitted = 1u << CAP_SETUID | 1u << CAP_SETGID;
    if (::syscall(SYS_capset, &header, few) != 0) return false;
    const std::string before = whole_identity();
    {
      const auto acting = ActingAs::begin(anna_);
      if (!acting || make(hers + "/a") != 0) return false;
    }
    return make(hers + "/b") == EACCES && whole_identity() == before;
  }));
}

TEST_F(Identity, without_the_right_it_is_refused_and_nothing_is_changed) {
  EXPECT_TRUE(succeeds_in_a_child([&] {
    if (::setresuid(kAnna + 1, kAnna + 1, kAnna + 1) != 0) return false;
    const std::string before = whole_identity();
    const auto acting = ActingAs::begin(anna_);
    return !acting && acting.error().code == E_ACCESSDENIED && whole_identity() == before &&
           acting.error().message.find("CAP_SETUID") != std::string::npos;
  }));
}

// Somebody who runs the service as a user of its own, but with all rights of root's.
TEST_F(Identity, it_is_refused_where_capabilities_would_stay) {
  EXPECT_TRUE(succeeds_in_a_child([&] {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct much[_LINUX_CAPABILITY_U32S_3] = {};
    much[0].effective = much[0].permitted = 1u << CAP_SETUID | 1u << CAP_SETGID | 1u << CAP_DAC_OVERRIDE;
    if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 || ::setresuid(kAnna + 1, kAnna + 1, kAnna + 1) != 0) return false;
    if (::syscall(SYS_capset, &header, much) != 0) return false;
    const std::string before = whole_identity();
    const auto acting = ActingAs::begin(anna_);
    return !acting && acting.error().message.find("capabilities") != std::string::npos && whole_identity() == before;
  }));
}

TEST_F(Identity, for_good_nothing_of_the_process_is_left) {
  EXPECT_TRUE(succeeds_in_a_child([&] {
    if (!become_for_good(anna_)) return false;
    const std::string ids = std::to_string(kAnna) + "\t" + std::to_string(kAnna) + "\t" + std::to_string(kAnna);
    return status_line("Uid").find(ids) != std::string::npos && status_line("Groups") == "\t61011 61012 " &&
           std::regex_match(status_line("CapPrm") + status_line("CapEff") + status_line("CapAmb"),
                            std::regex("[\t0]*")) &&
           ::syscall(SYS_setuid, 0) != 0;  // of this thread alone: a sanitizer may have threads of its own
  }));
}

}  // namespace
}  // namespace dosvc
