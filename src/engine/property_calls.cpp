// What programs set and change on a job and its files, beside its course, which is in engine.cpp.

#include "engine/engine_core.h"

#include "base/log.h"
#include "core/command_line.h"
#include "core/file_layout.h"
#include "core/names.h"

#include <algorithm>
#include <utility>

namespace dosvc {
namespace {

Error no_such_file(std::uint32_t index) {
  return {BG_E_FILE_NOT_FOUND, ErrorContext::none, "the job has no file " + std::to_string(index)};
}

// "IBackgroundCopyJob2::SetCredentials", "…HttpOptions::SetCustomHeaders", "…::SetClientCertificateByID".
Error not_the_owner() {
  return {E_ACCESSDENIED, ErrorContext::none,
          "only its owner can change a job's credentials, headers, client certificate and the program it runs"};
}

}  // namespace

void Engine::change(const Caller& caller, const JobId& id, JobChange change, Reply<void> reply) {
  on_job<void>(caller, id, std::move(reply),
               [this, caller, change = std::move(change)](JobRecord& record, auto answer) {
                 Job& job = record.job;
                 if (is_final(job.state())) return answer(invalid_state(job));
                 if (is_owners_alone(change) && caller.uid != job.owner) return answer(not_the_owner());
                 if (auto fits = check_change(job, record.files.size(), change); !fits) return answer(fits.error());
                 const Priority before = job.priority;
                 change_job(job, change, ports_.host.wall_now());
                 if (job.priority != before) {
                   queue_.change_priority(job.id, job.priority);
                   pump();
                 }
                 if (job.state() == JobState::transient_error) keep_no_progress_timeout(record);
                 watch_download_time(record);
                 commits_.save(job.id);
                 when_committed<void>(std::move(answer));
               });
}

void Engine::changed(JobRecord& record) {
  record.job.modified = ports_.host.wall_now();
  commits_.save(record.job.id);
}

// ---- One file ----

void Engine::change_file(const Caller& caller, const JobId& id, std::uint32_t index, FileChange change,
                         Reply<void> reply) {
  on_job<void>(caller, id, std::move(reply), [this, index, change = std::move(change)](JobRecord& record, auto answer) {
    if (is_final(record.job.state())) return answer(invalid_state(record.job));
    if (index >= record.files.size()) return answer(no_such_file(index));
    if (auto done = change_file_now(record, record.files[index], change); !done) return answer(done.error());
    if (change.local_name) return place_file(record, index, *change.local_name, std::move(answer));
    when_committed<void>(std::move(answer));
  });
}

Result<void> Engine::change_file_now(JobRecord& record, FileRecord& file, const FileChange& change) {
  const bool waits = file.file.stage == FileStage::waiting;
  DO_TRY(check_arguments(change));
  if (change.local_name) {
    const bool fixed = record.job.download ? record.job.resumed : !file.file.local_name.empty();
    if (fixed) return invalid_state(record.job);
  }
  if (change.verdict && waits) {
    return Error{E_PENDING, ErrorContext::none, "the file is not transferred yet: there is nothing to judge"};
  }
  if ((change.size || change.integrity || change.integrity_mandatory) && (is_running(record.job.state()) || !waits)) {
    return invalid_state(record.job);
  }
  if (change.position || !change.wanted.empty()) DO_TRY(ask_for_more(record, file, change));
  if (change.remote_name) set_remote_name(record, file, *change.remote_name);
  if (change.size) file.file.size = change.size;
  if (change.integrity) file.file.integrity = *change.integrity;
  if (change.integrity_mandatory) file.file.integrity_mandatory = *change.integrity_mandatory;
  if (change.verdict) judge_content(record, file, *change.verdict);
  record.recount(file);
  commits_.save_file(record.job.id, file.file.index);
  changed(record);
  return {};
}

// The file gets its place on disk. A job's file must be able to be made there; a download's is looked at when it
// starts.
void Engine::place_file(JobRecord& record, std::uint32_t index, std::string local_name, Reply<void> answer) {
  const auto place = [this, index, local_name](JobRecord& job, Reply<void> placed) {
    File& file = job.files[index].file;
    if (!job.job.download && !file.local_name.empty())
      return placed(invalid_state(job.job));  // another call was faster
    if (auto apart = check_names_differ(job, {local_name}); !job.job.download && !apart) return placed(apart.error());
    file.local_name = local_name;
    file.temp_name = temp_name_for(local_name, ports_.host.random());
    commits_.save_file(job.job.id, index);
    changed(job);
    job.next_file = std::min(job.next_file, index);
    run_files(job);
    when_committed<void>(std::move(placed));
  };
  if (record.job.download) return place(record, std::move(answer));
  ports_.files.check_destination(record.job.files_of, {local_name},
                                 guarded<void>([this, id = record.job.id, place, answer](Result<void> checked) {
                                   if (!checked) return answer(checked.error());
                                   JobRecord* job = this->record(id);
                                   if (!job || job->finishing) return answer(Error{BG_E_INVALID_STATE});
                                   place(*job, answer);
                                 }));
}

// Goes on at the same place if the new address has the same version; a fetch that runs ends, for it has the old one.
void Engine::set_remote_name(JobRecord& record, FileRecord& file, const std::string& url) {
  if (file.file.remote_name == url) return;
  file.file.remote_name = url;
  if (record.job.state() == JobState::queued) queue_.wait(record.job.id, contender(record));  // for another host
  // What a server told of the size goes with its address; what the program told stays. An error tells no size.
  const bool told_by_server = file.file.answer.status / 100 == 2;
  if (file.progress.received.empty() && told_by_server) file.file.size.reset();
  file.file.answer = {};
  if (file.transfer && is_running(record.job.state())) refetch(record, file);
}

// BITS calls a job of one's choice of bytes "on demand" ("IBackgroundCopyFile6 interface").
Result<void> Engine::ask_for_more(JobRecord& record, FileRecord& file, const FileChange& change) {
  if (!record.job.on_demand || !file.file.ranges.empty()) {
    return Error{BG_E_RANDOM_ACCESS_NOT_SUPPORTED, ErrorContext::none, "the job doesn't fetch its files on demand"};
  }
  const std::uint64_t end = file.file.size.value_or(FileRange::kToEnd);
  for (const FileRange& range : change.wanted) {
    const std::uint64_t limit = range.length == FileRange::kToEnd ? end : range.offset + range.length;
    if (range.offset >= end || limit > end) {
      return Error{BG_E_INVALID_RANGE, ErrorContext::none, "a range doesn't lie within the remote file"};
    }
  }
  if (change.position && *change.position >= end) {
    return Error{BG_E_INVALID_RANGE, ErrorContext::none, "the position doesn't lie within the remote file"};
  }
  for (const FileRange& range : change.wanted) {
    file.file.wanted.add({range.offset, range.length == FileRange::kToEnd ? end : range.offset + range.length});
    file.asked.push_back(range);
  }
  if (change.position) file.progress.position = *change.position;
  record.next_file = std::min(record.next_file, file.file.index);
  if (file.transfer) file.transfer->wanted_changed();
  run_files(record);
  return {};
}

// "IBackgroundCopyFile3::SetValidationState": what was found to be wrong is forgotten, and the job is in ERROR.
void Engine::judge_content(JobRecord& record, FileRecord& file, Verdict verdict) {
  file.file.verdict = verdict;
  if (verdict != Verdict::invalid) return;
  forget_content(record, file);
  file.file.verdict = verdict;
  Error error{BG_E_VALIDATION_FAILED, ErrorContext::local_file,
              "the program found the content of " + file.file.local_name + " to be wrong: Resume fetches it again"};
  (void)apply(record, JobEvent::rejected, JobError{std::move(error), file.file.index, 0});
}

void Engine::forget_content(JobRecord& record, FileRecord& file) {
  file.file.start_anew();
  file.progress = {};
  record.recount(file);
  commits_.save_file(record.job.id, file.file.index);
}

void Engine::refetch(JobRecord& record, FileRecord& file) {
  commits_.then([this, id = record.job.id, index = file.file.index](const Result<void>& committed) {
    JobRecord* job = this->record(id);
    if (committed && job && job->files[index].transfer) job->files[index].transfer->refetch();
  });
}

// ---- All files, certificate, owner ----

void Engine::replace_remote_prefix(const Caller& caller, const JobId& id, std::string old_prefix,
                                   std::string new_prefix, Reply<std::uint32_t> reply) {
  on_job<std::uint32_t>(
      caller, id, std::move(reply),
      [this, from = std::move(old_prefix), to = std::move(new_prefix)](auto& record, auto answer) {
        if (is_final(record.job.state())) return answer(invalid_state(record.job));
        if (from.empty() || to.empty()) {
          return answer(Error{E_INVALIDARG, ErrorContext::none, "neither of the beginnings may be empty"});
        }
        std::vector<std::pair<FileRecord*, std::string>> renamed;
        for (FileRecord& file : record.files) {
          if (!file.file.remote_name.starts_with(from)) continue;
          std::string url = to + file.file.remote_name.substr(from.size());
          if (auto fits = check_remote_name(url); !fits) return answer(fits.error());
          renamed.emplace_back(&file, std::move(url));
        }
        for (const auto& [file, url] : renamed) {
          set_remote_name(record, *file, url);
          commits_.save_file(record.job.id, file->file.index);
        }
        if (!renamed.empty()) changed(record);
        when_committed<std::uint32_t>(std::move(answer), static_cast<std::uint32_t>(renamed.size()));
      });
}

void Engine::set_client_certificate(const Caller& caller, const JobId& id, std::optional<CertificateChoice> choice,
                                    Reply<void> reply) {
  on_job<void>(caller, id, std::move(reply), [this, caller, id, choice](JobRecord& record, auto answer) {
    if (is_final(record.job.state())) return answer(invalid_state(record.job));
    if (caller.uid != record.job.owner) return answer(not_the_owner());
    if (!choice) {
      record.job.http.client_certificate.reset();
      changed(record);
      return when_committed<void>(std::move(answer));
    }
    // The caller's own, as whoever's the files are: with it the job logs in, as with his password.
    ports_.files.find_certificate(caller.uid, *choice,
                                  guarded<ClientCertificate>([this, caller, id, answer](auto found) {
                                    if (!found) return answer(found.error());
                                    on_job<void>(caller, id, answer, [this, caller, found](JobRecord& job, auto set) {
                                      if (caller.uid != job.job.owner) return set(not_the_owner());
                                      job.job.http.client_certificate = *found;
                                      changed(job);
                                      when_committed<void>(std::move(set));
                                    });
                                  }));
  });
}

// "IBackgroundCopyJob::TakeOwnership": an administrator makes the job his own; what was entrusted to the service by the
// owner before him is forgotten. The files stay those of who made it, so there is nothing to check on the disk.
void Engine::take_ownership(const Caller& caller, JobRecord& record, Reply<CommandOutcome> answer) {
  Job& job = record.job;
  if (is_final(job.state())) return answer(invalid_state(job));
  if (!caller.administrator) {
    return answer(Error{E_ACCESSDENIED, ErrorContext::none, "only an administrator can take over a job"});
  }
  if (caller.uid == job.owner) return answer(CommandOutcome{});
  job.owner = caller.uid;
  job.notify_command = {};
  job.http.credentials.clear();
  job.http.client_certificate.reset();
  job.http.headers.clear();
  job.http.auth_headers.clear();
  for (std::string* proxy : {&job.http.http_proxy, &job.http.https_proxy, &job.http.proxy.proxies}) {
    if (proxy->find('@') != std::string::npos) proxy->clear();  // with a password
  }
  if (job.http.proxy.proxies.empty()) job.http.proxy = {};
  record.count_usage();
  queue_.change_owner(job.id, caller.uid);
  pump_later();
  changed(record);
  when_committed<CommandOutcome>(std::move(answer), CommandOutcome{});
}

// ---- The program to notify with ----

// Its environment tells which job, since it has no way to ask ("IBackgroundCopyJob2::SetNotifyCmdLine").
void Engine::run(const Job& job, Reply<int> exited) {
  if (!options_.transfers) return;
  ProgramCall call;
  call.program = job.notify_command.program;
  call.arguments = split_command_line(job.notify_command.parameters);
  if (call.arguments.empty()) call.arguments = {call.program};
  call.environment = {"DOSVC_JOB_ID=" + job.id.text(),
                      "DOSVC_JOB_STATE=" + std::string(job.state() == JobState::error ? "error" : "transferred")};
  call.umask = job.umask;
  ports_.programs.run(job.owner, std::move(call), guarded<int>([this, id = job.id, exited](Result<int> status) {
                        if (!record(id)) return;
                        if (!status) log_warning("job {}: {}", id.text(), status.error().message);
                        exited(status);
                      }));
}

void Engine::done(const JobId& id) {
  record(id)->job.command_done = true;
  commits_.save(id);
}

}  // namespace dosvc
