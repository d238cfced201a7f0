#pragma once

#include <cstdint>
#include <string>
#include <thread>

#include "base/result.h"
#include "base/unique_fd.h"

namespace dosvc::bench {

// A server on the loopback that takes connections and never says a word; ends with this object.
class SilentServer {
 public:
  static Result<SilentServer> start();
  SilentServer(SilentServer&&) = default;
  SilentServer& operator=(SilentServer&&) = delete;
  ~SilentServer();

  std::string url() const;  // no slash at the end

 private:
  SilentServer(UniqueFd listening, UniqueFd stop, std::uint16_t port);

  UniqueFd listening_;
  UniqueFd stop_;
  std::uint16_t port_;
  std::thread thread_;
};

}  // namespace dosvc::bench
