#include "host/system_programs.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <regex>
#include <sstream>

#include "base/loop_thread.h"
#include "base/unique_fd.h"
#include "base/users.h"

namespace dosvc {
namespace {

class SystemProgramsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "dosvc-programs.XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    thread_ = LoopThread::create("programs").take();
    thread_->run_and_wait([this] { programs_ = std::make_unique<SystemPrograms>(thread_->loop()); });
  }
  void TearDown() override {
    thread_->run_and_wait([this] { programs_.reset(); });
    std::filesystem::remove_all(folder_);
  }

  Result<int> run(ProgramCall call, uid_t owner = ::geteuid()) {
    std::promise<Result<int>> exited;
    thread_->run_and_wait([&] {
      programs_->run(owner, std::move(call), [&](Result<int> status) {
        EXPECT_TRUE(thread_->loop().on_loop_thread());
        exited.set_value(std::move(status));
      });
    });
    return exited.get_future().get();
  }
  Result<int> shell(const std::string& script, std::vector<std::string> environment = {}) {
    return run({"/bin/sh", {"sh", "-c", script}, std::move(environment)});
  }
  std::string written() const {
    std::ostringstream all;
    all << std::ifstream(folder_ + "/out").rdbuf();
    return all.str();
  }
  std::string to_file() const { return " > " + folder_ + "/out"; }

  std::string folder_;
  std::unique_ptr<LoopThread> thread_;
  std::unique_ptr<SystemPrograms> programs_;
};

TEST_F(SystemProgramsTest, the_exit_status_is_told) {
  EXPECT_EQ(*shell("exit 0"), 0);
  EXPECT_EQ(*shell("exit 7"), 7);
  EXPECT_EQ(*shell("kill -TERM $$"), 128 + SIGTERM);
}

TEST_F(SystemProgramsTest, words_are_given_as_they_are) {
  EXPECT_EQ(*run({"/bin/sh", {"sh", "-c", "printf '%s|' \"$@\"" + to_file(), "x", "$HOME", "a b", "`id`", ""}, {}}), 0);
  EXPECT_EQ(written(), "$HOME|a b|`id`||");
}

TEST_F(SystemProgramsTest, the_environment_is_its_own) {
  ::setenv("DOSVC_TEST_SECRET", "secret", 1);
  EXPECT_EQ(*shell("env" + to_file(), {"DOSVC_JOB_ID=1"}), 0);
  ::unsetenv("DOSVC_TEST_SECRET");
  EXPECT_EQ(written().find("secret"), std::string::npos);
  EXPECT_NE(written().find("DOSVC_JOB_ID=1\n"), std::string::npos);
  EXPECT_NE(written().find("PATH=/"), std::string::npos);
  EXPECT_NE(written().find("HOME=/"), std::string::npos);
}

TEST_F(SystemProgramsTest, it_gets_none_of_our_files_and_its_own_session) {
  const int leak = ::open("/dev/null", O_RDONLY);
  ASSERT_EQ(*shell("(ls -l /proc/$$/fd | grep -c -- '->'; readlink /proc/$$/fd/0; pwd)" + to_file()), 0);
  ::close(leak);
  EXPECT_EQ(written(), "3\n/dev/null\n/\n");
  ASSERT_EQ(*shell("test $(cut -d' ' -f6 /proc/$$/stat) = $$"), 0) << "a session of its own";
}

TEST_F(SystemProgramsTest, signals_are_as_for_any_program) {
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(*shell("grep -E 'SigBlk|SigIgn' /proc/self/status" + to_file()), 0);
  ::signal(SIGPIPE, before);
  // The two highest bits of the second are signals that only the C library knows.
  EXPECT_TRUE(std::regex_match(written(), std::regex("SigBlk:\t0{16}\nSigIgn:\t0{7}[01][08]0{7}\n"))) << written();
}

TEST_F(SystemProgramsTest, what_can_not_be_started_is_told) {
  const auto missing = run({folder_ + "/none", {"none"}, {}});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND));
  EXPECT_EQ(missing.error().context, ErrorContext::notification);
  EXPECT_NE(missing.error().message.find(folder_), std::string::npos);
  std::ofstream(folder_ + "/plain") << "no program";
  EXPECT_EQ(run({folder_ + "/plain", {"plain"}, {}}).error().code, E_ACCESSDENIED);
}

constexpr uid_t kAnna = 61001;  // the user database doesn't know her

TEST_F(SystemProgramsTest, it_is_its_owner_in_every_respect) {
  if (::geteuid() != 0) GTEST_SKIP() << "NOT ROOT: that programs are run as their owners is not tested here";
  ASSERT_EQ(::chmod(folder_.c_str(), 0777), 0);
  const std::string script = "grep -E '^(Uid|Gid|Groups|Cap(Inh|Prm|Eff|Amb)|SigBlk):' /proc/self/status" + to_file();
  EXPECT_EQ(*run({"/bin/sh", {"sh", "-c", script}, {}}, kAnna), 0);
  const std::string nothing = "0{16}\n";
  const std::string all = "Uid:(\t61001){4}\nGid:(\t65534){4}\nGroups:\t ?\n";
  const std::regex wanted(all + "SigBlk:\t" + nothing + "CapInh:\t" + nothing + "CapPrm:\t" + nothing + "CapEff:\t" +
                          nothing + "CapAmb:\t" + nothing);
  EXPECT_TRUE(std::regex_match(written(), wanted)) << written();
  struct stat status {};
  ASSERT_EQ(::stat((folder_ + "/out").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, kAnna);
}

TEST_F(SystemProgramsTest, a_known_owner_gets_the_groups_and_environment_of_the_user_database) {
  if (::geteuid() != 0) GTEST_SKIP() << "NOT ROOT: that programs are run as their owners is not tested here";
  const auto nobody = look_up_user(65534);
  ASSERT_TRUE(nobody.ok());
  ASSERT_FALSE(nobody->name.empty());
  ASSERT_EQ(::chmod(folder_.c_str(), 0777), 0);
  EXPECT_EQ(*run({"/bin/sh", {"sh", "-c", "(id -u; id -G; echo $USER $HOME; env | grep -c ROOTS)" + to_file()}, {}},
                 nobody->uid),
            1);
  std::string groups;
  for (const gid_t gid : nobody->groups) groups += (groups.empty() ? "" : " ") + std::to_string(gid);
  EXPECT_EQ(written(), "65534\n" + groups + "\n" + nobody->name + " " + nobody->home + "\n0\n");
}

TEST_F(SystemProgramsTest, it_can_not_do_what_its_owner_can_not) {
  if (::geteuid() != 0) GTEST_SKIP() << "NOT ROOT: that programs are run as their owners is not tested here";
  ASSERT_EQ(::chmod(folder_.c_str(), 0711), 0);
  EXPECT_NE(*run({"/bin/sh", {"sh", "-c", "echo x" + to_file()}, {}}, kAnna), 0);
  EXPECT_NE(*run({"/bin/cat", {"cat", "/etc/shadow"}, {}}, kAnna), 0);
  std::ofstream(folder_ + "/own") << "#!/bin/sh\n";
  ASSERT_EQ(::chmod((folder_ + "/own").c_str(), 0700), 0);
  EXPECT_EQ(*run({folder_ + "/own", {"own"}, {}}), 0);
  EXPECT_EQ(run({folder_ + "/own", {"own"}, {}}, kAnna).error().code, E_ACCESSDENIED);
}

TEST_F(SystemProgramsTest, it_has_the_umask_that_it_was_given) {
  const mode_t before = ::umask(0);
  EXPECT_EQ(*run({"/bin/sh", {"sh", "-c", "umask" + to_file()}, {}, 027}), 0);
  EXPECT_EQ(::umask(before), 0u);
  EXPECT_EQ(written(), "0027\n");
}

TEST_F(SystemProgramsTest, without_the_right_none_is_run_for_another) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "SKIPPED: the thread sanitizer starts no threads in the child of a process that has some";
#endif
  const pid_t child = ::fork();
  if (child == 0) {
    bool refused = ::geteuid() != 0 || ::setresuid(kAnna, kAnna, kAnna) == 0;
    auto thread = LoopThread::create("programs").take();
    std::unique_ptr<SystemPrograms> programs;
    std::promise<Result<int>> exited;
    thread->run_and_wait([&] {
      programs = std::make_unique<SystemPrograms>(thread->loop());
      programs->run(::geteuid() + 1, {"/bin/true", {"true"}, {}}, [&](auto result) { exited.set_value(result); });
    });
    const auto result = exited.get_future().get();
    refused = refused && !result && result.error().code == E_ACCESSDENIED &&
              result.error().message.find("no right to run it as user") != std::string::npos;
    ::_exit(refused ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(SystemProgramsTest, every_program_is_reaped) {
  EXPECT_EQ(*shell("exit 0"), 0);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

// Each program writes a letter, and ends when it can read one.
TEST_F(SystemProgramsTest, of_one_owner_a_few_run_at_a_time_and_hold_up_no_other) {
  for (const char* name : {"/begun", "/end"}) ASSERT_EQ(::mkfifo((folder_ + name).c_str(), 0600), 0);
  const UniqueFd begun(::open((folder_ + "/begun").c_str(), O_RDWR | O_CLOEXEC));
  const UniqueFd end(::open((folder_ + "/end").c_str(), O_RDWR | O_CLOEXEC));
  const std::string script = "printf x > " + folder_ + "/begun; read line < " + folder_ + "/end";
  constexpr int kAll = SystemPrograms::kAtATimePerOwner + 2;
  std::promise<void> all_ended;
  int ended = 0;
  thread_->run_and_wait([&] {
    for (int i = 0; i < kAll; ++i) {
      programs_->run(::geteuid(), {"/bin/sh", {"sh", "-c", script}, {}}, [&](const Result<int>&) {
        if (++ended == kAll) all_ended.set_value();
      });
    }
  });
  char letter = 0;
  for (int i = 0; i < SystemPrograms::kAtATimePerOwner; ++i) ASSERT_EQ(::read(begun.get(), &letter, 1), 1);
  if (::geteuid() == 0) {
    ASSERT_TRUE(run({"/bin/true", {"true"}, {}}, 61001).ok()) << "another owner's";
  }
  int unread = -1;
  ASSERT_EQ(::ioctl(begun.get(), FIONREAD, &unread), 0);
  EXPECT_EQ(unread, 0) << "more than a few have begun";
  for (int i = 0; i < kAll; ++i) ASSERT_EQ(::write(end.get(), "\n", 1), 1);
  all_ended.get_future().wait();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(::read(begun.get(), &letter, 1), 1) << "those that waited had their turn";
}

TEST_F(SystemProgramsTest, one_that_runs_on_is_no_hindrance_at_the_end) {
  ASSERT_EQ(::mkfifo((folder_ + "/wait").c_str(), 0600), 0);
  thread_->run_and_wait([&] {
    programs_->run(::geteuid(), {"/bin/sh", {"sh", "-c", "read line < " + folder_ + "/wait"}, {}},
                   [](const Result<int>&) { ADD_FAILURE() << "nobody waits any more"; });
    programs_.reset();
  });
  const int writer = ::open((folder_ + "/wait").c_str(), O_WRONLY);
  EXPECT_GE(writer, 0);
  ::close(writer);
  // Reaped all the same: the only child is gone when wait() finds none.
  while (::waitpid(-1, nullptr, WNOHANG) == 0) ::sched_yield();
  programs_.reset();
}

}  // namespace
}  // namespace dosvc
