// Whose turn it is, and what becomes of those that have it: looked at once a second while any job runs, and never
// otherwise.

#include "engine/engine_core.h"

#include "base/log.h"

#include <utility>

namespace dosvc {
namespace {

constexpr auto kLookEvery = std::chrono::seconds(1);
// A job that has stood still for so long doesn't hold its place against those that wait; it may go on beside them.
constexpr auto kStandsStill = std::chrono::seconds(10);
// After that much sleep servers and routers may have forgotten our connections, and won't tell us.
constexpr auto kSleepThatCounts = std::chrono::seconds(5);

}  // namespace

// A job as far as its turn depends on it: of its files the next one counts.
Contender Engine::contender(const JobRecord& record) const {
  Contender job{record.job.priority, record.job.owner, {}};
  const auto next = std::find_if(record.files.begin(), record.files.end(), [](const FileRecord& file) {
    return file.file.stage == FileStage::waiting && file.has_place();
  });
  if (next != record.files.end()) job.host = host_of(record, *next);
  return job;
}

RemoteHost Engine::host_of(const JobRecord& record, const FileRecord& file) const {
  return remote_host(record.job.owner, record.job.http, options_.settings.proxy, file.file.remote_name);
}

void Engine::pump_later() {
  if (std::exchange(pump_scheduled_, true)) return;
  ports_.loop.post([this, alive = std::weak_ptr<const char>(alive_)] {
    if (alive.expired()) return;
    pump_scheduled_ = false;
    pump();
  });
}

void Engine::watch_running() {
  if (looking_ || !queue_.anybody_runs()) return;
  looking_ = true;
  look_ = ports_.loop.after(kLookEvery, [this] {
    looking_ = false;
    look_at_running();
    pump();
  });
}

void Engine::look_at_running() {
  wake_up();
  const Clock::time_point now = ports_.loop.now();
  for (const JobId& id : queue_.running()) {
    const JobRecord& job = *jobs_.at(id);
    if (queue_.contended() && now - job.moved_at >= kStandsStill) queue_.lend_place(id);
    if (wait_of(job).reason != job.shown_wait) commits_.show(id);
  }
}

// When the machine has slept, what it asked for before is asked for anew: nobody may be at the other end any more.
void Engine::wake_up() {
  const Clock::duration slept = ports_.host.asleep();
  const Clock::duration since = slept - std::exchange(slept_, slept);
  if (since < kSleepThatCounts) return;
  log_info("The machine has slept for {} seconds: transfers are asked for anew.",
           std::chrono::duration_cast<std::chrono::seconds>(since).count());
  ports_.transport.distrust_connections();
  for (const JobId& id : queue_.running()) {
    JobRecord& job = *jobs_.at(id);
    job.moved_at = ports_.loop.now();
    if (!job.job.http.method.empty()) continue;  // what isn't a GET is never asked for twice
    for (FileRecord& file : job.files) {
      if (job.moves() && file.transfer) file.transfer->refetch();
    }
  }
}

}  // namespace dosvc
