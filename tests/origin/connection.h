#pragma once

#include <optional>
#include <string>
#include <vector>

#include "origin/record.h"
#include "origin/reply.h"
#include "origin/site.h"
#include "origin/wire.h"

namespace dosvc::origin {

// One connection, from the first request to its end, on the thread that calls run().
class Connection {
 public:
  Connection(Wire wire, std::uint64_t number, Site& site, Record& record);
  void run();

 private:
  // What became of the connection by sending a reply.
  enum class After { goes_on, finished, gone };

  std::optional<Request> next_request();
  bool discard_body(const Request& request);
  After send(const Request& request, const Reply& reply);
  bool send_head(const Reply& reply);
  bool send_padding(std::uint64_t bytes);
  // The body up to its end or its cut.
  bool send_body(const Request& request, const Reply& reply);
  bool send_paced(const Request& request, const Reply& reply, std::uint64_t from, std::uint64_t bytes);
  void end_cut(Ending ending);

  Wire wire_;
  std::uint64_t number_;
  Site& site_;
  Record& record_;
  std::string received_;     // and not yet used
  std::vector<char> block_;  // what is about to be sent
  std::chrono::steady_clock::time_point body_began_{};
  std::uint64_t body_sent_ = 0;
};

}  // namespace dosvc::origin
