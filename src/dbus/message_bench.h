#pragma once

#include "dbus/message.h"

#include <sys/socket.h>

#include <cstdlib>
#include <memory>

namespace dosvc {

// Makes messages that are then read as if they had come: sd-bus wants a connection for that, which needn't work.
class MessageBench {
 public:
  MessageBench() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
    sd_bus* made = nullptr;
    if (sd_bus_new(&made) < 0 || sd_bus_set_fd(made, ends[0], ends[0]) < 0 || sd_bus_start(made) < 0) std::abort();
    bus_.reset(made);
    ::close(ends[1]);
  }

  MessageWriter begin() {
    sd_bus_message* message = nullptr;
    if (sd_bus_message_new_signal(bus_.get(), &message, "/", "a.b", "C") < 0) std::abort();
    return MessageWriter(MessagePtr(message));
  }
  // Empty for a message that is spoiled.
  static MessagePtr finish(const MessageWriter& made) {
    if (made.spoiled() || sd_bus_message_seal(made.raw(), 1, 0) < 0) return {};
    sd_bus_message_rewind(made.raw(), 1);
    return keep(made.raw());
  }

 private:
  struct Close {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }
  };
  std::unique_ptr<sd_bus, Close> bus_;
};

}  // namespace dosvc
