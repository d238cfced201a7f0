#pragma once

#include <functional>

#include "base/loop.h"
#include "base/unique_fd.h"
#include "core/network_state.h"

namespace dosvc {

// Whether there is a network now: an interface beside the loopback that is up, has its carrier, and has an address
// that isn't of the link alone. An address and no route: machines that only know their neighbours download from those.
// Bridges of containers and virtual machines count while one of those runs; then a lost line is seen when connections
// fail. Where the kernel can't be asked there is one.
NetworkState network_now();

// Tells of it at once, and whenever it changes: the kernel says when links and addresses come and go. On the loop's
// thread, of whose network namespace it is. Where the kernel can't be heard it stays with what it told first.
class LinkWatch {
 public:
  LinkWatch(Loop& loop, std::function<void(NetworkState)> tell);

 private:
  void look();

  Loop& loop_;
  const std::function<void(NetworkState)> tell_;
  NetworkState told_;
  UniqueFd kernel_;  // declared before the watch, which must end first
  Watch watch_;
};

}  // namespace dosvc
