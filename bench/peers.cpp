#include "peers.h"

#include <fmt/core.h>

namespace dosvc::bench {

namespace {

// `script` has the URL as $0, the file as $1, its folder as $2 and the authority's certificate as $3.
Side peer(const Fetching& what, Until until, const std::string& label, const std::string& script) {
  const bool synced = until == Until::synced;
  return {
      label + (synced ? " && sync" : ""),
      {"sh", "-c", synced ? script + " && sync \"$1\"" : script, what.url, what.target(), what.folder, what.ca_file}};
}

std::string trusting(const Fetching& what, const std::string& option) {
  return what.ca_file.empty() ? "" : fmt::format(" {} \"$3\"", option);
}

}  // namespace

Side dosvc_get(const Fetching& what, const Daemon& service, const std::string& sha256) {
  Words words{sibling("dosvc"), "get", "-q", "-o", what.target(), what.url};
  if (!what.ca_file.empty()) words.insert(words.end(), {"--cacert", what.ca_file});
  if (!sha256.empty()) words.insert(words.end(), {"--sha256", sha256});
  return {sha256.empty() ? "dosvc get" : "dosvc get --sha256", words, &service};
}

Side transport_alone(const Fetching& what) {
  Words words{sibling("fetch_file"), what.url, what.target()};
  if (!what.ca_file.empty()) words.push_back(what.ca_file);
  return {"transport alone", words};
}

Side curl(const Fetching& what, Until until) {
  return peer(what, until, "curl", "curl -s -o \"$1\"" + trusting(what, "--cacert") + " \"$0\"");
}

Side wget2(const Fetching& what, Until until) {
  return peer(what, until, "wget2",
              "wget2 -q --no-config --no-robots" + trusting(what, "--ca-certificate") + " -O \"$1\" \"$0\"");
}

Side aria2c(const Fetching& what, Until until, int connections) {
  // Without its way of making room for the file, which would be to fill it with zeros first.
  return peer(what, until, fmt::format("aria2c -x{}", connections),
              fmt::format("aria2c -q --no-conf -x{0} -s{0} -k1M --file-allocation=none{1} -d \"$2\" -o file \"$0\"",
                          connections, trusting(what, "--ca-certificate")));
}

Side axel(const Fetching& what, Until until, int connections) {
  // It takes no certificate for an address, so it is spared looking at one.
  const char* trust = what.ca_file.empty() ? "" : " -k";
  return peer(what, until, fmt::format("axel -n{}", connections),
              fmt::format("axel -q -n{}{} -o \"$1\" \"$0\"", connections, trust));
}

}  // namespace dosvc::bench
