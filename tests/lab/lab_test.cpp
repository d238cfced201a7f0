#include "lab/lab.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cstring>

// That the lab does what it says, with the kernel's own clock on both sides: it stamps a datagram when it arrives, so
// that a busy machine doesn't count. How late the emulator itself was is known, and allowed for.
namespace dosvc::lab {
namespace {

using namespace std::chrono_literals;
using Stamp = std::chrono::nanoseconds;  // CLOCK_REALTIME

constexpr std::uint16_t kPort = 4000;
constexpr std::size_t kPayload = 1000;
constexpr std::size_t kFrame = kPayload + 8 + 20 + 14;  // UDP, IP, Ethernet

sockaddr_in place(const char* address, std::uint16_t port) {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(port);
  ::inet_pton(AF_INET, address, &place.sin_addr);
  return place;
}

Stamp clock_now() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

UniqueFd datagram_socket(const NetNamespace& where, const char* address) {
  const auto inside = Inside::enter(where);
  UniqueFd made(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  const int room = 8 << 20;
  ::setsockopt(made.get(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  ::setsockopt(made.get(), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  ::setsockopt(made.get(), SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
  const sockaddr_in at = place(address, kPort);
  EXPECT_EQ(::bind(made.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
  return made;
}

class LabTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string obstacle = Lab::obstacle(); !obstacle.empty()) {
      GTEST_SKIP() << "SKIPPED, NO LAB HERE: " << obstacle;
    }
  }

  void make(const Link& link) {
    auto made = Lab::create(link);
    ASSERT_TRUE(made) << made.error().message;
    lab_.emplace(std::move(made).value());
    server_ = datagram_socket(lab_->server(), kServerAddress);
    client_ = datagram_socket(lab_->client(), kClientAddress);
  }

  static void send(const UniqueFd& from, const char* to, int count) {
    const std::string payload(kPayload, 'x');
    const sockaddr_in at = place(to, kPort);
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(
          ::sendto(from.get(), payload.data(), payload.size(), 0, reinterpret_cast<const sockaddr*>(&at), sizeof at),
          static_cast<ssize_t>(payload.size()));
    }
  }

  // When each of the next datagrams arrived, as the kernel says; fewer when none has come for `patience`.
  static std::vector<Stamp> receive(const UniqueFd& at, std::size_t count, std::chrono::seconds patience = 20s) {
    const timeval limit{patience.count(), 0};
    ::setsockopt(at.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    std::vector<Stamp> stamps;
    while (stamps.size() < count) {
      char payload[2 * kPayload];
      alignas(cmsghdr) char control[256];
      iovec bytes{payload, sizeof payload};
      msghdr message{};
      message.msg_iov = &bytes;
      message.msg_iovlen = 1;
      message.msg_control = control;
      message.msg_controllen = sizeof control;
      if (::recvmsg(at.get(), &message, 0) < 0) break;
      const cmsghdr* stamp = CMSG_FIRSTHDR(&message);
      if (!stamp || stamp->cmsg_type != SO_TIMESTAMPNS) break;
      timespec time{};
      std::memcpy(&time, CMSG_DATA(stamp), sizeof time);
      stamps.push_back(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
    }
    return stamps;
  }

  LinkCounts counts() const { return lab_->link().counts(); }

  std::optional<Lab> lab_;
  UniqueFd server_, client_;
};

TEST_F(LabTest, datagrams_arrive_at_the_lines_rate) {
  const Line line{.rate = 20e6, .queue = 10s};
  make(even_link(line));
  const Span sending = line.time_of(kFrame);
  // Nothing may be faster than the line. That it isn't slower is seen in the best of a few tries: a busy machine may
  // keep the sender or the emulator waiting.
  bool as_fast = false;
  for (int tries = 0; tries < 10 && !as_fast; ++tries) {
    const Stamp began = clock_now();
    send(server_, kClientAddress, 100);
    const Stamp ended = clock_now();
    const auto arrived = receive(client_, 100);
    ASSERT_EQ(arrived.size(), 100u);
    EXPECT_GE(arrived.back() - began, 100 * sending);
    as_fast = arrived.back() <= ended + 100 * sending + 5ms;
  }
  if (!lab_->link().in_real_time()) GTEST_SKIP() << "SKIPPED IN PART: no real-time priority, so it may be slower";
  EXPECT_TRUE(as_fast);
}

TEST_F(LabTest, a_way_takes_the_delay_in_each_direction) {
  make(even_link({.delay = 30ms, .queue = 1s}));
  Span fastest_down = 1h;
  Span fastest_up = 1h;
  for (int i = 0; i < 10; ++i) {
    const Stamp asked = clock_now();
    send(client_, kServerAddress, 1);
    const auto came = receive(server_, 1);
    ASSERT_EQ(came.size(), 1u);
    EXPECT_GE(came[0] - asked, 30ms);
    fastest_up = std::min<Span>(fastest_up, came[0] - asked);
    const Stamp answered = clock_now();
    send(server_, kClientAddress, 1);
    const auto back = receive(client_, 1);
    ASSERT_EQ(back.size(), 1u);
    EXPECT_GE(back[0] - answered, 30ms);
    fastest_down = std::min<Span>(fastest_down, back[0] - answered);
  }
  if (!lab_->link().in_real_time()) GTEST_SKIP() << "SKIPPED IN PART: no real-time priority, so ways may take longer";
  EXPECT_LE(fastest_up, 40ms);
  EXPECT_LE(fastest_down, 40ms);
}

TEST_F(LabTest, nothing_waits_longer_than_the_queue_and_the_rest_is_dropped) {
  const Line line{.rate = 8e6, .queue = 20ms};
  make(even_link(line));
  send(server_, kClientAddress, 200);  // a quarter of a second of the line
  send(client_, kServerAddress, 1);
  EXPECT_EQ(receive(server_, 1).size(), 1u);
  const auto arrived = receive(client_, 200, 1s);
  EXPECT_GE(arrived.size(), 18u);
  EXPECT_GT(counts().down.dropped, 0u);
  EXPECT_LE(counts().down.longest_wait, 20ms);
  EXPECT_EQ(counts().down.lost, 0u);
}

TEST_F(LabTest, datagrams_are_lost_on_the_way_down_alone) {
  make(even_link({.queue = 1s, .loss = 0.5}));
  send(client_, kServerAddress, 100);
  EXPECT_EQ(receive(server_, 100).size(), 100u);
  send(server_, kClientAddress, 400);
  const auto arrived = receive(client_, 400, 1s);
  EXPECT_GT(arrived.size(), 100u);  // half of them, and ten standard deviations
  EXPECT_LT(arrived.size(), 300u);
  EXPECT_GT(counts().down.lost, 100u);
  EXPECT_EQ(counts().up.lost, 0u);
}

TEST_F(LabTest, the_link_can_be_changed_while_it_carries) {
  make(even_link({.delay = 1ms}));
  lab_->link().change(even_link({.delay = 25ms}));
  const Stamp asked = clock_now();
  send(client_, kServerAddress, 1);
  const auto came = receive(server_, 1);
  ASSERT_EQ(came.size(), 1u);
  EXPECT_GE(came[0] - asked, 25ms);
}

TEST_F(LabTest, the_servers_connections_avoid_congestion_by_cubic_and_forget_what_they_measured) {
  make(even_link({}));
  const auto said = lab_->congestion_control();
  ASSERT_TRUE(said) << said.error().message;
  EXPECT_EQ(*said, "cubic");

  UniqueFd listening;
  UniqueFd calling;
  const sockaddr_in at = place(kServerAddress, kPort);
  {
    const auto inside = Inside::enter(lab_->server());
    ASSERT_TRUE(inside);
    EXPECT_EQ(*kernel_setting("net.ipv4.tcp_no_metrics_save"), "1");
    listening = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::bind(listening.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
    ASSERT_EQ(::listen(listening.get(), 1), 0);
  }
  {
    const auto inside = Inside::enter(lab_->client());
    ASSERT_TRUE(inside);
    EXPECT_EQ(*kernel_setting("net.ipv4.tcp_no_metrics_save"), "1");
    calling = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  }
  ASSERT_EQ(::connect(calling.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at), 0) << std::strerror(errno);
  const UniqueFd taken(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
  ASSERT_TRUE(taken);
  char name[16] = {};
  socklen_t length = sizeof name - 1;
  ASSERT_EQ(::getsockopt(taken.get(), IPPROTO_TCP, TCP_CONGESTION, name, &length), 0);
  EXPECT_STREQ(name, "cubic");
}

}  // namespace
}  // namespace dosvc::lab
