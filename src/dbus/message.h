#pragma once

#include <systemd/sd-bus.h>

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace dosvc {

struct MessageUnref {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using MessagePtr = std::unique_ptr<sd_bus_message, MessageUnref>;
inline MessagePtr keep(sd_bus_message* message) { return MessagePtr(sd_bus_message_ref(message)); }

// A message that is being made; counts its bytes, which sd-bus doesn't tell. An append that fails (short of memory, or
// a text that isn't UTF-8) spoils the message: BusConnection then answers the call with an error, or sends nothing.
class MessageWriter {
 public:
  explicit MessageWriter(MessagePtr message, MessagePtr answered_call = {})
      : message_(std::move(message)), answered_call_(std::move(answered_call)) {}

  // As of sd_bus_message_append_basic().
  MessageWriter& basic(char type, const void* value);
  MessageWriter& text(const char* value) { return basic('s', value); }
  MessageWriter& byte_array(std::string_view bytes);  // ay
  MessageWriter& open(char type, const char* contents);
  MessageWriter& close();

  bool spoiled() const { return !message_ || failed_ < 0; }
  std::size_t bytes() const { return bytes_; }
  sd_bus_message* raw() const { return message_.get(); }
  // The call that this answers; none for anything else.
  sd_bus_message* answered_call() const { return answered_call_.get(); }

 private:
  MessageWriter& note(int result);

  MessagePtr message_;
  MessagePtr answered_call_;
  std::size_t bytes_ = 128;  // about what the header takes
  int failed_ = 0;
};

}  // namespace dosvc
