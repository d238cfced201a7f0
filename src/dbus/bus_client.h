#pragma once

#include "core/job_service.h"
#include "dbus/bus_connection.h"
#include "dbus/message.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace dosvc {

class Subscription;

// A program at the other end: the owner of a unique name on a bus, or whoever a direct connection comes from. Belongs
// to the bus thread and to its ClientList, and goes when the program does: others keep it weakly. Its connection is
// there for as long as it is.
struct BusClient {
  BusClient(BusConnection& on, std::string unique_name) : connection(on), name(std::move(unique_name)) {}

  BusConnection& connection;
  const std::string name;  // empty on a direct connection
  // `administrator`: root, or an authority's yes, which holds for as long as the program is connected.
  Caller caller;
  bool held = true;                // its calls wait: until it is known who it is, and while an authority is asked
  std::deque<MessagePtr> waiting;  // calls, in the order they came
  std::size_t underway = 0;        // calls without an answer, those that wait too
  std::set<JobId> listens_to;
  std::shared_ptr<Subscription> subscription;
  PendingCall watching;  // that the bus tells when it goes
  PendingCall identifying;

  const char* destination() const { return name.empty() ? nullptr : name.c_str(); }
  bool in_use() const { return underway > 0 || !listens_to.empty() || subscription; }
};

}  // namespace dosvc
