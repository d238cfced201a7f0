#pragma once

#include <systemd/sd-bus.h>

#include <cstddef>
#include <memory>
#include <utility>

namespace dosvc {

struct MessageUnref {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using MessagePtr = std::unique_ptr<sd_bus_message, MessageUnref>;
inline MessagePtr keep(sd_bus_message* message) { return MessagePtr(sd_bus_message_ref(message)); }

// A message that is being made; counts its bytes, which sd-bus doesn't tell. An append that fails (short of memory, or
// a text that isn't UTF-8) spoils the message: BusConnection then sends an error, or nothing.
class MessageWriter {
 public:
  explicit MessageWriter(MessagePtr message) : message_(std::move(message)) {}

  // As of sd_bus_message_append_basic().
  MessageWriter& basic(char type, const void* value);
  MessageWriter& text(const char* value) { return basic('s', value); }
  MessageWriter& open(char type, const char* contents);
  MessageWriter& close();

  bool spoiled() const { return !message_ || failed_ < 0; }
  std::size_t bytes() const { return bytes_; }
  sd_bus_message* raw() const { return message_.get(); }

 private:
  MessagePtr message_;
  std::size_t bytes_ = 128;  // about what the header takes
  int failed_ = 0;
};

}  // namespace dosvc
