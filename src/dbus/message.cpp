#include "dbus/message.h"

#include <cstring>

namespace dosvc {
namespace {

std::size_t size_of(char type, const void* value) {
  switch (type) {
    case 's':
    case 'o':
    case 'g':
      return 4 + std::strlen(static_cast<const char*>(value)) + 1;
    case 't':
    case 'x':
    case 'd':
      return 8;
    default:
      return 4;
  }
}

}  // namespace

MessageWriter& MessageWriter::note(int result) {
  if (result < 0 && failed_ >= 0) failed_ = result;
  return *this;
}

MessageWriter& MessageWriter::basic(char type, const void* value) {
  if (spoiled()) return *this;
  bytes_ += size_of(type, value);
  return note(sd_bus_message_append_basic(raw(), type, value));
}

MessageWriter& MessageWriter::byte_array(std::string_view bytes) {
  if (spoiled()) return *this;
  bytes_ += 4 + bytes.size();
  return note(sd_bus_message_append_array(raw(), 'y', bytes.data(), bytes.size()));
}

MessageWriter& MessageWriter::open(char type, const char* contents) {
  if (spoiled()) return *this;
  bytes_ += 4;  // a length, or a signature
  return note(sd_bus_message_open_container(raw(), type, contents));
}

MessageWriter& MessageWriter::close() { return spoiled() ? *this : note(sd_bus_message_close_container(raw())); }

}  // namespace dosvc
