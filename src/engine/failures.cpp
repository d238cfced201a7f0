// What happens when a file can't be brought: its job waits, or is in ERROR, and others who want the same host hear of
// it.

#include "engine/engine_core.h"

#include "base/url.h"

#include <utility>

namespace dosvc {
namespace {

Failure no_network(const std::string& url) {
  Failure failure;
  failure.error =
      Error{BG_E_NETWORK_DISCONNECTED, ErrorContext::transport,
            "there is no network on the way to " + redacted(url) + ": the job goes on by itself when there is one"};
  failure.failure_class = FailureClass::transient;
  failure.kind = FailureKind::network;
  return failure;
}

// Another network may help, and so it isn't waited for longer than that.
bool is_of_network(FailureKind kind) {
  return kind == FailureKind::network || kind == FailureKind::connection || kind == FailureKind::name;
}

}  // namespace

void Engine::file_failed(JobRecord& record, FileRecord& file, Failure failure) {
  if (!record.moves()) {
    // It was stopped meanwhile; what is wrong will be seen again when it runs again.
    if (file.transfer && file.transfer->halt()) left(record, file);
    return;
  }
  const RemoteHost host = host_of(record, file);
  if (is_of_network(failure.kind) && !queue_.has_network() && !host.on_this_machine) {
    failure = no_network(file.file.remote_name);  // it was lost just now
  }
  job_failed(record, file.file.index, failure);
  host_failed(host.key, failure);
}

void Engine::job_failed(JobRecord& record, std::optional<std::uint32_t> file, Failure failure) {
  const bool transient = failure.failure_class == FailureClass::transient;
  JobError error{failure.error, file, failure.http_status};
  const RetryHistory history{record.failures++, awake_now() - record.progress_at};
  const RetryDecision decision =
      decide_retry(record.job, failure, history, static_cast<double>(ports_.host.random() >> 11) * 0x1p-53);
  if (std::holds_alternative<GiveUp>(decision)) {
    error.no_progress = transient;
    (void)apply(record, JobEvent::failed, std::move(error));
    return;
  }
  record.failure = failure.kind;
  record.server_named_time = failure.retry_after && *failure.retry_after > std::chrono::seconds(0);
  (void)apply(record, JobEvent::failed_for_now, std::move(error));
  if (is_of_network(failure.kind)) unreachable_.insert(record.job.id);
  schedule_retry(record, std::get<RetryAfter>(decision));
}

void Engine::schedule_retry(JobRecord& record, RetryAfter when) {
  record.next_attempt = ports_.loop.now() + when.delay;
  record.patience_ends_then = when.then_fail;
  record.retry = ports_.loop.after(when.delay, [this, id = record.job.id, when] {
    JobRecord& job = *jobs_.at(id);
    if (job.finishing) return;
    if (!when.then_fail) {
      (void)apply(job, JobEvent::retry_due);
      pump();
      return;
    }
    // The time in which the machine slept doesn't count, but the timer went on.
    const Clock::duration left = job.progress_at + job.job.no_progress_timeout - awake_now();
    if (left > Clock::duration::zero()) return schedule_retry(job, {left, true});
    (void)apply(job, JobEvent::failed);  // the error object that is there tells why
  });
}

// The time-out was changed while the job waits: it may be over already, or end before the next attempt.
void Engine::keep_no_progress_timeout(JobRecord& record) {
  const Clock::duration left = record.progress_at + record.job.no_progress_timeout - awake_now();
  if (left <= Clock::duration::zero()) {
    (void)apply(record, JobEvent::failed);
  } else if (record.failure == FailureKind::network) {
    schedule_retry(record, {left, true});
  } else if (record.next_attempt && ports_.loop.now() + left < *record.next_attempt) {
    schedule_retry(record, {left, true});
  } else if (record.next_attempt && record.patience_ends_then) {
    schedule_retry(record, {*record.next_attempt - ports_.loop.now(), false});
  }
}

// ---- Hosts ----

void Engine::host_failed(const std::string& host, const Failure& failure) {
  hosts_.failed(host, failure, ports_.loop.now());
  follow_host(host);
}

void Engine::host_answered(const JobRecord& record, const FileRecord& file) {
  if (hosts_.empty()) return;
  const std::string host = host_of(record, file).key;
  hosts_.answered(host);
  follow_host(host);
  pump_later();
}

void Engine::forgive_host(const JobRecord& record) {
  if (hosts_.empty()) return;
  const std::string host = contender(record).host.key;
  hosts_.forgive(host);
  follow_host(host);
}

// What is remembered of a host has changed.
void Engine::follow_host(const std::string& host) {
  const std::optional<int> limit = hosts_.limit(host);
  const bool was_closed = queue_.limit_of(host) == 0;
  queue_.limit(host, limit);
  if (was_closed != (limit == 0)) show_soon(queue_.waiting_for(host));
  await_openings();
}

void Engine::await_openings() {
  const std::optional<Clock::time_point> next = hosts_.next_opening();
  if (next == opening_at_) return;
  opening_at_ = next;
  opening_.reset();
  if (!next) return;
  opening_ = ports_.loop.after(*next - ports_.loop.now(), [this] {
    opening_at_.reset();
    for (const std::string& host : hosts_.open_due(ports_.loop.now())) follow_host(host);
    await_openings();
    pump();
  });
}

// ---- The network ----

void Engine::set_network(NetworkState network) {
  on_loop<void>([](const Result<void>&) {},
                [this, network](const Reply<void>& done) {
                  if (queue_.has_network() != (network == NetworkState::there)) {
                    network == NetworkState::lost ? lose_network() : find_network();
                  }
                  done({});
                });
}

void Engine::lose_network() {
  queue_.set_network(false);
  show_soon(queue_.waiting_for_network());
  for (const JobId& id : queue_.running()) {
    JobRecord& job = *jobs_.at(id);
    const FileRecord* file = job.first_on_the_line();
    if (!job.moves() || !file || host_of(job, *file).on_this_machine) continue;
    if (!job.job.http.method.empty()) continue;  // asked once and never again: it may outlive a short loss
    job_failed(job, file->file.index, no_network(file->file.remote_name));
  }
}

void Engine::find_network() {
  queue_.set_network(true);
  for (const std::string& host : hosts_.forget_unreachable()) follow_host(host);
  ports_.transport.distrust_connections();
  show_soon(queue_.waiting_for_network());
  release_unreachable();
  pump_later();
}

// Those that another network may help are tried again at once, a few in each turn: there may be many.
void Engine::release_unreachable() {
  constexpr int kAtOnce = 256;
  if (!queue_.has_network()) return;
  for (int i = 0; i < kAtOnce && !unreachable_.empty(); ++i) {
    JobRecord& job = *jobs_.at(*unreachable_.begin());
    unreachable_.erase(unreachable_.begin());
    job.failures = 0;
    if (!job.finishing) (void)apply(job, JobEvent::retry_due);
  }
  pump_later();
  if (unreachable_.empty()) return;
  ports_.loop.post([this, alive = std::weak_ptr<const char>(alive_)] {
    if (!alive.expired()) release_unreachable();
  });
}

}  // namespace dosvc
