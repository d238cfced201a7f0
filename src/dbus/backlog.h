#pragma once

#include "base/loop.h"
#include "dbus/bus_client.h"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace dosvc {

// Sees to it that little waits on a bus for programs that don't read. dbus-daemon counts what waits against the sender
// and at some limit (max_incoming_bytes) no longer reads what the service sends to anybody.
//
// What each program is sent is counted. Above 1 MiB it is stalled, and the bus is asked how much waits for it: when
// that is little it goes on at once, or else as soon as it has read. Who reads nothing for a minute is cut off. Of one
// user's programs together 16 MiB may wait: beyond that each may have 64 KiB. A bus that doesn't answer this question
// (dbus-broker has quotas of its own for each user) is sent everything at once. Bus thread only.
class Backlog {
 public:
  using Clients = std::map<std::string, std::shared_ptr<BusClient>>;
  struct Events {
    std::function<void(BusClient&)> goes_on;
    std::function<void(BusClient&)> cut_off;  // it stays stalled
  };
  // `clients` outlives it.
  Backlog(Loop& loop, BusConnection& connection, const Clients& clients, Events events);

  void sent(BusClient& client, std::size_t bytes);
  // Whether a call that doesn't wait while the client is stalled (one too many, or a Ping) is answered at all: who
  // makes very many of them is cut off, and then hears nothing.
  bool may_answer(BusClient& client);

 private:
  std::size_t limit_of(const BusClient& client) const;
  void ask(BusClient& client);
  void answered(BusClient& client, std::optional<std::uint64_t> waiting);
  void cut_off(BusClient& client);

  Loop& loop_;
  BusConnection& connection_;
  const Clients& clients_;
  const Events events_;
  bool mute_ = false;  // the bus doesn't know the question, or its rules forbid it: it isn't asked again
};

}  // namespace dosvc
