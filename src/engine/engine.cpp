// The conductor: how a job goes from CreateJob to Complete. Read from top to bottom: a program's calls, the run of a
// job, what its files report, its end. Its failures are in failures.cpp, whose turn it is in turns.cpp.

#include "engine/engine.h"

#include "engine/engine_core.h"

#include "base/text.h"
#include "core/file_layout.h"
#include "core/names.h"

#include <algorithm>
#include <utility>

namespace dosvc {
namespace {

// Of Complete or Cancel, until it is shown as what the job waits for.
constexpr auto kSlowFinish = std::chrono::seconds(1);

Error no_place() {
  return {DO_E_LOCALPATH_NOT_SET, ErrorContext::none, "a file of the job has no local name yet: set it first"};
}

}  // namespace

// ---- A program's calls ----

void Engine::create_job(const Caller& caller, NewJob spec, Reply<std::shared_ptr<JobView>> reply) {
  on_loop(std::move(reply), [this, caller, spec = std::move(spec)](auto answer) {
    if (auto fits = check_new_job(spec); !fits) return answer(fits.error());
    if (auto room = check_counts(caller, spec); !room) return answer(room.error());
    auto record = new_record();
    Job& job = record->job;
    job.id = Uuid::random();
    job.owner = job.files_of = caller.uid;
    job.view = spec.view;
    job.display_name = spec.display_name;
    job.priority = spec.priority;
    job.minimum_retry_delay = default_retry_delay(spec.view, spec.priority);
    job.no_progress_timeout = default_no_progress_timeout(spec.view, spec.priority);
    job.umask = spec.umask;
    job.http = spec.http;
    job.download = spec.download;
    record->count_usage();
    if (job.download) job.notify_interval = {};  // its listener keeps the pace that the program wants
    job.created = job.modified = ports_.host.wall_now();
    record->cell = std::make_shared<JobCell>(record->snapshot(job.created, ports_.loop.now(), {}));
    const JobId id = job.id;
    auto cell = record->cell;
    JobRecord& added = *jobs_.emplace(id, std::move(record)).first->second;
    commits_.save(id);
    if (spec.download) append_files(added, {NewFile{}});
    commits_.then([cell, answer](const Result<void>& committed) {
      if (!committed) return answer(committed.error());
      answer(std::shared_ptr<JobView>(cell));
    });
  });
}

void Engine::add_files(const Caller& caller, const JobId& id, std::vector<NewFile> files, Reply<std::uint32_t> reply) {
  on_job<std::uint32_t>(
      caller, id, std::move(reply), [this, caller, id, files = std::move(files)](JobRecord& record, auto answer) {
        std::vector<std::string> destinations;
        for (const NewFile& file : files) {
          if (auto fits = check_new_or_nameless_file(file); !fits) return answer(fits.error());
          if (!file.local_name.empty()) destinations.push_back(file.local_name);
        }
        if (is_final(record.job.state()) || record.job.download) return answer(invalid_state(record.job));
        ports_.files.check_destination(
            record.job.files_of, destinations,
            guarded<void>([this, caller, id, files, destinations, answer](Result<void> checked) {
              if (!checked) return answer(checked.error());
              on_job<std::uint32_t>(caller, id, answer,
                                    [this, caller, files, destinations](JobRecord& job, auto added) {
                                      if (auto fits = check_file_count(caller, job, files.size()); !fits)
                                        return added(fits.error());
                                      if (auto apart = check_names_differ(job, destinations); !apart)
                                        return added(apart.error());
                                      const auto first = static_cast<std::uint32_t>(job.files.size());
                                      append_files(job, files);
                                      when_committed<std::uint32_t>(std::move(added), first);
                                    });
            }));
      });
}

void Engine::command(const Caller& caller, const JobId& id, JobCommand command, Reply<CommandOutcome> reply) {
  on_job<CommandOutcome>(caller, id, std::move(reply), [this, caller, command](JobRecord& record, auto answer) {
    Result<void> done;
    switch (command) {
      case JobCommand::resume:
        if (record.job.download) {
          return start_download(caller, record.job.id, std::nullopt, [answer](const Result<void>& started) {
            answer(started ? Result<CommandOutcome>(CommandOutcome{}) : started.error());
          });
        }
        done = resume(record);
        break;
      case JobCommand::suspend:
        done = suspend(record);
        break;
      case JobCommand::cancel:
        return finish(record, JobEvent::cancel, std::move(answer));
      case JobCommand::complete:
        return finish(record, JobEvent::complete, std::move(answer));
      case JobCommand::take_ownership:
        return take_ownership(caller, record, std::move(answer));
    }
    if (!done) return answer(done.error());
    when_committed<CommandOutcome>(std::move(answer), CommandOutcome{});
  });
}

void Engine::set_listener(const Caller& caller, const JobId& id, std::shared_ptr<JobListener> listener,
                          Reply<void> reply) {
  on_job<void>(caller, id, std::move(reply), [this, listener](JobRecord& record, auto answer) {
    record.cell->publish_listener(listener);
    // A call of this turn may have changed the job: the listener hears of it when it is on disk.
    commits_.then([this, id = record.job.id, listener](const Result<void>&) {
      if (JobRecord* job = this->record(id)) job->delivery.listen(listener);
    });
    when_committed<void>(std::move(answer));
  });
}

Result<std::shared_ptr<JobView>> Engine::find(const Caller& caller, const JobId& id) const {
  return published_.find(caller, id);
}

Result<std::vector<std::shared_ptr<JobView>>> Engine::list(const Caller& caller, bool all_users) const {
  return published_.list(caller, all_users);
}

void Engine::observe(const Caller& caller, bool all_users, std::weak_ptr<QueueObserver> observer) {
  published_.observe(caller, all_users, std::move(observer));
}

void Engine::append_files(JobRecord& record, const std::vector<NewFile>& files) {
  for (const NewFile& added : files) {
    FileRecord& file = record.files.emplace_back();
    file.file.index = static_cast<std::uint32_t>(record.files.size() - 1);
    file.file.remote_name = added.remote_name;
    file.file.local_name = added.local_name;
    file.file.sha256 = lower_case(added.sha256);
    file.file.size = added.size;
    file.file.file_id = added.file_id;
    file.file.ranges = added.ranges;
    if (!added.local_name.empty()) file.file.temp_name = temp_name_for(added.local_name, ports_.host.random());
    adopt_file(record, file);
    commits_.save_file(record.job.id, file.file.index);
  }
  record.job.modified = ports_.host.wall_now();
  commits_.save(record.job.id);
  run_files(record);
}

Result<void> Engine::resume(JobRecord& record) {
  if (is_final(record.job.state())) return invalid_state(record.job);
  if (record.files.empty()) return Error{BG_E_EMPTY, ErrorContext::none, "the job has no files: add one first"};
  if (record.first_without_place()) return no_place();
  if (record.job.state() == JobState::transferred && record.all_transferred()) return {};
  record.failures = 0;
  record.progress_at = awake_now();
  if (record.job.state() != JobState::suspended) forgive_host(record);  // who asks for it wants it tried now
  record.job.resumed = true;
  record.job.downloading = {};
  DO_TRY(apply(record, JobEvent::resume));
  pump();
  return {};
}

Result<void> Engine::suspend(JobRecord& record) {
  if (record.job.download && record.job.state() == JobState::error) return {};  // it is "Paused" and keeps its error
  return apply(record, JobEvent::suspend);
}

// ---- The state of a job ----

// Every change of a state passes here, and what belongs to a state begins and ends here.
Result<void> Engine::apply(JobRecord& record, JobEvent event, std::optional<JobError> error) {
  const JobState before = record.job.state();
  DO_TRY(advance(record.job, event, ports_.host.wall_now(), std::move(error)));
  const JobState after = record.job.state();
  // A restart would undo it: see recover(). So the first bytes of a job cost no commit.
  after == JobState::transferring ? commits_.show(record.job.id) : commits_.save(record.job.id);
  if (before != after) entered(record, before, after);
  return {};
}

void Engine::entered(JobRecord& record, JobState before, JobState after) {
  if (after != JobState::transient_error) {
    record.retry.reset();
    record.next_attempt.reset();
    unreachable_.erase(record.job.id);
  }
  if (after == JobState::queued) {
    queue_.wait(record.job.id, contender(record));
  } else if (!is_running(after)) {
    queue_.leave(record.job.id);
  }
  if (is_running(before) && !is_running(after)) {
    halt_files(record);
    check_stopped();  // a file that failed while the engine ends may have been the last
    pump_later();
  }
  watch_download_time(record);
  if (after == JobState::error || after == JobState::transferred) ++record.occurrence;
}

// ---- The run of a job ----

// Gives free places to the jobs whose turn it is, and takes those of jobs that must make room.
void Engine::pump() {
  if (!options_.transfers) return;
  const Clock::time_point now = ports_.loop.now();
  for (;;) {
    while (const std::optional<JobId> id = queue_.grant(now)) {
      JobRecord& job = *jobs_.at(*id);
      // Waiting for one's turn isn't a lack of progress; waiting between failures is.
      if (job.failures == 0) job.progress_at = awake_now();
      job.moved_at = now;
      if (apply(job, JobEvent::slot_granted)) run_files(job);
    }
    const std::optional<JobId> id = queue_.revoke(now);
    if (!id) break;
    (void)apply(*jobs_.at(*id), JobEvent::slot_lost);
  }
  watch_running();
}

int Engine::files_at_once(const JobRecord& record) const {
  if (record.job.view == ApiView::bits && !record.job.high_performance) return 1;
  // One more with each small file that comes, so that a job of large files never has so many open.
  return std::max(options_.files_at_once, std::min(record.small_files_in_a_row, options_.small_files_at_once));
}

// Gives places on the line to the job's next files; a job that has nothing left to fetch is through.
void Engine::run_files(JobRecord& record) {
  const int at_once = files_at_once(record);
  while (options_.transfers && record.moves() && record.on_the_line < at_once &&
         record.next_file < record.files.size()) {
    FileRecord& file = record.files[record.next_file];
    if (file.being_opened) return;  // by the transfer before; see open_temp()
    ++record.next_file;
    if (file.has_place() && file.file.stage == FileStage::waiting && !file.transfer && is_wanted(record, file)) {
      start_file(record, file);
    }
  }
  if (!record.moves() || !options_.transfers) return;
  if (record.all_transferred()) {
    (void)apply(record, JobEvent::all_files_done);
    return;
  }
  if (record.next_file < record.files.size() || record.any_transfer()) return;
  if (record.job.on_demand) {
    // All that was asked for is here. More needs another call ("IBackgroundCopyFile6 interface").
    (void)apply(record, JobEvent::suspend);
  } else if (const FileRecord* file = record.first_without_place()) {
    (void)apply(record, JobEvent::failed, JobError{no_place(), file->file.index, 0});
  }
}

// Of a job that works on demand: whether something is missing that was asked for.
bool Engine::is_wanted(const JobRecord& record, const FileRecord& file) {
  const FileLayout layout(file.file.ranges, file.file.size);
  if (!record.job.on_demand || !layout.whole()) return true;
  if (layout.size() && file.progress.received.total() == *layout.size()) return true;  // to be checked and synced
  return layout.next_missing(file.progress.received, 0, file.file.wanted).has_value();
}

void Engine::start_file(JobRecord& record, FileRecord& file) {
  ++record.on_the_line;
  file.owner = std::make_unique<TransferReports>(*this, record, file);
  file.transfer = std::make_unique<FileTransfer>(
      FileTransfer::Parts{ports_.loop, ports_.transport, ports_.files, syncs_, connections_, options_.settings.proxy},
      record.job, file.file, file.progress, *file.owner);
  // Names are on disk before files have them, so that no temporary file is ever without a job.
  commits_.then([this, id = record.job.id, index = file.file.index,
                 transfer = file.transfer.get()](const Result<void>& committed) {
    JobRecord* job = this->record(id);
    if (committed && job && job->files[index].transfer.get() == transfer) transfer->start();
  });
}

// Takes the job's files off the line; what they have is put on disk in the background.
void Engine::halt_files(JobRecord& record) {
  record.on_the_line = 0;
  record.small_files_in_a_row = 0;
  record.next_file = 0;
  for (FileRecord& file : record.files) {
    if (file.transfer && file.transfer->halt()) retire(record, file);
  }
}

// A transfer may be on the stack when it is over: it goes at the end of the turn.
void Engine::retire(JobRecord& record, FileRecord& file) {
  if (!file.transfer) return;
  std::shared_ptr<FileTransfer> transfer = std::move(file.transfer);
  std::shared_ptr<FileTransferOwner> owner = std::move(file.owner);
  transfer->retire();
  file.room_for.reset();
  record.recount(file);
  ports_.loop.post([owner, transfer]() mutable { transfer.reset(); });
}

// ---- What its files report: see transfer_reports.cpp ----

// A transfer has nothing more to do.
void Engine::left(JobRecord& record, FileRecord& file) {
  retire(record, file);
  if (record.moves()) {
    if (file.file.stage == FileStage::waiting) record.next_file = std::min(record.next_file, file.file.index);
    run_files(record);
  }
  check_quiet(record);
  check_stopped();
}

void Engine::open_temp(JobRecord& record, const File& file, OpenTemp how, Reply<TempFilePtr> reply) {
  ++record.unfinished_opens;
  record.files[file.index].being_opened = true;
  auto answer = guarded<TempFilePtr>([this, id = record.job.id, index = file.index, reply](Result<TempFilePtr> opened) {
    JobRecord* job = this->record(id);
    if (!job) return;
    --job->unfinished_opens;
    if (index < job->files.size()) job->files[index].being_opened = false;
    reply(std::move(opened));
    JobRecord* still = this->record(id);
    if (!still) return;
    check_quiet(*still);  // which may be its end
    still = this->record(id);
    if (!still || index >= still->files.size()) return;
    // It was stopped meanwhile, and goes on: of two that make the same file at once the second might come first.
    if (!still->moves() || still->files[index].transfer) return;
    still->next_file = std::min(still->next_file, index);
    run_files(*still);
  });
  // What the store says of the old file must be gone before a new one has its name, and perhaps its inode number.
  commits_.then([this, files_of = record.job.files_of, name = file.temp_name, how, identity = file.identity,
                 answer](const Result<void>& committed) {
    if (!committed) return answer(committed.error());
    ports_.files.open_temp(files_of, name, how, identity, answer);
  });
}

void Engine::show(JobRecord& record, FileRecord& file) {
  record.recount(file);
  commits_.show_file(record.job.id, file.file.index);
}

// ---- Its end ----

// Complete and Cancel: the disk first, then the store, then the answer. Killed in between, the job is still there and
// the call can be made again.
void Engine::finish(JobRecord& record, JobEvent how, Reply<CommandOutcome> answer) {
  if (!next_state(record.job.state(), how)) return answer(invalid_state(record.job));
  if (how == JobEvent::complete && record.job.download && record.job.state() != JobState::transferred) {
    return answer(invalid_state(record.job));  // "IDODownload::Finalize"
  }
  record.finishing = true;
  // A slow disk is seen as what it is.
  record.retry = ports_.loop.after(kSlowFinish, [this, id = record.job.id] { commits_.show(id); });
  queue_.leave(record.job.id);
  if (how == JobEvent::cancel) {
    for (FileRecord& file : record.files) retire(record, file);  // what is about to be deleted needs no sync
  }
  halt_files(record);
  pump_later();
  record.when_quiet = [this, id = record.job.id, how, answer = std::move(answer)] {
    JobRecord& job = *jobs_.at(id);
    if (how == JobEvent::complete) return publish_files(job, answer);
    remove_temps(job, how, S_OK, answer);
  };
  check_quiet(record);
}

// No transfer of the job touches the disk any more.
void Engine::check_quiet(JobRecord& record) {
  if (!record.when_quiet || record.unfinished_opens > 0) return;
  if (record.any_transfer()) return;
  std::exchange(record.when_quiet, nullptr)();
}

void Engine::publish_files(JobRecord& record, Reply<CommandOutcome> answer) {
  std::vector<Publication> finished;
  std::vector<std::uint32_t> indexes;
  const bool through_a_stream = record.job.download && record.job.download->to_stream;
  for (const FileRecord& file : record.files) {
    if (file.file.stage != FileStage::transferred || through_a_stream) continue;
    const mode_t mode = 0666 & ~record.job.umask;
    finished.push_back({file.file.temp_name, file.file.local_name, file.file.identity, mode, file.file.modified});
    indexes.push_back(file.file.index);
  }
  ports_.files.publish(record.job.files_of, std::move(finished),
                       guarded<std::vector<Result<void>>>([this, id = record.job.id, indexes, answer](auto published) {
                         JobRecord& job = *jobs_.at(id);
                         const Result<void> all = note_published(job, indexes, published);
                         if (!all) return abandon_finish(job, all.error(), answer);
                         const bool partial = !job.all_transferred();
                         remove_temps(job, JobEvent::complete, partial ? BG_S_PARTIAL_COMPLETE : S_OK, answer);
                       }));
}

Result<void> Engine::note_published(JobRecord& record, const std::vector<std::uint32_t>& indexes,
                                    const Result<std::vector<Result<void>>>& published) {
  if (!published) return published.error();
  Result<void> first_failure;
  const bool all = indexes.size() == record.files.size() &&
                   std::all_of(published->begin(), published->end(), [](const Result<void>& one) { return one.ok(); });
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    const Result<void>& one = (*published)[i];
    FileRecord& file = record.files[indexes[i]];
    if (one) {
      file.file.stage = FileStage::completed;
      record.recount(file);
      // When all have their names the job goes next, and these rows with it. Killed in between, it is completed anew.
      all ? commits_.show_file(record.job.id, file.file.index) : commits_.save_file(record.job.id, file.file.index);
      continue;
    }
    if (first_failure) first_failure = one.error();
    if (one.error().code == HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)) {
      // Somebody removed it, or a Cancel was killed half-way: Resume fetches it again.
      file.file.start_anew();
      file.progress = {};
      record.recount(file);
      commits_.save_file(record.job.id, file.file.index);
    }
  }
  return first_failure;
}

// A file could not get its name: the job stays, and the call can be made again.
void Engine::abandon_finish(JobRecord& record, const Error& error, const Reply<CommandOutcome>& answer) {
  record.finishing = false;
  record.retry.reset();
  commits_.show(record.job.id);
  if (is_running(record.job.state())) (void)apply(record, JobEvent::slot_lost);
  if (record.job.state() == JobState::queued) queue_.wait(record.job.id, contender(record));
  if (record.job.state() == JobState::transient_error) (void)apply(record, JobEvent::retry_due);
  pump();
  commits_.then([answer, error](const Result<void>&) { answer(error); });
  run_waiting_calls(record);
}

void Engine::remove_temps(JobRecord& record, JobEvent how, HRESULT code, Reply<CommandOutcome> answer) {
  std::vector<std::string> temps;
  for (const FileRecord& file : record.files) {
    if (file.file.stage != FileStage::completed) temps.push_back(file.file.temp_name);
  }
  ports_.files.remove_temps(
      record.job.files_of, std::move(temps),
      guarded<std::vector<std::string>>([this, id = record.job.id, how, code, answer](auto left_behind) {
        JobRecord& job = *jobs_.at(id);
        const bool clean = left_behind && left_behind->empty();
        (void)apply(job, how);
        commits_.erase(id);
        commits_.then([this, id, answer, outcome = CommandOutcome{clean ? code : BG_S_UNABLE_TO_DELETE_FILES}](
                          const Result<void>& committed) {
          if (committed) {
            forget(id);
          } else if (JobRecord* kept = this->record(id)) {
            kept->finishing = false;
            take_up(*kept, kStoreRetry);
            run_waiting_calls(*kept);
          }
          answer(committed ? Result<CommandOutcome>(outcome) : committed.error());
        });
      }));
}

void Engine::forget(const JobId& id) {
  published_.remove(id);
  queue_.leave(id);
  unreachable_.erase(id);
  const auto node = jobs_.extract(id);
  node.mapped()->cell->publish_listener(nullptr);
  for (const auto& call : node.mapped()->calls_waiting) call();
}

void Engine::run_waiting_calls(JobRecord& record) {
  const auto calls = std::exchange(record.calls_waiting, {});
  for (const auto& call : calls) call();
}

}  // namespace dosvc
