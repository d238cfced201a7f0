#include "client/own_service.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <thread>
#include <vector>

namespace dosvc {
namespace {

namespace fs = std::filesystem;

class OwnServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "dosvc-own.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    ::setenv("STAND_IN", (folder_ / "starts").c_str(), 1);
    ::unsetenv("STAND_IN_FAILS");
    live_in(folder_ / "state");
  }
  void TearDown() override {
    for (const pid_t pid : starts()) ::kill(pid, SIGKILL);
    fs::remove_all(folder_);
  }

  void live_in(const fs::path& state) { ::setenv("DOSVC_STATE_DIR", state.c_str(), 1); }
  // Each line is one start of a service.
  std::vector<pid_t> starts() const {
    std::vector<pid_t> all;
    std::ifstream file(folder_ / "starts");
    for (pid_t pid = 0; file >> pid;) all.push_back(pid);
    return all;
  }
  static OwnService service() {
    return OwnService({.program = DOSVC_STAND_IN_SERVICE, .patience = std::chrono::seconds(30)});
  }
  std::string refusal(bool start = true) {
    const auto found = service().find(start);
    EXPECT_FALSE(found);
    return found ? "" : found.error().message;
  }

  fs::path folder_;
};

TEST_F(OwnServiceTest, is_started_where_there_is_none_and_found_from_then_on) {
  OwnService one = service();
  const auto found = one.find(true);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->description, "own service at " + (folder_ / "state/socket").string());
  EXPECT_FALSE(found->address.bus);
  EXPECT_TRUE(service().find(true));
  EXPECT_TRUE(service().find(false));
  EXPECT_EQ(starts().size(), 1u);
}

// As dosvcd leaves a link to its socket in its state directory.
TEST_F(OwnServiceTest, is_found_by_programs_of_another_environment) {
  ::unsetenv("DOSVC_STATE_DIR");
  ::setenv("XDG_STATE_HOME", (folder_ / "state-home").c_str(), 1);
  for (const char* name : {"session", "another"}) {
    fs::create_directory(folder_ / name);
    fs::permissions(folder_ / name, fs::perms(0700));
  }
  ::setenv("XDG_RUNTIME_DIR", (folder_ / "session").c_str(), 1);
  ASSERT_TRUE(service().find(true));
  ASSERT_TRUE(fs::exists(folder_ / "session/dosvc/socket"));
  fs::create_directories(folder_ / "state-home/dosvc");
  fs::permissions(folder_ / "state-home/dosvc", fs::perms(0700));
  fs::create_symlink(folder_ / "session/dosvc/socket", folder_ / "state-home/dosvc/socket");
  ::setenv("XDG_RUNTIME_DIR", (folder_ / "another").c_str(), 1);
  EXPECT_TRUE(service().find(true));
  ::setenv("XDG_RUNTIME_DIR", (folder_ / "nowhere").c_str(), 1);
  EXPECT_TRUE(service().find(true));
  EXPECT_FALSE(fs::exists(folder_ / "nowhere"));
  EXPECT_EQ(starts().size(), 1u);
  ::unsetenv("XDG_RUNTIME_DIR");
  ::unsetenv("XDG_STATE_HOME");
}

TEST_F(OwnServiceTest, is_not_started_when_that_isnt_asked_for) {
  EXPECT_NE(refusal(false).find("no service is running"), std::string::npos);
  EXPECT_TRUE(starts().empty());
  EXPECT_FALSE(fs::exists(folder_ / "state"));
}

TEST_F(OwnServiceTest, that_died_is_replaced) {
  ASSERT_TRUE(service().find(true));
  ::kill(starts().front(), SIGKILL);
  while (service().find(false)) std::this_thread::yield();  // it isn't our child, to wait for
  EXPECT_TRUE(service().find(true));
  EXPECT_EQ(starts().size(), 2u);
}

TEST_F(OwnServiceTest, lives_in_a_folder_that_nobody_else_may_enter) {
  ASSERT_TRUE(service().find(true));
  EXPECT_EQ(fs::status(folder_ / "state").permissions(), fs::perms::owner_all);
}

TEST_F(OwnServiceTest, has_nothing_of_the_program_but_its_environment) {
  ASSERT_TRUE(service().find(true));
  const pid_t pid = starts().front();
  const fs::path process = "/proc/" + std::to_string(pid);
  EXPECT_NE(::getsid(pid), ::getsid(0));
  EXPECT_EQ(fs::read_symlink(process / "fd/0"), "/dev/null");
  EXPECT_EQ(fs::read_symlink(process / "fd/2"), "/dev/null");
  std::ifstream status(process / "status");
  for (std::string line; std::getline(status, line);) {
    const bool of_signals = line.starts_with("SigBlk:") || line.starts_with("SigIgn:");
    EXPECT_TRUE(!of_signals || line.ends_with("\t0000000000000000")) << line;
    EXPECT_NE(line, "PPid:\t" + std::to_string(::getpid()));
  }
}

// Ten programs at once: all of them reach the one service.
TEST_F(OwnServiceTest, of_ten_programs_one_starts_it) {
  int gate[2];
  ASSERT_EQ(::pipe(gate), 0);
  std::vector<pid_t> programs;
  for (int i = 0; i < 10; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(gate[1]);
      char none;
      (void)!::read(gate[0], &none, 1);  // until the test lets all go at once
      ::_exit(service().find(true) ? 0 : 1);
    }
    programs.push_back(child);
  }
  ::close(gate[0]);
  ::close(gate[1]);
  for (const pid_t child : programs) {
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(starts().size(), 1u);
}

// Somebody else is starting one: who waits for the lock finds it running then.
TEST_F(OwnServiceTest, that_another_has_started_meanwhile_is_not_started_again) {
  ASSERT_TRUE(service().find(true));
  fs::rename(folder_ / "state/socket", folder_ / "state/hidden");
  const int lock = ::open((folder_ / "state/socket.lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(lock, LOCK_EX), 0);
  auto found = std::async(std::launch::async, [] { return service().find(true).ok(); });
  // It is at the lock once the kernel says that it waits there.
  const std::string self = std::to_string(::getpid());
  for (bool waits = false; !waits;) {
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);)
      waits = waits || (line.find("-> FLOCK") != std::string::npos && line.find(" " + self + " ") != std::string::npos);
  }
  fs::rename(folder_ / "state/hidden", folder_ / "state/socket");
  ::flock(lock, LOCK_UN);
  ::close(lock);
  EXPECT_TRUE(found.get());
  EXPECT_EQ(starts().size(), 1u);
}

TEST_F(OwnServiceTest, may_be_deep_down) {
  const fs::path deep = folder_ / std::string(100, 'a') / std::string(100, 'b');
  live_in(deep);
  OwnService one = service();
  const auto found = one.find(true);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_NE(found->address.address.find("/proc/self/fd/"), std::string::npos);
  EXPECT_NE(found->description.find(deep.string()), std::string::npos);
}

TEST_F(OwnServiceTest, may_have_an_odd_name) {
  live_in(folder_ / "a b;c=d%");
  const auto found = service().find(true);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_NE(found->address.address.find("/a%20b%3bc%3dd%25/socket"), std::string::npos) << found->address.address;
}

TEST_F(OwnServiceTest, that_refuses_says_why) {
  ::setenv("STAND_IN_FAILS", "the queue is of a later version", 1);
  EXPECT_NE(refusal().find("the queue is of a later version"), std::string::npos);
  ::setenv("STAND_IN_FAILS", "silent", 1);
  EXPECT_NE(refusal().find("it ended before it was ready"), std::string::npos);
  ::unsetenv("STAND_IN_FAILS");
  EXPECT_TRUE(service().find(true)) << "a start that failed left the lock behind";
}

TEST_F(OwnServiceTest, that_is_never_ready_is_not_waited_for_for_ever) {
  ::setenv("STAND_IN_FAILS", "hangs", 1);
  const auto found = OwnService({.program = DOSVC_STAND_IN_SERVICE, .patience = {}}).find(true);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, DO_E_NO_SERVICE);
  EXPECT_NE(found.error().message.find("is not ready after"), std::string::npos) << found.error().message;
  while (starts().empty()) std::this_thread::yield();  // so that the end of the test can kill it
}

TEST_F(OwnServiceTest, that_isnt_there_is_told) {
  const auto found = OwnService({.program = "/nowhere/dosvcd"}).find(true);
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("/nowhere/dosvcd can't be started: it isn't there"), std::string::npos)
      << found.error().message;
}

TEST_F(OwnServiceTest, isnt_put_where_others_may_write) {
  fs::create_directory(folder_ / "state");
  fs::permissions(folder_ / "state", fs::perms::all);
  EXPECT_NE(refusal().find("other users may write"), std::string::npos);
}

TEST_F(OwnServiceTest, of_another_user_is_refused) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to be two users";
  fs::permissions(folder_, fs::perms::all);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::seteuid(1) != 0) ::_exit(2);
    ::_exit(service().find(true) ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_NE(refusal().find("belongs to user 1"), std::string::npos);
}

TEST_F(OwnServiceTest, without_a_place_says_so) {
  for (const char* variable : {"DOSVC_STATE_DIR", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "HOME"}) ::unsetenv(variable);
  EXPECT_NE(refusal().find("set DOSVC_STATE_DIR"), std::string::npos);
}

}  // namespace
}  // namespace dosvc
