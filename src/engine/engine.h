#pragma once

#include "base/loop.h"
#include "core/job_service.h"
#include "core/network_state.h"
#include "core/presence.h"
#include "core/run_queue.h"
#include "core/service_settings.h"
#include "engine/files.h"
#include "engine/host.h"
#include "engine/programs.h"
#include "engine/store.h"
#include "engine/transport.h"

#include <functional>
#include <memory>

namespace dosvc {

struct EngineOptions {
  RunLimits run;
  // Of one job, in the Delivery Optimization view, and how many when one small file follows the other: then most of the
  // time is waiting for answers. A BITS job goes one by one.
  int files_at_once = 8;
  int small_files_at_once = 64;
  bool transfers = true;  // false: jobs are kept and changed, but nothing moves
  ServiceSettings settings;
};

// What the engine needs from outside. All of it outlives the engine.
struct EnginePorts {
  Loop& loop;
  Store& store;
  Transport& transport;
  Files& files;
  Host& host;
  Programs& programs;
};

// An engine at work.
class RunningEngine : public JobService {
 public:
  // Takes the place of the settings it was started with. From any thread; holds for what happens afterwards.
  virtual void use(ServiceSettings settings) = 0;
  // Who is logged on; until it is told all count as there. It matters to a policy that lets jobs wait for their owners'
  // log-on: theirs that run are QUEUED then. From any thread.
  virtual void set_presence(Presence presence) = 0;
  // Whether the machine has a network; until it is told it counts as there. Without one, jobs that need it stop at once
  // and wait, and go on when it is back. From any thread.
  virtual void set_network(NetworkState network) = 0;
  // Ends the transfers in good order: no more bytes move, and `stopped` runs, once, when what has been written is on
  // disk and noted, so that the next start goes on from there. The jobs stay as they are, and calls are still answered.
  // On the loop's thread. An engine destroyed without it goes on from the last checkpoint.
  virtual void stop(std::function<void()> stopped) = 0;
};

// Loads the queue and goes on with it. To be called, and the result destroyed, on the loop's thread; its JobService
// calls may come from any thread. An error: the store could not be read; nothing was changed.
Result<std::unique_ptr<RunningEngine>> start_engine(EnginePorts ports, EngineOptions options);

}  // namespace dosvc
