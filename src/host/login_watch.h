#pragma once

#include <functional>
#include <memory>

#include "base/loop.h"
#include "core/presence.h"

struct sd_login_monitor;

namespace dosvc {

// Who is logged on now, as logind tells: users with a session, and those who linger. Without logind nobody can tell.
Presence who_is_here();

// Tells of it at once, and whenever it changes. On the loop's thread. Without logind it stays with what it told first.
class LoginWatch {
 public:
  LoginWatch(Loop& loop, std::function<void(Presence)> tell);

 private:
  struct MonitorUnref {
    void operator()(sd_login_monitor* monitor) const;
  };

  const std::function<void(Presence)> tell_;
  std::unique_ptr<sd_login_monitor, MonitorUnref> monitor_;  // declared before the watch, which must end first
  Watch watch_;
};

}  // namespace dosvc
