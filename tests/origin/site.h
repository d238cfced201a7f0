#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "origin/behaviour.h"
#include "origin/reply.h"

namespace dosvc::origin {

// Which reply a request gets: resources a test has put up, and URLs that describe themselves. Counts the requests of
// each path (of each whole target where the URL describes itself). Every function may be called from any thread.
class Site {
 public:
  // From now on; the counting of this path begins anew.
  void serve(const std::string& path, Resource resource);
  void remove(const std::string& path);
  // For every path whatever, until taken back with nothing.
  void intercept(std::optional<Behaviour> behaviour);

  Reply answer(const Request& request);
  void connection_ended(std::uint64_t number);

 private:
  const Tally& count(const std::string& key, const Request& request);
  static Reply redirect_in_chain(const Request& request);

  std::mutex mutex_;
  std::map<std::string, Resource> resources_;
  std::map<std::string, Tally> tallies_;
  std::optional<Behaviour> intercepting_;
};

}  // namespace dosvc::origin
