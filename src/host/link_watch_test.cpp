#include "host/link_watch.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "base/sd_event_loop.h"

namespace dosvc {
namespace {

using namespace std::chrono_literals;

// In a network namespace of its own, where there is nothing but what the test makes. Threads that were started before
// still see the machine's.
class LinkWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "SKIPPED: only root can have a network of its own";
    if (::unshare(CLONE_NEWNET) != 0) GTEST_SKIP() << "SKIPPED: no network namespace can be made here";
    ip("link set lo up");
  }
  static void ip(const std::string& arguments) {
    ASSERT_EQ(::system(("ip " + arguments).c_str()), 0) << "ip " << arguments;  // NOLINT: the test's own words
  }
};

TEST_F(LinkWatchTest, there_is_a_network_where_others_can_be_reached) {
  EXPECT_EQ(network_now(), NetworkState::lost) << "the loopback is none";
  ip("link add one type veth peer name other");
  ip("link set one up");
  ip("addr add 10.9.8.7/24 dev one");
  EXPECT_EQ(network_now(), NetworkState::lost) << "no carrier: the other end is down";
  ip("link set other up");
  EXPECT_EQ(network_now(), NetworkState::there);
  ip("addr flush dev one scope global");
  EXPECT_EQ(network_now(), NetworkState::lost) << "no address";
  ip("addr add 169.254.1.1/16 dev one");
  EXPECT_EQ(network_now(), NetworkState::lost) << "one of the link alone";
  ip("addr add fd00::7/64 dev one nodad");
  EXPECT_EQ(network_now(), NetworkState::there);
  // Where routing is the host's own its address stands on the loopback interface.
  ip("addr flush dev one scope global");
  ip("addr add 192.0.2.1/32 dev lo");
  EXPECT_EQ(network_now(), NetworkState::there);
  ip("link set one down");
  EXPECT_EQ(network_now(), NetworkState::lost);
}

TEST_F(LinkWatchTest, what_comes_and_goes_is_told) {
  const auto loop = SdEventLoop::create().take();
  std::vector<NetworkState> told;
  const LinkWatch watch(*loop, [&](NetworkState network) {
    told.push_back(network);
    loop->stop();
  });
  const Timer bound = loop->after(20s, [&] {
    ADD_FAILURE() << "nobody was told";
    loop->stop();
  });
  const auto expect = [&](NetworkState network) {
    while (told.back() != network && !HasFailure()) loop->run();
  };
  EXPECT_EQ(told, std::vector{NetworkState::lost});
  ip("link add one type veth peer name other");
  ip("link set one up");
  ip("link set other up");
  ip("addr add 10.9.8.7/24 dev one");
  expect(NetworkState::there);
  ip("link set other down");
  expect(NetworkState::lost);
  ip("link set other up");
  expect(NetworkState::there);
  ip("link delete one");
  expect(NetworkState::lost);
  EXPECT_EQ(told.size(), 5U) << "each change once";
}

}  // namespace
}  // namespace dosvc
