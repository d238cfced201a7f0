#include "host/state_directory.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace dosvc {
namespace {

namespace fs = std::filesystem;

class StateDirectory : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "dosvc-state.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string directory_;
};

// A process that runs `work`, says that it has, and stays until it is let go.
class OtherProcess {
 public:
  explicit OtherProcess(const std::function<bool()>& work) {
    if (::pipe(ready_) != 0 || ::pipe(go_) != 0) abort();
    id_ = ::fork();
    if (id_ == 0) {
      char byte = work() ? 'y' : 'n';
      (void)!::write(ready_[1], &byte, 1);
      (void)!::read(go_[0], &byte, 1);
      ::_exit(0);
    }
  }
  ~OtherProcess() {
    (void)!::write(go_[1], "", 1);  // closing is not enough: later children have this end too
    ::waitpid(id_, nullptr, 0);
    for (const int fd : {ready_[0], ready_[1], go_[0], go_[1]}) ::close(fd);
  }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;

  bool outcome() {
    char byte = 0;
    return ::read(ready_[0], &byte, 1) == 1 && byte == 'y';
  }
  void kill() const { ::kill(id_, SIGKILL); }
  pid_t id() const { return id_; }

 private:
  pid_t id_ = 0;
  int ready_[2];  // the child says how it went
  int go_[2];     // the child may end
};

TEST_F(StateDirectory, is_made_private_with_its_parents_whatever_the_umask) {
  for (const mode_t mask : {0000, 0777}) {
    const std::string deep = directory_ + "/" + std::to_string(mask) + "/b/c";
    const mode_t before = ::umask(mask);
    const auto made = prepare_state_directory(deep, Serves::one_user);
    ::umask(before);
    ASSERT_TRUE(made) << made.error().message;
    for (fs::path folder = deep; folder != directory_; folder = folder.parent_path())
      EXPECT_EQ(fs::status(folder).permissions(), fs::perms(0700)) << folder;
    EXPECT_TRUE(prepare_state_directory(deep, Serves::one_user));
  }
}

TEST_F(StateDirectory, of_everybody_can_be_passed_through_to_a_spool_that_is_the_services) {
  const std::string state = directory_ + "/state";
  for (int again = 0; again < 2; ++again) {
    const auto made = prepare_state_directory(state, Serves::everybody);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(fs::status(state).permissions(), fs::perms(0711));
    EXPECT_EQ(fs::status(state + "/spool").permissions(), fs::perms(01771));
    ASSERT_EQ(::chmod(state.c_str(), 0755), 0);  // as somebody else may have made it
  }
}

TEST_F(StateDirectory, that_others_may_write_to_is_refused) {
  for (const mode_t mode : {0770, 0707, 01777}) {
    ASSERT_EQ(::chmod(directory_.c_str(), mode), 0);
    const auto prepared = prepare_state_directory(directory_, Serves::one_user);
    ASSERT_FALSE(prepared) << mode;
    EXPECT_EQ(prepared.error().code, E_ACCESSDENIED);
    EXPECT_NE(prepared.error().message.find(directory_), std::string::npos);
  }
  ASSERT_EQ(::chmod(directory_.c_str(), 0755), 0);
  EXPECT_TRUE(prepare_state_directory(directory_, Serves::one_user));
}

TEST_F(StateDirectory, of_another_user_is_refused) {
  const uid_t me = ::geteuid();
  if (me == 0) {
    ASSERT_EQ(::chown(directory_.c_str(), 12345, 12345), 0);
  } else {
    directory_ = "/";  // root's
  }
  const auto prepared = prepare_state_directory(directory_, Serves::one_user);
  if (me != 0) directory_.clear();
  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().code, E_ACCESSDENIED);
  EXPECT_NE(prepared.error().message.find("belongs to user"), std::string::npos);
}

TEST_F(StateDirectory, below_a_file_cannot_be_made) {
  const std::string file = directory_ + "/file";
  ::close(::creat(file.c_str(), 0600));
  const auto prepared = prepare_state_directory(file + "/state", Serves::one_user);
  ASSERT_FALSE(prepared);
  EXPECT_NE(prepared.error().message.find(file), std::string::npos);
  EXPECT_FALSE(prepare_state_directory(file, Serves::one_user));
}

TEST_F(StateDirectory, a_second_process_is_told_who_has_it) {
  OtherProcess holder([&] {
    static const auto lock = StateDirectoryLock::take(directory_);
    return lock.ok();
  });
  ASSERT_TRUE(holder.outcome());
  const auto second = StateDirectoryLock::take(directory_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION));
  const std::string named = "process " + std::to_string(holder.id()) + " (host_test)";
  EXPECT_NE(second.error().message.find(named), std::string::npos) << second.error().message;
  EXPECT_NE(second.error().message.find(directory_), std::string::npos) << second.error().message;
}

TEST_F(StateDirectory, a_dead_holder_holds_nothing) {
  {
    OtherProcess holder([&] {
      static const auto lock = StateDirectoryLock::take(directory_);
      return lock.ok();
    });
    ASSERT_TRUE(holder.outcome());
    holder.kill();
  }
  EXPECT_TRUE(StateDirectoryLock::take(directory_));
}

TEST_F(StateDirectory, letting_go_is_enough_even_while_a_forked_child_lives) {
  std::optional<StateDirectoryLock> lock(StateDirectoryLock::take(directory_).take());
  OtherProcess child([] { return true; });
  ASSERT_TRUE(child.outcome());
  EXPECT_FALSE(StateDirectoryLock::take(directory_));  // nor can the same process have it twice
  lock.reset();
  EXPECT_TRUE(StateDirectoryLock::take(directory_));
}

TEST_F(StateDirectory, of_ten_processes_exactly_one_gets_it) {
  int start[2];
  ASSERT_EQ(::pipe(start), 0);
  std::vector<std::unique_ptr<OtherProcess>> processes;
  for (int i = 0; i < 10; ++i) {
    processes.push_back(std::make_unique<OtherProcess>([&] {
      ::close(start[1]);
      char byte = 0;
      (void)!::read(start[0], &byte, 1);  // until the starter lets all go at once
      static const auto lock = StateDirectoryLock::take(directory_);
      return lock.ok();
    }));
  }
  ::close(start[0]);
  ::close(start[1]);
  int winners = 0;
  for (auto& process : processes) winners += process->outcome() ? 1 : 0;
  EXPECT_EQ(winners, 1);
  processes.clear();
  EXPECT_TRUE(StateDirectoryLock::take(directory_));
}

}  // namespace
}  // namespace dosvc
