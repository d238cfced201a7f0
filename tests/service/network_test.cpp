// A real service in a network of its own, whose cable the test pulls.
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>

#include "service/service_fixture.h"

namespace dosvc::service_tests {
namespace {

// Two network namespaces, the test's and the service's, and a cable between them: 10.99.0.1 and 10.99.0.2. Comes before
// whatever has threads, which live in the namespace that they were started in.
class Cable {
 public:
  Cable() : before_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
    if (::geteuid() != 0 || ::unshare(CLONE_NEWNET) != 0) return;
    here_ = UniqueFd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    if (::unshare(CLONE_NEWNET) != 0) return;
    there_ = UniqueFd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    const std::string here = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(here_.get());
    works_ = run("ip link set lo up") && run("ip link add two type veth peer name one") &&
             run("ip link set one netns " + here) && run("ip addr add 10.99.0.2/24 dev two") &&
             run("ip link set two up");
    works_ = ::setns(here_.get(), CLONE_NEWNET) == 0 && works_ && run("ip link set lo up") &&
             run("ip addr add 10.99.0.1/24 dev one") && plug();
  }
  ~Cable() { (void)::setns(before_.get(), CLONE_NEWNET); }

  bool works() const { return works_; }
  bool plug() { return run("ip link set one up"); }
  bool pull() { return run("ip link set one down"); }
  // What `work` starts is at the other end.
  void at_the_other_end(const std::function<void()>& work) {
    ASSERT_EQ(::setns(there_.get(), CLONE_NEWNET), 0);
    work();
    ASSERT_EQ(::setns(here_.get(), CLONE_NEWNET), 0);
  }

 private:
  static bool run(const std::string& command) {
    return ::system(command.c_str()) == 0;
  }  // NOLINT: the test's own words

  UniqueFd before_;
  UniqueFd here_;
  UniqueFd there_;
  bool works_ = false;
};

class NetworkOfService : protected Cable, public ServiceTest {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "SKIPPED: only root can have a network of its own";
    if (!works()) GTEST_SKIP() << "SKIPPED: no network namespaces can be made here";
    at_the_other_end([this] { service_ = start_own(); });
    ASSERT_TRUE(service_);
  }
  std::string far(const std::string& path) const { return "http://10.99.0.1:" + std::to_string(far_.port()) + path; }
  static bool soon(const std::function<bool()>& comes_true) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < until) {
      if (comes_true()) return true;
    }
    return false;
  }
  static bool comes_to(Client& client, const std::string& state) {
    return soon([&] { return client.text_property("State") == state; });
  }
  std::string start_job(Client& client, const std::string& url, const std::string& name) {
    std::string wrong = client.create_job();
    if (wrong.empty()) wrong = client.add_file(url, downloads_ + "/" + name);
    return wrong.empty() ? client.call_job("Resume") : wrong;
  }

  origin::Origin far_{{.everywhere = true}};
  std::unique_ptr<cli_tests::Program> service_;
};

TEST_F(NetworkOfService, is_lost_and_comes_back_and_the_job_goes_on_at_once) {
  constexpr std::uint64_t kSize = 4 << 20;
  far_.serve("/a.bin", {.size = kSize, .rules = {origin::for_first(1, {.rate = 256 << 10})}});
  Client client(socket_);
  ASSERT_EQ(start_job(client, far("/a.bin"), "a.bin"), "");  // tries again after 600 s, where a timer decides
  ASSERT_TRUE(soon([&] { return client.large_property("BytesTransferred") > 0; }));
  ASSERT_TRUE(pull());
  ASSERT_TRUE(comes_to(client, "transient_error"));
  EXPECT_EQ(client.text_property("WaitReason"), "network");
  EXPECT_EQ(client.number_property("ErrorCount"), 0U);
  const std::uint64_t bytes = client.large_property("BytesTransferred");
  EXPECT_LT(bytes, kSize);
  Client waiting(socket_);
  ASSERT_EQ(start_job(waiting, far("/b.bin"), "b.bin"), "");
  EXPECT_EQ(waiting.text_property("State"), "queued");
  EXPECT_EQ(waiting.text_property("WaitReason"), "network");

  far_.serve("/b.bin", {.size = 1000});
  ASSERT_TRUE(plug());
  EXPECT_TRUE(comes_to(client, "transferred"));
  EXPECT_TRUE(comes_to(waiting, "transferred"));
  ASSERT_EQ(client.call_job("Complete"), "");
  EXPECT_EQ(std::filesystem::file_size(downloads_ + "/a.bin"), kSize);
  const auto asked = far_.requests_of("/a.bin");
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_NE(asked[1].range(), "") << "it went on where it was";
}

TEST_F(NetworkOfService, is_not_needed_for_what_is_on_the_machine) {
  ASSERT_TRUE(pull());
  std::unique_ptr<origin::Origin> near;
  at_the_other_end([&] { near = std::make_unique<origin::Origin>(); });
  near->serve("/a.bin", {.size = 1000});
  Client client(socket_);
  ASSERT_EQ(start_job(client, near->url("/a.bin"), "a.bin"), "");
  EXPECT_TRUE(comes_to(client, "transferred"));
}

}  // namespace
}  // namespace dosvc::service_tests
