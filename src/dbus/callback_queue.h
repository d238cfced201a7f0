#pragma once

#include "base/loop.h"
#include "core/job_service.h"
#include "dbus/bus_client.h"

#include <compare>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace dosvc {

// The answer that the engine waits for; when nobody gives one it is a no.
class OwedAnswer {
 public:
  OwedAnswer() = default;
  explicit OwedAnswer(std::function<void(bool taken)> answer);
  void give(bool taken);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Carries what programs are to hear to their org.dosvc1.Callback objects. Bus thread only.
//   - At most 4 calls of one user's programs are underway, whatever the number of connections; the others wait in
//     line, so that one user's slow programs hold up nobody else.
//   - A call that isn't answered in 60 s counts as not taken. Until its answer comes nothing else is told to that
//     program about that job: the engine hears no at once and tries again later.
//   - A bus lets a program wait for so many answers and no more (128 by default), and the service needs some to ask who
//     calls. So who owes 8 overdue answers, or whose user owes 16, is told nothing else either until one has come.
//   - Of several modifications that wait, and of several other notifications, the newest is told: the engine has given
//     up those before it.
class CallbackQueue {
 public:
  explicit CallbackQueue(Loop& loop) : loop_(loop) {}
  CallbackQueue(const CallbackQueue&) = delete;
  CallbackQueue& operator=(const CallbackQueue&) = delete;

  void tell(BusClient& client, const std::string& path, Notification notification, OwedAnswer answer);
  // It reads again: nothing is told to one that is stalled, see backlog.h.
  void go_on(BusClient& client);
  // The client goes: what it hasn't answered is not taken.
  void forget(BusClient& client);

 private:
  struct Told {
    std::string path;
    Notification notification;
    OwedAnswer answer;
    std::uint64_t order = 0;
  };
  enum class Phase : std::uint8_t {
    idle,
    calling,  // and counted
    overdue   // the answer is still to come, but nobody waits for it
  };
  // What one client is told about one job.
  struct Lane {
    std::optional<Told> modification;
    std::optional<Told> other;
    Phase phase = Phase::idle;
    bool in_line = false;
    OwedAnswer answer;
    PendingCall call;
    Timer patience;

    bool waits() const { return modification || other; }
  };
  struct Key {
    BusClient* client;
    JobId job;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct User {
    int underway = 0;
    int overdue = 0;
    std::deque<Key> line;
  };

  static bool may_hear(const BusClient& client, const Job& job);
  bool owes_too_much(const BusClient& client, const User& user) const;
  void hold_back(const Key& key);
  void one_less_overdue(BusClient& client);
  void line_up(const Key& key, Lane& lane);
  void start(uid_t uid);
  void call(const Key& key, Lane& lane);
  void answered(const Key& key, const Result<sd_bus_message*>& answer);
  void overdue(const Key& key);

  Loop& loop_;
  std::map<Key, Lane> lanes_;
  std::map<uid_t, User> users_;
  std::map<const BusClient*, int> overdue_;  // of those that owe any
  std::uint64_t last_order_ = 0;
};

}  // namespace dosvc
