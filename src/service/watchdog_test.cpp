#include "service/watchdog.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/unique_fd.h"
#include "fakes/engine_fixture.h"
#include "fakes/temp_folder.h"

namespace dosvc::service {
namespace {

using std::chrono::seconds;

// The test is systemd, and moves the time.
class WatchdogTest : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    const std::string path = folder_ / "notify";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    systemd_ = UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::bind(systemd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "60000000", 1);
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  }
  void TearDown() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }
  std::string told() {
    std::string all(1000, '\0');
    const ssize_t got = ::recv(systemd_.get(), all.data(), all.size(), 0);
    all.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return all;
  }

  TempFolder folder_;
  UniqueFd systemd_;
};

TEST_F(WatchdogTest, systemd_hears_of_it_twice_as_often_as_it_asks) {
  const Watchdog watchdog(loop, *engine);
  loop.advance(seconds(29));
  EXPECT_EQ(told(), "");
  loop.advance(seconds(1));
  EXPECT_EQ(told(), "WATCHDOG=1");
  loop.advance(seconds(30));
  EXPECT_EQ(told(), "WATCHDOG=1");
  EXPECT_EQ(told(), "");
}

TEST_F(WatchdogTest, an_engine_that_hangs_is_not_vouched_for) {
  // The engine's loop turns only when the test lets it, and this one is another.
  std::thread([&] {
    FakeLoop other;
    Watchdog dog(other, *engine);
    other.advance(seconds(90));
  }).join();
  EXPECT_EQ(told(), "");
}

TEST_F(WatchdogTest, unasked_it_says_nothing) {
  ::unsetenv("WATCHDOG_USEC");
  const Watchdog watchdog(loop, *engine);
  loop.advance(seconds(300));
  EXPECT_EQ(told(), "");
}

}  // namespace
}  // namespace dosvc::service
