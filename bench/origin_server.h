#pragma once

#include <string>

#include "process.h"

namespace dosvc::bench {

// The misbehaving origin of the tests (tests/origin) as a process of its own on the loopback; ends with this object.
class OriginServer {
 public:
  static Result<OriginServer> start();

  const std::string& url() const { return url_; }  // with a slash at the end

 private:
  OriginServer(Companion process, std::string url) : process_(std::move(process)), url_(std::move(url)) {}

  Companion process_;
  std::string url_;
};

}  // namespace dosvc::bench
