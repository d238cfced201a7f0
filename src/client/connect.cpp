#include "client/connect.h"

#include <fmt/core.h>
#include <stdlib.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "client/inproc_library.h"

namespace dosvc {

namespace {

// The one engine of this process.
struct Shared {
  std::mutex mutex;
  std::condition_variable ended;
  bool running = false;    // from before it is opened until it has quite ended
  bool transfers = false;  // of the running one
  std::weak_ptr<JobService> service;
  pid_t process = ::getpid();
};

// Never destroyed: other threads may end an engine while the process exits.
Shared& shared() {
  static Shared* one = new Shared;
  return *one;
}

void end(JobService* service) {
  delete service;
  Shared& state = shared();
  const std::lock_guard lock(state.mutex);
  state.running = false;
  state.ended.notify_all();
}

Result<std::shared_ptr<JobService>> connect_in_process(ConnectOptions options) {
  Shared& state = shared();
  std::unique_lock lock(state.mutex);
  if (state.process != ::getpid()) {
    // A child of fork: the engine, its threads and its lock on the queue are the parent's.
    state.process = ::getpid();
    state.running = false;
    state.service.reset();
  }
  while (state.running) {
    if (auto service = state.service.lock()) {
      if (state.transfers || !options.transfers) return service;
      return Error{E_ACCESSDENIED, ErrorContext::queue,
                   "this process has the job queue open without transfers: close that first"};
    }
    state.ended.wait(lock);  // the last holder has let go, but the directory is still locked
  }
  auto opened = DO_TRY(open_in_process_library(options.transfers));
  std::shared_ptr<JobService> service(opened.release(), end);
  state.running = true;
  state.transfers = options.transfers;
  state.service = service;
  return service;
}

}  // namespace

bool uses_service() { return false; }
std::string service_in_use() { return "this process"; }

Result<std::shared_ptr<JobService>> connect(ConnectOptions options) {
  const char* chosen = ::getenv("DOSVC_MODE");
  const std::string_view mode = chosen ? chosen : "";
  if (mode.empty() || mode == "inproc") return connect_in_process(options);
  if (mode == "service") {
    return Error{DO_E_NO_SERVICE, ErrorContext::none,
                 "DOSVC_MODE=service asks for a service, and this version has none: unset it, or set it to inproc"};
  }
  return Error{E_INVALIDARG, ErrorContext::none,
               fmt::format("DOSVC_MODE is \"{}\", but must be inproc, service or unset", escaped(mode))};
}

}  // namespace dosvc
