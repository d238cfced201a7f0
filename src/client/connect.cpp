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
#include "client/own_service.h"
#include "client/service_place.h"
#include "dbus/proxy.h"

namespace dosvc {

namespace {

std::string_view variable(const char* name) {
  const char* value = ::getenv(name);
  return value ? value : "";
}

// The one service of this process.
struct Shared {
  std::mutex mutex;
  std::condition_variable ended;
  bool running = false;    // from before it is opened until it has quite ended
  bool transfers = false;  // of the running one
  std::weak_ptr<JobService> service;
  pid_t process = ::getpid();
};

// Never destroyed: other threads may end a service while the process exits.
Shared& shared() {
  static Shared* one = new Shared;
  return *one;
}

struct InUse {
  std::mutex mutex;
  std::string description;
};
InUse& in_use() {
  static InUse* one = new InUse;
  return *one;
}
void note_use(std::string description) {
  const std::lock_guard lock(in_use().mutex);
  in_use().description = std::move(description);
}

void end(JobService* service) {
  delete service;
  Shared& state = shared();
  const std::lock_guard lock(state.mutex);
  state.running = false;
  state.ended.notify_all();
}

// Runs on the proxy's thread as well, whenever it has to connect again.
Result<ServiceAddress> find(OwnService& own, bool start) {
  FoundService found = DO_TRY(find_service(service_ways(own, start)));
  note_use(std::move(found.description));
  return std::move(found.address);
}

Result<std::unique_ptr<JobService>> open_service(ConnectOptions options) {
  auto own = std::make_shared<OwnService>(OwnService::Options{});
  return open_bus_proxy([own, allowed = options.start](bool start) { return find(*own, start && allowed); });
}

Result<std::unique_ptr<JobService>> open_in_process(ConnectOptions options) {
  auto opened = DO_TRY(open_in_process_library(options.transfers));
  note_use("this process");
  return opened;
}

Result<bool> wants_service() {
  const std::string_view mode = variable("DOSVC_MODE");
  if (mode.empty() || mode == "service") return true;
  if (mode == "inproc") return false;
  return Error{E_INVALIDARG, ErrorContext::none,
               fmt::format("DOSVC_MODE is \"{}\", but must be inproc, service or unset", escaped(mode))};
}

}  // namespace

Result<std::shared_ptr<JobService>> connect(ConnectOptions options) {
  const bool to_service = DO_TRY(wants_service());
  if (to_service) options.transfers = true;
  Shared& state = shared();
  std::unique_lock lock(state.mutex);
  if (state.process != ::getpid()) {
    // A child of fork: the service's threads, its connection or its lock on the queue are the parent's.
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
  auto opened = DO_TRY(to_service ? open_service(options) : open_in_process(options));
  std::shared_ptr<JobService> service(opened.release(), end);
  state.running = true;
  state.transfers = options.transfers;
  state.service = service;
  return service;
}

bool uses_service() {
  const auto service = wants_service();
  return service && *service;
}

std::string service_in_use() {
  const std::lock_guard lock(in_use().mutex);
  return in_use().description;
}

}  // namespace dosvc
