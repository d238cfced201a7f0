// The service of all users, on a machine without a bus.
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "service/service_fixture.h"

namespace dosvc::service_tests {
namespace {

namespace fs = std::filesystem;
using cli_tests::Finished;

constexpr uid_t kFirst = 54321;
constexpr uid_t kSecond = 54322;

class SystemService : public ServiceTest {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "SKIPPED: the service of all users is root's";
    ASSERT_EQ(::chmod(home_.path().c_str(), 0755), 0);
  }
  // The state that the job comes to a halt in.
  static std::string run(Client& client) {
    EXPECT_EQ(client.call_job("Resume"), "");
    const auto until = std::chrono::steady_clock::now() + kPatience;
    std::string state;
    do {
      state = client.text_property("State");
    } while (state != "transferred" && !state.ends_with("error") && std::chrono::steady_clock::now() < until);
    return state;
  }
};

TEST_F(SystemService, knows_its_callers_apart) {
  const auto service = start_system();
  ASSERT_TRUE(service);
  Client client(system_socket_);
  ASSERT_EQ(client.create_job(), "");
  const std::string roots = client.job();
  EXPECT_TRUE(as_user(kFirst, [this] {
    Client own(system_socket_);
    return own.create_job().empty() && own.number_property("Owner") == kFirst && own.call_job("Cancel").empty();
  }));
  EXPECT_EQ(client.number_property("Owner"), 0U);
}

TEST_F(SystemService, a_configuration_that_is_read_anew_holds_for_the_next_call) {
  const auto service = start_system();
  ASSERT_TRUE(service);
  std::ofstream(configuration_) << "[limits]\njobs_per_user = 1\n";
  service->signal(SIGHUP);
  ASSERT_TRUE(systemd_.wait_for("RELOADING=1"));
  ASSERT_TRUE(systemd_.wait_for("READY=1"));
  EXPECT_TRUE(as_user(kFirst, [this] {
    Client client(system_socket_);
    return client.create_job().empty() && client.create_job().ends_with(".x80200049");  // BG_E_TOO_MANY_JOBS_PER_USER
  }));
}

// What it writes is its users', whom quotas bind; CAP_SYS_RESOURCE looks past them.
TEST_F(SystemService, started_with_all_of_roots_power_it_keeps_within_quotas) {
  const auto service = start_system();
  ASSERT_TRUE(service);
  std::ifstream status("/proc/" + std::to_string(service->pid()) + "/status");
  for (std::string word; status >> word;) {
    if (word != "CapPrm:") continue;
    std::uint64_t permitted = ~std::uint64_t{0};
    status >> std::hex >> permitted;
    EXPECT_EQ(permitted >> CAP_SYS_RESOURCE & 1, 0u);
    if (::prctl(PR_CAPBSET_READ, CAP_SYS_RESOURCE) != 1) GTEST_SKIP() << "SKIPPED: nobody has that power here";
    return;
  }
  FAIL() << "no capabilities are told of";
}

// Root's writing must never be led by somebody else's folders.
TEST_F(SystemService, a_job_that_root_took_over_goes_on_writing_as_who_made_it) {
  origin_.serve("/file", {.size = 100'000, .seed = 7});
  const std::string door = home_ / "first/door", aside = home_ / "first/aside", roots = home_ / "roots";
  for (const std::string& folder : {home_ / "first", door, roots}) fs::create_directories(folder);
  for (const std::string& folder : {home_ / "first", door}) ASSERT_EQ(::chown(folder.c_str(), kFirst, kFirst), 0);
  ASSERT_EQ(::chmod(roots.c_str(), 0700), 0);
  const auto swap = [&] {
    fs::rename(door, aside);
    fs::create_directory_symlink(roots, door);
  };
  const auto swap_back = [&] {
    fs::remove(door);
    fs::rename(aside, door);
  };
  const auto service = start_system();
  ASSERT_TRUE(service);
  ASSERT_TRUE(as_user(kFirst, [&] {
    Client own(system_socket_);
    const bool made = own.create_job().empty() && own.add_file(origin_.url("/file"), door + "/a").empty();
    std::ofstream(home_ / "first/job") << own.job();
    return made;
  }));
  std::string job;
  std::ifstream(home_ / "first/job") >> job;
  Client root(system_socket_, job);
  ASSERT_EQ(root.call_job("TakeOwnership"), "");
  EXPECT_EQ(root.number_property("Owner"), 0U);
  EXPECT_EQ(root.number_property("FilesOf"), kFirst);
  EXPECT_EQ(root.add_file(origin_.url("/file"), door + "/b"), "");

  swap();
  EXPECT_TRUE(root.add_file(origin_.url("/file"), door + "/c").ends_with(".x80070005"));
  EXPECT_EQ(run(root), "error");
  EXPECT_TRUE(fs::is_empty(roots));
  swap_back();
  EXPECT_EQ(run(root), "transferred");
  swap();
  EXPECT_NE(root.call_job("Complete"), "");
  EXPECT_TRUE(fs::is_empty(roots));
  swap_back();
  EXPECT_EQ(root.call_job("Complete"), "");
  for (const char* name : {"/a", "/b"}) {
    struct stat file {};
    ASSERT_EQ(::lstat((door + name).c_str(), &file), 0) << name;
    EXPECT_EQ(file.st_uid, kFirst) << name;
    EXPECT_EQ(file.st_size, 100'000) << name;
  }
}

TEST_F(SystemService, a_second_one_refuses_at_once) {
  const auto service = start_system();
  ASSERT_TRUE(service);
  const Finished second = end(*start({"--system", "--listen", home_ / "other-socket"}));
  EXPECT_EQ(second.code, 1);
  EXPECT_NE(second.err.find("in use by process"), std::string::npos) << second.err;
}

TEST_F(SystemService, without_a_bus_and_a_socket_it_says_what_is_missing) {
  const Finished refused = end(*start({"--system"}));
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find(home_ / "no-bus"), std::string::npos) << refused.err;
}

TEST_F(SystemService, is_not_for_one_user_to_start) {
  environment_["HOME"] = "/";
  EXPECT_TRUE(as_user(kSecond, [this] {
    const Finished refused = end(*start({"--system"}));
    return refused.code == 1 && refused.err.find("started by root") != std::string::npos;
  }));
}

TEST_F(SystemService, ends_when_it_is_told) {
  const auto service = start_system();
  ASSERT_TRUE(service);
  const Finished ended = end(*service, SIGTERM);
  EXPECT_EQ(ended.code, 0);
  EXPECT_NE(ended.err.find("The service ends."), std::string::npos);
}

}  // namespace
}  // namespace dosvc::service_tests
