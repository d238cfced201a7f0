#pragma once

#include <sys/socket.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/unique_fd.h"
#include "dbus/adaptor.h"
#include "dbus/codec.h"
#include "dbus/wire.h"
#include "fakes/bus_peer.h"
#include "fakes/engine_fixture.h"
#include "fakes/polled_loop.h"

namespace dosvc {

// Says what it was told to, when it was told to.
class FakeAuthority final : public Authority {
 public:
  struct Question {
    uid_t uid;
    std::string bus_name;
    bool interactive;
    std::function<void(bool)> answer;
  };
  void is_administrator(uid_t uid, const std::string& bus_name, bool interactive,
                        std::function<void(bool)> answer) override {
    questions.push_back({uid, bus_name, interactive, std::move(answer)});
    if (at_once) questions.back().answer(*at_once);
  }
  std::optional<bool> at_once = false;
  std::vector<Question> questions;
};

// An engine on fakes, on D-Bus, and programs of any user on direct connections: all in one thread, so that nothing
// happens but inside turn() and advance().
class AdaptorFixture : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    adaptor = std::make_unique<BusAdaptor>(bus_loop, *engine, authority);
  }
  void TearDown() override {
    peers.clear();
    adaptor.reset();
  }

  BusPeer& connect(uid_t uid) {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    UniqueFd ours(ends[0]), theirs(ends[1]);
    auto connection = BusConnection::accept(bus_loop, std::move(ours), uid);
    EXPECT_TRUE(connection.ok()) << connection.error().message;
    adaptor->serve(std::move(connection).take(), [this] { ++closed; });
    peers.push_back(std::make_unique<BusPeer>(std::move(theirs)));
    turn();
    return *peers.back();
  }

  // Until nobody has anything to do.
  void turn() {
    for (bool more = true; more;) {
      more = bus_loop.run_until_idle();
      for (const auto& peer : peers) more = peer->process() || more;
    }
  }
  // For those whose turns aren't all in this process.
  virtual void turn_until(const std::function<bool()>& done) {
    turn();
    EXPECT_TRUE(done());
  }
  void advance(Clock::duration time) {
    loop.advance(time);
    turn();
  }

  // A call with its answer.
  template <class... Argument>
  PeerAnswer call(BusPeer& peer, Argument&&... argument) {
    PendingAnswer answer = peer.ask(std::forward<Argument>(argument)...);
    turn_until([&] { return answer->here(); });
    return std::move(*answer);
  }
  template <class... Argument>
  PeerAnswer manager(BusPeer& peer, const char* member, Argument&&... argument) {
    return call(peer, wire::kManagerPath, wire::kManager, member, std::forward<Argument>(argument)...);
  }
  template <class... Argument>
  PeerAnswer job(BusPeer& peer, const std::string& path, const char* member, Argument&&... argument) {
    return call(peer, path, wire::kJob, member, std::forward<Argument>(argument)...);
  }
  std::string new_job(BusPeer& peer, const char* name = "job") {
    return manager(peer, "CreateJob", "a{sv}", 1, "DisplayName", "s", name).text("o");
  }
  // With one file at `url`, and resumed.
  std::string run_job(BusPeer& peer, const std::string& url) {
    const std::string path = new_job(peer);
    const std::string local = "/dl/" + path.substr(path.rfind('/') + 1);
    EXPECT_TRUE(
        job(peer, path, "AddFiles", "aa{sv}", 1, 2, "RemoteName", "s", url.c_str(), "LocalName", "s", local.c_str())
            .ok());
    EXPECT_TRUE(job(peer, path, "Resume").ok());
    return path;
  }
  JobSnapshotPtr get_all(BusPeer& peer, const std::string& path) {
    PeerAnswer answer = call(peer, path, "org.freedesktop.DBus.Properties", "GetAll", "s", wire::kJob);
    if (!answer.ok()) return nullptr;
    auto read = wire::read_job(answer.message.get());
    EXPECT_TRUE(read.ok()) << (read ? "" : read.error().message);
    return read ? std::make_shared<JobSnapshot>(read.take()) : nullptr;
  }

  PolledLoop bus_loop{loop};
  FakeAuthority authority;
  std::unique_ptr<BusAdaptor> adaptor;
  int closed = 0;

  std::vector<std::unique_ptr<BusPeer>> peers;
};

}  // namespace dosvc
