// Why a job isn't moving: docs/waits.md is for those who read it.

#include "engine/engine_core.h"

#include <utility>

namespace dosvc {
namespace {

// What lasts shorter is no wait that anybody wants to hear of.
constexpr auto kStill = std::chrono::seconds(1);
constexpr auto kSilent = std::chrono::seconds(5);

}  // namespace

Wait Engine::wait_of(const JobRecord& record) const {
  if (record.finishing && !is_final(record.job.state())) return {WaitReason::finish, {}};
  switch (record.job.state()) {
    case JobState::acknowledged:
    case JobState::cancelled:
      return {};
    case JobState::suspended:
    case JobState::error:
      return {WaitReason::resume_call, {}};
    case JobState::transferred:
      return {WaitReason::complete_call, {}};
    case JobState::queued:
    case JobState::transient_error:
    case JobState::connecting:
    case JobState::transferring:
      break;
  }
  if (!options_.transfers) return {WaitReason::service, {}};
  if (record.job.state() == JobState::queued) return wait_of_queued(record);
  if (record.job.state() == JobState::transient_error) return wait_of_failed(record);
  return {wait_of_running(record), {}};
}

Wait Engine::wait_of_queued(const JobRecord& record) const {
  if (record.unsaved) return {WaitReason::store, store_retry_at_};
  if (queue_.awaits_owner(record.job.id)) return {WaitReason::log_on, {}};
  if (queue_.awaits_network(record.job.id)) return {WaitReason::network, {}};
  const RemoteHost* host = queue_.host_of(record.job.id);
  if (host) {
    if (const auto until = hosts_.closed_until(host->key)) return {WaitReason::retry_after, until};
  }
  return {WaitReason::turn, {}};
}

Wait Engine::wait_of_failed(const JobRecord& record) const {
  if (record.unsaved) return {WaitReason::store, store_retry_at_};
  if (record.failure == FailureKind::network) return {WaitReason::network, {}};
  if (record.patience_ends_then) return {WaitReason::timeout, record.next_attempt};
  if (record.failure == FailureKind::disk_full) return {WaitReason::disk_space, record.next_attempt};
  if (record.failure == FailureKind::disk_quota) return {WaitReason::disk_quota, record.next_attempt};
  return {record.server_named_time ? WaitReason::retry_after : WaitReason::retry, record.next_attempt};
}

WaitReason Engine::wait_of_running(const JobRecord& record) const {
  const Clock::duration still = ports_.loop.now() - record.moved_at;
  WaitReason reason = record.job.state() == JobState::connecting ? WaitReason::answer : WaitReason::none;
  if (still < kStill) return reason;
  for (const FileRecord& file : record.files) {
    if (!file.transfer) continue;
    reason = file.transfer->waits_for();
    break;
  }
  return reason == WaitReason::silence && still < kSilent ? WaitReason::none : reason;
}

// Many may wait for one and the same thing: they are shown anew a few in each turn, so that nobody else has to wait.
void Engine::show_soon(const std::vector<JobId>& jobs) {
  const bool at_it = !to_show_.empty();
  to_show_.insert(to_show_.end(), jobs.begin(), jobs.end());
  if (!at_it) show_some();
}

void Engine::show_some() {
  constexpr int kAtOnce = 256;
  for (int i = 0; i < kAtOnce && !to_show_.empty(); ++i) {
    const JobId id = to_show_.front();
    to_show_.pop_front();
    const JobRecord* job = record(id);
    if (job && wait_of(*job).reason != job->shown_wait) commits_.show(id);
  }
  if (to_show_.empty()) return;
  ports_.loop.post([this, alive = std::weak_ptr<const char>(alive_)] {
    if (!alive.expired()) show_some();
  });
}

}  // namespace dosvc
