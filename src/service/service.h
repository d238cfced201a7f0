#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/sd_event_loop.h"
#include "dbus/adaptor.h"
#include "host/in_process_service.h"
#include "host/login_watch.h"
#include "service/bus_name.h"
#include "service/idle_watch.h"
#include "service/job_journal.h"
#include "service/options.h"
#include "service/places.h"
#include "service/polkit_authority.h"
#include "service/signals.h"
#include "service/socket_server.h"
#include "service/start_report.h"
#include "service/watchdog.h"

namespace dosvc::service {

// dosvcd put together: the engine, the ways to it, and what systemd and an administrator want of it. Everything here
// belongs to the thread that calls run(), the bus loop's; the engine has its own.
class Service {
 public:
  // `time` is empty but in tests.
  Service(Options options, Timekeeper* time);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // Serves until it is told to end or, if it is one user's, has nothing to do. The exit code; an error: it could not
  // begin.
  Result<int> run();

 private:
  Result<void> open_engine();
  Result<void> open_doors();
  Result<void> open_socket(const std::string& path, bool for_everybody);
  // See own_socket_path().
  std::string link_to_socket() const { return places_.state_directory + "/socket"; }
  void connected(UniqueFd socket, uid_t peer);
  Result<void> open_bus();
  void bus_changed(const Result<void>& how);
  void started();
  void reload();
  void end();

  bool has_nothing_to_do() const;
  void try_to_leave();
  void leave_or_stay();
  void leave_socket();

  const Options options_;
  Timekeeper* const time_;
  Places places_;
  StartReport report_;
  std::unique_ptr<SdEventLoop> real_loop_;
  std::unique_ptr<Loop> moved_loop_;  // of `time_`
  Loop* loop_ = nullptr;              // the one in use
  UniqueFd leaving_;                  // the lock of a socket that is left behind: until the engine is gone
  std::unique_ptr<HostedEngine> engine_;
  std::shared_ptr<JobJournal> journal_;
  std::unique_ptr<Authority> authority_;
  std::unique_ptr<BusAdaptor> adaptor_;
  std::unique_ptr<BusName> bus_;
  std::unique_ptr<SocketServer> own_socket_;
  std::unique_ptr<SocketServer> further_socket_;
  std::map<uid_t, int> connections_;  // direct ones of each user
  std::optional<Signals> signals_;
  std::optional<Watchdog> watchdog_;
  std::optional<LoginWatch> logins_;
  std::optional<IdleWatch> idle_;
  Timer bus_retry_;
  Clock::duration bus_pause_{};
  bool started_ = false;
  bool systemd_was_told_ = false;  // that the service ends
  bool bus_asked_ = false;         // to take the name back
  std::optional<Error> failure_;
  int exit_code_ = 0;
};

}  // namespace dosvc::service
