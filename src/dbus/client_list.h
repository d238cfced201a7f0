#pragma once

#include "dbus/bus_client.h"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace dosvc {

// Who talks to the service over one connection. On a bus each sender's uid is asked of the bus once, before its first
// call is carried out; the bus is told to say when the sender goes, and nothing else, so that programs that have no
// business here never wake the service. A direct connection has one client, whom the kernel names.
class ClientList {
 public:
  struct Events {
    std::function<void(const std::shared_ptr<BusClient>&)> identified;  // no longer held
    // It is gone, or the bus doesn't say who it is: calls that wait are not to be carried out.
    std::function<void(BusClient&)> lost;
  };
  ClientList(BusConnection& connection, Events events);
  ~ClientList();
  ClientList(const ClientList&) = delete;
  ClientList& operator=(const ClientList&) = delete;

  std::shared_ptr<BusClient> sender_of(sd_bus_message* call);
  // Takes what the bus says of names that vanish; false: it is something else.
  bool hear(sd_bus_message* signal);
  void lose_all();

  const std::map<std::string, std::shared_ptr<BusClient>>& all() const { return clients_; }

 private:
  void identify(BusClient& client);
  void identified(const std::string& name, Result<sd_bus_message*> answer);
  void lose(const std::string& name);
  void forget_idle();

  BusConnection& connection_;
  const Events events_;
  std::map<std::string, std::shared_ptr<BusClient>> clients_;
};

}  // namespace dosvc
