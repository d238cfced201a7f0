#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace dosvc {

// Who may manage the jobs of others. Bus thread only.
class Authority {
 public:
  virtual ~Authority() = default;
  // `bus_name` is the caller's unique name, empty on a direct connection. `answer` runs once, now or later. With
  // `interactive` the caller agrees to be asked for a password meanwhile.
  virtual void is_administrator(uid_t uid, const std::string& bus_name, bool interactive,
                                std::function<void(bool)> answer) = 0;
};

}  // namespace dosvc
