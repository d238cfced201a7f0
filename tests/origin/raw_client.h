#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "origin/request.h"
#include "origin/wire.h"

// A client that believes nothing, for the tests of the origin: it tells what came over the socket and how that ended.
namespace dosvc::origin {

struct Answer {
  enum class End { complete, fin, reset, silent };
  std::string status_line;
  int status = 0;  // 0: no reply that looks like HTTP/1.1
  std::vector<int> interim;
  Headers headers;
  std::string body;
  End end = End::silent;  // complete: as announced, and the connection is still there
  std::string header(std::string_view name) const;
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port);

  void send(const std::string& bytes);
  // `lines` are whole header lines without their ends.
  Answer get(const std::string& target, const std::vector<std::string>& lines = {}, const std::string& method = "GET");
  // Exactly `bytes` more bytes, fewer when the connection ends first.
  std::string read(std::size_t bytes);
  // What is there now, without waiting: nothing at all?
  bool is_silent() const;
  // Waits for the end of the connection and tells which it is.
  Answer::End wait_for_end();

 private:
  bool fill_more();
  bool read_line(std::string& line);
  void read_headers(Answer& answer);
  void read_chunks(Answer& answer);

  Fd socket_;
  std::string received_;
  Answer::End end_ = Answer::End::complete;
};

}  // namespace dosvc::origin
