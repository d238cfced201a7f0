#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/job_service.h"
#include "process.h"
#include "workspace.h"

namespace dosvc::bench {

// A dosvcd of our own, on a state directory of the workspace; ends with this object.
class Daemon {
 public:
  // `how`: more options, such as "--session".
  static Result<Daemon> start(const Workspace& workspace, const Words& how);

  // Makes this the service of the programs that are started from now on, and keeps it when it has nothing to do.
  Result<void> use();

  pid_t pid() const { return process_.pid(); }
  double cpu() const;   // seconds that it has used so far, user and system
  double peak() const;  // MiB resident at most, since the last forget_peak()
  void forget_peak() const;
  std::string address() const { return "unix:path=" + socket_; }
  std::chrono::duration<double, std::milli> start_time() const { return start_time_; }  // until it said it is ready

 private:
  Daemon(Companion process, std::string socket, std::chrono::duration<double, std::milli> start_time)
      : process_(std::move(process)), socket_(std::move(socket)), start_time_(start_time) {}

  Companion process_;
  std::string socket_;
  std::chrono::duration<double, std::milli> start_time_;
  std::shared_ptr<JobService> connection_;  // for which it stays
};

// The value of "key:  123 kB" or "key:  123", in a file of /proc about a process.
long value_of_process(pid_t pid, const std::string& file, std::string_view key);
// How often the threads of a process have begun to run.
long wake_ups(pid_t pid);

}  // namespace dosvc::bench
