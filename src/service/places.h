#pragma once

#include <string>

#include "base/result.h"
#include "service/options.h"

namespace dosvc::service {

struct Places {
  std::string state_directory;
  std::string configuration;  // empty: there is no place for one
  std::string socket;         // of one user's service; else empty
};

// All absolute: from the options, else from the environment of the process.
Result<Places> find_places(const Options& options);

}  // namespace dosvc::service
