#pragma once

#include <string>

#include "compare.h"

// The programs that we are measured beside, fetching one file.
namespace dosvc::bench {

struct Fetching {
  std::string url;
  std::string folder;  // where it goes, as "file"
  std::string ca_file{};
  std::string target() const { return folder + "/file"; }
};

// What counts: until the file is on disk (`cmd && sync FILE`), or until the program has written it.
enum class Until { synced, written };

// dosvc get with a service that runs already; that syncs whatever is asked. `sha256`: what the file must hash to, or
// empty.
Side dosvc_get(const Fetching& what, const Daemon& service, const std::string& sha256 = {});
// Our transport alone, which doesn't sync; see fetch_file.cpp.
Side transport_alone(const Fetching& what);

Side curl(const Fetching& what, Until until);
Side wget2(const Fetching& what, Until until);
Side aria2c(const Fetching& what, Until until, int connections);
Side axel(const Fetching& what, Until until, int connections);

}  // namespace dosvc::bench
