#pragma once

#include "origin/behaviour.h"

// A reply decided to the last byte, before anything is sent: everything about it can be tested without a socket.
namespace dosvc::origin {

struct Reply {
  std::chrono::milliseconds delay{0};
  std::vector<int> interim{};
  std::optional<std::string> raw{};  // sent alone, then the end of the connection

  std::string head{};  // status line and headers, without the empty line
  std::uint64_t padding_headers = 0;

  bool has_body = true;  // false: whatever the head announces, nothing follows it
  std::string page{};    // the body, unless it's content
  std::uint64_t seed = 0;
  std::uint64_t first = 0;   // offset of the body in the content
  std::uint64_t length = 0;  // of the body, before any cut
  bool is_content = false;

  Framing framing = Framing::length;
  std::optional<std::string> chunk_size{};
  std::uint64_t rate = 0;
  std::optional<std::uint64_t> cut_after{};
  Ending ending = Ending::fin;
  bool close = false;  // the connection ends with this reply
};

Reply plan_reply(const Request& request, const Resource& resource, const Behaviour& behaviour);

// A page of HTML for a status of the origin's own, such as 404 for a path it doesn't know.
Reply plan_page(const Request& request, int status, const std::string& text);

}  // namespace dosvc::origin
