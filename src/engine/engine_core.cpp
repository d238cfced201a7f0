// What the engine does for its store and for those who look at it; the jobs' own way is in engine.cpp.

#include "engine/engine_core.h"

#include <utility>

namespace dosvc {
Result<std::unique_ptr<RunningEngine>> start_engine(EnginePorts ports, EngineOptions options) {
  auto engine = std::make_unique<Engine>(ports, std::move(options));
  DO_TRY(engine->load());
  return std::unique_ptr<RunningEngine>(std::move(engine));
}

Engine::Engine(EnginePorts ports, EngineOptions options)
    : ports_(ports),
      options_(std::move(options)),
      mailbox_(std::make_shared<Mailbox>(ports.loop)),
      syncs_(ports.loop, ports.files),
      commits_(ports.loop, ports.store, *this),
      queue_(options_.run) {}

Engine::~Engine() {
  mailbox_->close();
  options_.transfers = false;
  for (auto& [id, record] : jobs_) {
    for (FileRecord& file : record->files) file.transfer.reset();
  }
  commits_.flush();
  alive_.reset();
}

Result<void> Engine::load() {
  for (StoredJob& stored : DO_TRY(ports_.store.load())) adopt(std::move(stored));
  if (options_.transfers) {
    drop_volatile_downloads();
    watch_age();
  }
  pump_later();
  return {};
}

std::unique_ptr<JobRecord> Engine::new_record() {
  return std::make_unique<JobRecord>(ports_.loop, mailbox_, static_cast<Delivery::Command&>(*this), usage_);
}

void Engine::use(ServiceSettings settings) {
  on_loop<void>([](const Result<void>&) {},
                [this, settings = std::move(settings)](const Reply<void>& done) {
                  options_.settings = settings;
                  follow_presence();
                  done({});
                });
}

void Engine::stop(std::function<void()> stopped) {
  options_.transfers = false;
  stopped_ = std::move(stopped);
  for (auto& [id, record] : jobs_) halt_files(*record);
  check_stopped();
}

void Engine::check_stopped() {
  if (!stopped_) return;
  for (const auto& [id, record] : jobs_) {
    if (record->any_transfer()) return;
  }
  commits_.then([stopped = std::exchange(stopped_, nullptr)](const Result<void>&) { stopped(); });
}

// A job from the store becomes one of ours: new at the start, or again after a commit that failed.
void Engine::adopt(StoredJob stored) {
  std::unique_ptr<JobRecord>& slot = jobs_[stored.job.id];
  if (!slot) slot = new_record();
  JobRecord& record = *slot;
  record.job = std::move(stored.job);
  recover(record.job, ports_.host.wall_now());
  record.progress_at = awake_now();
  record.files.clear();
  record.tally = {};
  for (File& file : stored.files) {
    FileRecord& added = record.files.emplace_back();
    added.file = std::move(file);
    adopt_file(record, added);
  }
  record.count_usage();
  const JobState state = record.job.state();
  if (state == JobState::error || state == JobState::transferred) ++record.occurrence;
  const bool is_new = !record.cell;
  if (!record.finishing) take_up(record, is_new ? Clock::duration::zero() : kStoreRetry);
  if (is_new) record.cell = std::make_shared<JobCell>(record.snapshot(ports_.host.wall_now(), ports_.loop.now(), {}));
  std::set<std::uint32_t> all;
  for (const FileRecord& file : record.files) all.insert(all.end(), file.file.index);
  publish(record, all);
}

// What a job that is waiting waits for.
void Engine::take_up(JobRecord& record, Clock::duration until_retry) {
  const JobState state = record.job.state();
  if (state == JobState::transient_error && options_.transfers) schedule_retry(record, {until_retry});
  if (state == JobState::queued) queue_.wait(record.job.id, contender(record));
}

void Engine::adopt_file(JobRecord& record, FileRecord& file) {
  file.progress.received = file.file.done;
  file.progress.high_water = file.file.done.total();
  record.tally.add(file.share);
  record.recount(file);
}

JobRecord* Engine::record(const JobId& id) {
  const auto it = jobs_.find(id);
  return it == jobs_.end() ? nullptr : it->second.get();
}

void Engine::publish(JobRecord& record, const std::set<std::uint32_t>& files) {
  for (const std::uint32_t index : files) {
    FileRecord& file = record.files[index];
    FileSnapshotPtr shot = record.snapshot(file);
    if (file.cell) {
      file.cell->publish(std::move(shot));
    } else {
      file.cell = record.cell->publish_file(index, std::move(shot));
    }
  }
  const Wait wait = wait_of(record);
  record.shown_wait = wait.reason;
  JobSnapshotPtr shot = record.snapshot(ports_.host.wall_now(), ports_.loop.now(), wait);
  published_.show(record.cell, shot);
  record.delivery.update(std::move(shot), record.occurrence);
}

void Engine::commit_failed(const std::vector<JobId>& touched, const Error&) {
  go_on_later();
  for (const JobId& id : touched) reload(id);
}

void Engine::go_on_later() {
  store_retry_at_ = ports_.loop.now() + kStoreRetry;
  store_retry_ = ports_.loop.after(kStoreRetry, [this] {
    store_retry_at_.reset();
    const std::set<JobId> unread = std::exchange(unread_, {});
    for (const JobId& id : std::exchange(unsaved_, {})) {
      if (JobRecord* job = record(id)) {
        job->unsaved = false;
        commits_.show(id);
      }
    }
    for (const JobId& id : unread) reload(id);
    if (!unread_.empty()) go_on_later();
    pump();
  });
}

// The store's last word replaces what could not be saved. What the job was doing ends here, and starts again from
// there.
void Engine::reload(const JobId& id) {
  JobRecord* job = record(id);
  if (!job) return;
  job->unsaved = store_retry_at_.has_value();
  if (job->unsaved) unsaved_.insert(id);
  Result<StoredJob> stored = ports_.store.load(id);
  queue_.leave(id);
  unreachable_.erase(id);
  job->retry.reset();
  job->next_attempt.reset();
  job->on_the_line = 0;
  job->next_file = 0;
  for (FileRecord& file : job->files) retire(*job, file);
  if (stored) {
    adopt(stored.take());
    check_quiet(*job);
  } else if (stored.error().code == BG_E_NOT_FOUND) {
    forget(id);
  } else {
    unread_.insert(id);
    show_unread(*job);
  }
}

// Nobody knows what the store holds of it: as it was last shown, and why it doesn't move.
void Engine::show_unread(JobRecord& record) {
  auto shot = std::make_shared<JobSnapshot>(*record.cell->snapshot());
  shot->wait = record.shown_wait = WaitReason::store;
  shot->next_attempt = ports_.host.wall_now() + kStoreRetry;
  published_.show(record.cell, std::move(shot));
}

Error Engine::invalid_state(const Job& job) {
  return {BG_E_INVALID_STATE, ErrorContext::none,
          "the job is " + std::string(name_of(job.state())) + " and can't do this now"};
}

}  // namespace dosvc
