#pragma once

#include <systemd/sd-bus.h>

#include <memory>

#include "dbus/message.h"

// For the few questions that are asked before there is a loop.
namespace dosvc {

struct BusUnref {
  void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
};
using BusPtr = std::unique_ptr<sd_bus, BusUnref>;

// Frees what a call may leave.
struct CallError {
  sd_bus_error error{};
  CallError() = default;
  ~CallError() { sd_bus_error_free(&error); }
  CallError(const CallError&) = delete;
  CallError& operator=(const CallError&) = delete;
};

}  // namespace dosvc
