#include "dbus/bus_daemon_fixture.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

namespace dosvc {

void BusDaemonFixture::SetUp() {
  AdaptorFixture::SetUp();
  start_bus(BusDaemon::everything_allowed());
}

void BusDaemonFixture::TearDown() {
  AdaptorFixture::TearDown();
  bus.reset();
}

void BusDaemonFixture::start_bus(const std::string& policy) {
  bus = std::make_unique<BusDaemon>(policy);
  ASSERT_FALSE(bus->address().empty()) << "is Debian's package dbus installed?";
  auto connection = BusConnection::connect(bus_loop, bus->address(), true);
  ASSERT_TRUE(connection.ok()) << connection.error().message;
  served = connection->get();
  std::optional<bool> named;
  MessageWriter call =
      served->call_message("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName");
  const std::uint32_t flags = 4;  // don't queue
  call.text(wire::kBusName).basic('u', &flags);
  const PendingCall request =
      served->call(std::move(call), std::nullopt, [&](const Result<sd_bus_message*>& answer) { named = answer.ok(); });
  adaptor->serve(std::move(connection).take(), [this] {
    served = nullptr;
    ++closed;
  });
  turn_until([&] { return named.has_value(); });
  ASSERT_TRUE(named.value_or(false));
}

BusPeer& BusDaemonFixture::program() {
  peers.push_back(std::make_unique<BusPeer>(bus->address()));
  BusPeer& peer = *peers.back();
  turn_until([&] { return sd_bus_is_ready(peer.raw()) > 0; });
  return peer;
}

BusPeer& BusDaemonFixture::program_of(uid_t uid) {
  EXPECT_EQ(::seteuid(uid), 0);
  peers.push_back(std::make_unique<BusPeer>(bus->address()));
  EXPECT_EQ(::seteuid(0), 0);
  BusPeer& peer = *peers.back();
  turn_until([&] { return sd_bus_is_ready(peer.raw()) > 0; });
  return peer;
}

void BusDaemonFixture::turn_until(const std::function<bool()>& done) {
  constexpr int kPatience = 30'000;  // milliseconds; only a failure takes so long
  for (turn(); !done(); turn()) {
    std::vector<pollfd> all = bus_loop.watched();
    for (const auto& peer : peers) all.push_back(peer->watched());
    for (const UniqueFd& each : awaited_) all.push_back({each.get(), POLLIN, 0});
    if (::poll(all.data(), all.size(), kPatience) <= 0) {
      FAIL() << "what was waited for has not come";
    }
  }
}

// The bus keeps the order of messages between two programs: the service's answer to each comes after what it sent
// before, and its own question to the bus after what the bus sent it.
void BusDaemonFixture::settle() {
  for (int round = 0; round < 2; ++round) {
    for (const auto& peer : peers) {
      if (!peer->open() || !peer->reads) continue;
      const PendingAnswer bus_answer = peer->ask(wire::kManagerPath, "org.freedesktop.DBus.Peer", "Ping");
      turn_until([&] { return bus_answer->here(); });
    }
  }
}

std::string BusDaemonFixture::busctl(const std::vector<std::string>& arguments) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
  awaited_.clear();
  awaited_.emplace_back(ends[0]);
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  UniqueFd out(ends[1]);
  const std::string address = "--address=" + bus->address();
  std::vector<const char*> all{"busctl", address.c_str(), "--no-pager"};
  for (const std::string& each : arguments) all.push_back(each.c_str());
  all.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(out.get(), 1);
    ::dup2(out.get(), 2);
    ::execvp("busctl", const_cast<char* const*>(all.data()));
    ::_exit(127);
  }
  out.reset();
  std::string said;
  turn_until([&] {
    char buffer[4096];
    ssize_t n = 0;
    while ((n = ::read(ends[0], buffer, sizeof buffer)) > 0) said.append(buffer, static_cast<std::size_t>(n));
    return n == 0;
  });
  awaited_.clear();
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) said += "[exit status " + std::to_string(WEXITSTATUS(status)) + "]";
  return said;
}

}  // namespace dosvc
