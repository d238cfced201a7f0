#pragma once

#include <functional>
#include <string>

#include "base/loop.h"
#include "base/result.h"
#include "dbus/adaptor.h"

namespace dosvc::service {

// The service's place on a message bus: the connection, which the adaptor serves, and the name org.dosvc1. On the bus
// loop's thread; the adaptor outlives it.
class BusName {
 public:
  // `changed` hears that the name is the service's, or why it isn't, or no more: each time a fresh acquire() may
  // follow.
  BusName(Loop& loop, BusAdaptor& adaptor, std::string address, std::function<void(Result<void>)> changed);

  // Connects where there is no connection, and asks for the name.
  void acquire();
  // Gives the name back. What was sent to it before has been handed to the adaptor when `released` is called.
  void release(std::function<void()> released);
  BusConnection* connection() const { return connection_; }  // null: none

 private:
  void asked(const Result<sd_bus_message*>& answer);

  Loop& loop_;
  BusAdaptor& adaptor_;
  const std::string address_;
  const std::function<void(Result<void>)> changed_;
  BusConnection* connection_ = nullptr;  // the adaptor's
  PendingCall call_;
  std::shared_ptr<const char> alive_ = std::make_shared<char>();
};

// The address of a machine's or a session's bus. An error when the environment names no session bus.
Result<std::string> system_bus_address();
Result<std::string> session_bus_address();

}  // namespace dosvc::service
