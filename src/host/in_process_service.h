#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "core/job_service.h"
#include "core/presence.h"
#include "core/service_settings.h"
#include "host/state_directory.h"
#include "host/timekeeper.h"
#include "transport/transport_options.h"

namespace dosvc {

struct InProcessOptions {
  std::string state_directory;  // absolute; empty: default_state_directory()
  bool transfers = true;        // false: jobs are kept and changed, but nothing moves
  TransportOptions transport = {};
  ServiceSettings settings = {};
  Serves serves = Serves::one_user;
  Timekeeper* time = nullptr;  // of tests
};

// An engine in this process, as its owner sees it: what a service tells it beside the calls of programs.
class HostedEngine : public JobService {
 public:
  virtual void use(ServiceSettings settings) = 0;  // see RunningEngine
  virtual void set_presence(Presence presence) = 0;
};

// Runs the engine inside this process, on threads of its own, with the queue of a state directory, which it holds
// while it lives (see StateDirectoryLock). The state directory is made where it isn't there.
//
// The service may be called from any thread. Its destructor ends the transfers and waits for the threads: after it
// nothing is called back, and replies still owed are not given. Destroyed on the service's own thread (the last
// reference may be dropped in a callback) it can't wait; the rest then happens as soon as that callback has returned.
Result<std::unique_ptr<HostedEngine>> open_in_process(InProcessOptions options);

}  // namespace dosvc
