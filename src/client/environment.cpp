#include "client/environment.h"

#include <stdlib.h>

#include <fstream>
#include <initializer_list>
#include <string>
#include <string_view>

namespace dosvc {

namespace {

// The first of the variables that says something.
std::string first_of(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = ::getenv(name);
    if (value && *value) return value;
  }
  return {};
}

}  // namespace

void set_from_environment(NewJob& spec) {
  spec.umask = program_umask();
  set_proxies_from_environment(spec.http);
}

mode_t program_umask() {
  std::ifstream status("/proc/thread-self/status");
  constexpr std::string_view kField = "Umask:";
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(kField)) continue;
    const unsigned long mask = ::strtoul(line.c_str() + kField.size(), nullptr, 8);
    return static_cast<mode_t>(mask & 0777);
  }
  return 077;
}

void set_proxies_from_environment(HttpOptions& http) {
  http.http_proxy = first_of({"http_proxy", "all_proxy", "ALL_PROXY"});
  http.https_proxy = first_of({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  http.no_proxy = first_of({"no_proxy", "NO_PROXY"});
}

}  // namespace dosvc
