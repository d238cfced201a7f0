#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "client/service_place.h"

namespace dosvc {

// The service of this user's own, where no bus has one. The first program that needs it starts it; it ends by itself.
// Of programs that begin at once one starts it and the others wait (a lock beside the socket).
class OwnService {
 public:
  struct Options {
    std::string program;  // dosvcd; empty: the one that was installed with us
    std::chrono::milliseconds patience{30'000};
  };
  explicit OwnService(Options options) : options_(std::move(options)) {}

  // The address of a socket that has just taken a connection, and behind which this user is. It holds as long as this
  // object, which has the socket's folder open: a long path is reached by way of that. Waits for a service that starts.
  // With `start` it is started where it isn't running, else DO_E_NO_SERVICE.
  Result<FoundService> find(bool start);

 private:
  Result<std::optional<FoundService>> find_by_link(const std::string& usual_path);
  std::string reachable(const std::string& path) const;
  Result<bool> answers(const std::string& path) const;
  Result<void> begin(const std::string& path);

  const Options options_;
  UniqueFd folder_;
};

// The places of this process's environment.
ServiceWays service_ways(OwnService& own, bool start);

}  // namespace dosvc
