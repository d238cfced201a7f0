// kill -9 of the service while programs of several users are attached to it: no job, no byte and no callback is lost,
// and the programs, which live on, recover by themselves. DOSVC_CRASH_SEED chooses the moments, DOSVC_CRASH_KILLS how
// many.

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "crash/worker_process.h"
#include "fakes/temp_folder.h"
#include "origin/content.h"
#include "origin/origin.h"

namespace dosvc::crash {
namespace {

namespace fs = std::filesystem;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr uid_t kFirstUser = 61'011;  // numbers without names: on a socket that is enough
constexpr int kJobsAtOnce = 50;
constexpr seconds kPatience{120};

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

struct User {
  uid_t uid = 0;
  std::string name;
  std::string folder;
};

class ServiceKillTest : public testing::Test {
 protected:
  ServiceKillTest() : seed_(number_from_environment("DOSVC_CRASH_SEED", 1)), random_(seed_) {
    std::cout << "DOSVC_CRASH_SEED=" << seed_ << " DOSVC_CRASH_KILLS=" << kills_wanted() << '\n';
    fs::permissions(home_.path(), fs::perms(0755));
    const bool many = ::geteuid() == 0;
    if (!many) std::cout << "SKIPPED: several users, because this is not run as root; one takes part\n";
    for (uid_t i = 0; i < (many ? 3u : 1u); ++i) {
      User& user = users_.emplace_back();
      user.uid = many ? kFirstUser + i : ::geteuid();
      user.name = "u" + std::to_string(i);
      user.folder = home_ / user.name;
      fs::create_directory(user.folder);
      if (many && ::chown(user.folder.c_str(), user.uid, user.uid) != 0) std::abort();
    }
    ::setenv("DOSVC_ADDRESS", ("unix:path=" + socket_).c_str(), 1);
    ::setenv("DOSVC_MODE", "service", 1);
    ::setenv("DOSVC_LOG", "error", 1);
    ::setenv("HOME", home_.path().c_str(), 1);
    ::setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + (home_ / "no-bus")).c_str(), 1);
  }

  static int kills_wanted() {
    return static_cast<int>(number_from_environment("DOSVC_CRASH_KILLS", DOSVC_CRASH_DEFAULT_KILLS));
  }

  std::unique_ptr<WorkerProcess> start_service() {
    return std::make_unique<WorkerProcess>(std::vector<std::string>{DOSVCD, users_.size() > 1 ? "--system" : "--own",
                                                                    "--listen", socket_, "--state-directory",
                                                                    home_ / "state", "--ready-fd", "1"});
  }

  std::unique_ptr<WorkerProcess> start_client(const User& user) {
    const auto jobs = static_cast<std::size_t>(kJobsAtOnce) / users_.size() + 1;
    return std::make_unique<WorkerProcess>(std::vector<std::string>{
        SERVICE_CLIENT, std::to_string(user.uid), user.name, user.folder, origin_.url(""), std::to_string(jobs)});
  }

  microseconds a_moment() {
    const auto most = std::uniform_int_distribution<int>(0, 3)(random_) == 0 ? 2'000 : 250'000;
    return microseconds(std::uniform_int_distribution<int>(0, most)(random_));
  }

  // What is in the folder is whole and the user's own.
  std::size_t look_at_files(const User& user) {
    std::size_t files = 0;
    for (const std::string& name : names_in(user.folder)) {
      const std::string path = user.folder + "/" + name;
      EXPECT_FALSE(is_temporary(name)) << path << " was left behind";
      struct stat about {};
      EXPECT_EQ(::lstat(path.c_str(), &about), 0);
      EXPECT_EQ(about.st_uid, user.uid) << path;
      const std::uint64_t size = std::strtoull(name.c_str() + name.find('.') + 1, nullptr, 10);
      EXPECT_EQ(origin::first_difference(path, kSeed, size), std::nullopt) << path;
      ++files;
    }
    return files;
  }

  static constexpr std::uint64_t kSeed = 1;  // of what the origin serves when a URL names none
  const std::uint64_t seed_;
  std::mt19937_64 random_;
  origin::Origin origin_;
  TempFolder home_;
  const std::string socket_ = home_ / "socket";
  std::vector<User> users_;
};

TEST_F(ServiceKillTest, programs_of_several_users_outlive_it) {
  auto service = start_service();
  ASSERT_TRUE(service->wait_for_word("\n", kPatience));
  std::vector<std::unique_ptr<WorkerProcess>> clients;
  for (const User& user : users_) clients.push_back(start_client(user));
  for (int kills = 0; kills < kills_wanted(); ++kills) {
    for (const auto& client : clients) {
      ASSERT_FALSE(client->wait_for_end(microseconds(100))) << "a client has given up after kill " << kills;
    }
    (void)service->wait_for_end(a_moment());
    const int status = service->kill();
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the service ended by itself: " << status;
    service = start_service();
    ASSERT_TRUE(service->wait_for_word("\n", kPatience)) << "the service doesn't come back after kill " << kills;
  }
  std::size_t files = 0;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    clients[i]->close_input();
    ASSERT_TRUE(clients[i]->wait_for_end(kPatience)) << users_[i].name;
    const int status = clients[i]->reap();
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << users_[i].name << " ended with " << status;
    files += look_at_files(users_[i]);
  }
  std::cout << kills_wanted() << " kills, " << files << " files\n";
  EXPECT_GT(files, 0u);
}

}  // namespace
}  // namespace dosvc::crash
