#include "host/login_watch.h"

#include <stdlib.h>
#include <string.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include <string_view>
#include <utility>

#include "base/log.h"

namespace dosvc {
namespace {

// As libsystemd and its like ask: the folder is there from logind's start on.
bool logind_runs() { return ::access("/run/systemd/seats/", F_OK) == 0; }

// "closing" and "offline" are those who left processes behind, or nothing (sd_uid_get_state(3)).
bool is_here(uid_t user) {
  char* state = nullptr;
  if (::sd_uid_get_state(user, &state) < 0) return false;
  const std::string_view said = state;
  const bool here = said == "active" || said == "online" || said == "opening" || said == "lingering";
  ::free(state);
  return here;
}

}  // namespace

Presence who_is_here() {
  Presence presence;
  uid_t* users = nullptr;
  const int count = logind_runs() ? ::sd_get_uids(&users) : -1;
  if (count < 0) return presence;
  presence.users.emplace();
  for (int i = 0; i < count; ++i) {
    if (is_here(users[i])) presence.users->insert(users[i]);
  }
  ::free(users);
  return presence;
}

void LoginWatch::MonitorUnref::operator()(sd_login_monitor* monitor) const { ::sd_login_monitor_unref(monitor); }

LoginWatch::LoginWatch(Loop& loop, std::function<void(Presence)> tell) : tell_(std::move(tell)) {
  sd_login_monitor* monitor = nullptr;
  if (logind_runs()) {
    if (const int failed = ::sd_login_monitor_new("uid", &monitor); failed < 0) {
      log_warning("Who logs on and off can't be followed, and so all users count as logged on: {}.",
                  ::strerror(-failed));
    }
  }
  monitor_.reset(monitor);
  if (!monitor_) {
    tell_(Presence{});
    return;
  }
  watch_ = loop.watch(::sd_login_monitor_get_fd(monitor), Interest::readable, [this](Interest) {
    ::sd_login_monitor_flush(monitor_.get());
    tell_(who_is_here());
  });
  tell_(who_is_here());
}

}  // namespace dosvc
