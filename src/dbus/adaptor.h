#pragma once

#include "base/loop.h"
#include "core/job_service.h"
#include "dbus/authority.h"
#include "dbus/bus_connection.h"

#include <cstddef>
#include <functional>
#include <memory>

namespace dosvc {

// Puts a JobService on D-Bus connections as org.dosvc1 (org.dosvc1.xml). Belongs to the bus loop's thread; the service
// may run on another. `service` and `authority` outlive it.
class BusAdaptor {
 public:
  BusAdaptor(Loop& bus_loop, JobService& service, Authority& authority);
  ~BusAdaptor();
  BusAdaptor(const BusAdaptor&) = delete;
  BusAdaptor& operator=(const BusAdaptor&) = delete;

  // Serves a connection to a bus, on which the name has been or will be asked for, or a direct one, until it closes;
  // `closed` runs then.
  void serve(std::unique_ptr<BusConnection> connection, std::function<void()> closed);

  // For those who decide whether the service may leave: direct connections that are open, and calls that are not yet
  // answered.
  std::size_t direct_connections() const;
  std::size_t calls_underway() const;
  // Runs when one of these, or anything that came from a client, changes it.
  void on_activity(std::function<void()> call);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace dosvc
