#pragma once

#include <sys/types.h>

#include <string>

#include "fakes/temp_folder.h"

namespace dosvc {

// A message bus of the test's own.
class BusDaemon {
 public:
  // `policy` is what stands in the policy elements of its configuration.
  explicit BusDaemon(const std::string& policy);
  ~BusDaemon();
  BusDaemon(const BusDaemon&) = delete;
  BusDaemon& operator=(const BusDaemon&) = delete;

  // Empty: it could not be started.
  const std::string& address() const { return address_; }
  void end();
  void begin_again();  // at the same place

  static const char* everything_allowed();
  // As Debian's system bus has it, and what the service brings along.
  static std::string system_rules();

 private:
  void begin();

  TempFolder folder_;
  std::string address_;
  pid_t pid_ = -1;
};

}  // namespace dosvc
