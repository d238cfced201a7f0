#pragma once

#include <optional>
#include <string>

#include "base/unique_fd.h"

namespace dosvc::service {

// Tells the program that has started this service for itself how that went, on the pipe that it waits on: one line end
// when the service is ready, or one sentence why it isn't; then the pipe is closed. Without a pipe it does nothing.
class StartReport {
 public:
  explicit StartReport(std::optional<int> fd);

  void ready() { tell("\n"); }
  void failed(const std::string& sentence) { tell(sentence); }

 private:
  void tell(const std::string& text);

  UniqueFd pipe_;
};

}  // namespace dosvc::service
