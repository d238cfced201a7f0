#pragma once

#include "core/host_memory.h"
#include "core/remote_host.h"
#include "core/retry_policy.h"
#include "engine/commit_queue.h"
#include "engine/engine.h"
#include "engine/mailbox.h"
#include "engine/published.h"
#include "engine/record.h"
#include "engine/sync_batch.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace dosvc {

// How long after a commit that failed the queue goes on; the program that asked was told at once.
inline constexpr auto kStoreRetry = std::chrono::seconds(5);

// Owns every job and decides, event by event, what happens to it. All state belongs to the loop's thread; calls from
// other threads are posted there. Reads of others are served from what was published.
class Engine final : public RunningEngine, private CommitQueue::Owner, private Delivery::Command {
 public:
  Engine(EnginePorts ports, EngineOptions options);
  ~Engine() override;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  Result<void> load();
  void use(ServiceSettings settings) override;
  void set_presence(Presence presence) override;
  void set_network(NetworkState network) override;
  void stop(std::function<void()> stopped) override;

  void create_job(const Caller& caller, NewJob spec, Reply<std::shared_ptr<JobView>> reply) override;
  void add_files(const Caller& caller, const JobId& id, std::vector<NewFile> files,
                 Reply<std::uint32_t> reply) override;
  void command(const Caller& caller, const JobId& id, JobCommand command, Reply<CommandOutcome> reply) override;
  void change(const Caller& caller, const JobId& id, JobChange change, Reply<void> reply) override;
  void change_file(const Caller& caller, const JobId& id, std::uint32_t index, FileChange change,
                   Reply<void> reply) override;
  void replace_remote_prefix(const Caller& caller, const JobId& id, std::string old_prefix, std::string new_prefix,
                             Reply<std::uint32_t> reply) override;
  void set_client_certificate(const Caller& caller, const JobId& id, std::optional<CertificateChoice> choice,
                              Reply<void> reply) override;
  void start_download(const Caller& caller, const JobId& id, std::optional<std::vector<FileRange>> ranges,
                      Reply<void> reply) override;
  void set_listener(const Caller& caller, const JobId& id, std::shared_ptr<JobListener> listener,
                    Reply<void> reply) override;
  Result<std::shared_ptr<JobView>> find(const Caller& caller, const JobId& id) const override;
  Result<std::vector<std::shared_ptr<JobView>>> list(const Caller& caller, bool all_users) const override;
  void observe(const Caller& caller, bool all_users, std::weak_ptr<QueueObserver> observer) override;

 private:
  friend class TransferReports;

  // Calls: see engine.cpp.
  void append_files(JobRecord& record, const std::vector<NewFile>& files);
  Result<void> resume(JobRecord& record);
  Result<void> suspend(JobRecord& record);

  // What programs change: see property_calls.cpp.
  void changed(JobRecord& record);
  void place_file(JobRecord& record, std::uint32_t index, std::string local_name, Reply<void> answer);
  Result<void> change_file_now(JobRecord& record, FileRecord& file, const FileChange& change);
  void set_remote_name(JobRecord& record, FileRecord& file, const std::string& url);
  Result<void> ask_for_more(JobRecord& record, FileRecord& file, const FileChange& change);
  void judge_content(JobRecord& record, FileRecord& file, Verdict verdict);
  void forget_content(JobRecord& record, FileRecord& file);
  void take_ownership(const Caller& caller, JobRecord& record, Reply<CommandOutcome> answer);

  // Downloads of IDOManager: see download_calls.cpp.
  void make_way(JobRecord& record, Reply<void> made);
  Result<void> launch(JobRecord& record, const std::optional<std::vector<FileRange>>& ranges);
  static void keep_front(FileRecord& file, std::uint64_t bytes);

  // The state, the run, the end: see engine.cpp.
  Result<void> apply(JobRecord& record, JobEvent event, std::optional<JobError> error = std::nullopt);
  void entered(JobRecord& record, JobState before, JobState after);
  void pump();
  void pump_later();
  int files_at_once(const JobRecord& record) const;
  void run_files(JobRecord& record);
  static bool is_wanted(const JobRecord& record, const FileRecord& file);
  void start_file(JobRecord& record, FileRecord& file);
  void refetch(JobRecord& record, FileRecord& file);
  void halt_files(JobRecord& record);
  void retire(JobRecord& record, FileRecord& file);
  void left(JobRecord& record, FileRecord& file);
  void open_temp(JobRecord& record, const File& file, OpenTemp how, Reply<TempFilePtr> reply);
  void show(JobRecord& record, FileRecord& file);
  void tell_transferred(JobRecord& record, FileRecord& file);
  void tell_ranges(JobRecord& record, FileRecord& file);
  void finish(JobRecord& record, JobEvent how, Reply<CommandOutcome> answer);
  void check_quiet(JobRecord& record);
  void publish_files(JobRecord& record, Reply<CommandOutcome> answer);
  Result<void> note_published(JobRecord& record, const std::vector<std::uint32_t>& indexes,
                              const Result<std::vector<Result<void>>>& published);
  void abandon_finish(JobRecord& record, const Error& error, const Reply<CommandOutcome>& answer);
  void remove_temps(JobRecord& record, JobEvent how, HRESULT code, Reply<CommandOutcome> answer);
  void forget(const JobId& id);
  void run_waiting_calls(JobRecord& record);

  // What one user may have: see user_limits.cpp.
  Result<void> check_counts(const Caller& caller, const NewJob& spec) const;
  Result<void> check_file_count(const Caller& caller, const JobRecord& record, std::size_t more) const;
  Result<void> check_files_of_user(const Caller& caller, uid_t owner, std::size_t more) const;
  Result<void> check_room(const JobRecord& record, FileRecord& file) const;

  // Failures, of files, hosts and the network: see failures.cpp.
  void file_failed(JobRecord& record, FileRecord& file, Failure failure);
  void job_failed(JobRecord& record, std::optional<std::uint32_t> file, Failure failure);
  void schedule_retry(JobRecord& record, RetryAfter when);
  void keep_no_progress_timeout(JobRecord& record);
  void host_failed(const std::string& host, const Failure& failure);
  void host_answered(const JobRecord& record, const FileRecord& file);
  void forgive_host(const JobRecord& record);
  void follow_host(const std::string& host);
  void await_openings();

  void lose_network();
  void find_network();
  void release_unreachable();

  // Whose turn it is, and what happens to those that have it: see turns.cpp.
  Contender contender(const JobRecord& record) const;
  RemoteHost host_of(const JobRecord& record, const FileRecord& file) const;
  void watch_running();
  void look_at_running();
  void wake_up();
  Clock::time_point awake_now() const { return ports_.loop.now() - ports_.host.asleep(); }

  // Why a job isn't moving: see waits.cpp.
  Wait wait_of(const JobRecord& record) const;
  Wait wait_of_queued(const JobRecord& record) const;
  Wait wait_of_failed(const JobRecord& record) const;
  WaitReason wait_of_running(const JobRecord& record) const;
  void show_soon(const std::vector<JobId>& jobs);
  void show_some();

  // Whose jobs may run: see presence.cpp.
  void follow_presence();

  // What time does to a job: see job_time.cpp.
  void watch_download_time(JobRecord& record);
  void watch_age();
  void expire_old_jobs();
  void follow_clock(WallTime::duration jump);
  void drop_volatile_downloads();

  // What the store and the world see: see engine_core.cpp.
  std::unique_ptr<JobRecord> new_record();
  void run(const Job& job, Reply<int> exited) override;
  void done(const JobId& id) override;
  JobRecord* record(const JobId& id) override;
  void publish(JobRecord& record, const std::set<std::uint32_t>& files) override;
  void commit_failed(const std::vector<JobId>& touched, const Error& error) override;
  void adopt(StoredJob stored);
  void take_up(JobRecord& record, Clock::duration until_retry);
  void adopt_file(JobRecord& record, FileRecord& file);
  void reload(const JobId& id);
  void show_unread(JobRecord& record);
  void go_on_later();
  void check_stopped();

  // Runs `body(answer)` on the loop's thread; after the engine's end the reply is E_ABORT.
  template <class T, class Body>
  void on_loop(Reply<T> reply, Body body);
  // The same with the job, when the caller may touch it; later when the job is just being finished.
  template <class T, class Body>
  void on_job(const Caller& caller, const JobId& id, Reply<T> reply, Body body);
  // Answers when this turn is on disk.
  template <class T, class... Value>
  void when_committed(Reply<T> answer, Value... value);
  // A port's answer that is dropped when the engine is gone.
  template <class T>
  Reply<T> guarded(Reply<T> reply);

  static Error invalid_state(const Job& job);

  EnginePorts ports_;
  EngineOptions options_;
  std::shared_ptr<Mailbox> mailbox_;
  PublishedQueue published_;
  SyncBatch syncs_;
  HostConnections connections_;
  CommitQueue commits_;
  RunQueue queue_;
  Presence presence_;
  bool pump_scheduled_ = false;
  HostMemory hosts_;
  std::optional<Clock::time_point> opening_at_;  // when opening_ fires
  Timer opening_;
  std::set<JobId> unreachable_;  // in TRANSIENT_ERROR, and another network may help
  Timer look_;                   // at those that run
  bool looking_ = false;
  Clock::duration slept_{};
  std::deque<JobId> to_show_;  // whose wait has changed
  Timer store_retry_;
  std::optional<Clock::time_point> store_retry_at_;
  Timer age_check_;
  std::set<JobId> unsaved_;        // JobRecord::unsaved
  std::set<JobId> unread_;         // could be neither saved nor read back; to be read when the store works again
  std::function<void()> stopped_;  // wanted by stop(), and not yet run
  UserUsage usage_;
  std::unordered_map<JobId, std::unique_ptr<JobRecord>, UuidHash> jobs_;
  std::shared_ptr<const char> alive_ = std::make_shared<char>();
};

// What one file's transfer tells the engine.
class TransferReports final : public FileTransferOwner {
 public:
  TransferReports(Engine& engine, JobRecord& record, FileRecord& file)
      : engine_(engine), record_(record), file_(file) {}

  void open_temp(const File& file, OpenTemp how, Reply<TempFilePtr> reply) override;
  void content_began() override;
  Result<void> check_size() override;
  void bytes_arrived(bool beyond_before) override;
  void file_changed() override;
  void body_complete() override;
  void file_transferred() override;
  void all_wanted_is_here() override;
  void file_failed(Failure failure) override;
  void halt_finished() override;
  int files_side_by_side() const override { return std::max(1, record_.on_the_line); }
  bool others_follow() const override { return record_.on_the_line > engine_.options_.files_at_once; }

 private:
  Engine& engine_;
  JobRecord& record_;
  FileRecord& file_;
};

template <class T, class Body>
void Engine::on_loop(Reply<T> reply, Body body) {
  if (ports_.loop.on_loop_thread()) return body(std::move(reply));
  ports_.loop.post(
      [alive = std::weak_ptr<const char>(alive_), reply = std::move(reply), body = std::move(body)]() mutable {
        if (alive.expired()) return reply(Error{E_ABORT, ErrorContext::none, "the transfer engine has stopped"});
        body(std::move(reply));
      });
}

template <class T, class Body>
void Engine::on_job(const Caller& caller, const JobId& id, Reply<T> reply, Body body) {
  on_loop<T>(std::move(reply), [this, caller, id, body = std::move(body)](Reply<T> answer) {
    JobRecord* job = record(id);
    if (!job) return answer(Error{BG_E_NOT_FOUND, ErrorContext::none, "there is no job " + id.text()});
    if (auto may = check_access(caller, job->job.owner); !may) return answer(may.error());
    if (job->finishing) {
      job->calls_waiting.push_back([this, caller, id, answer, body] { on_job<T>(caller, id, answer, body); });
      return;
    }
    body(*job, std::move(answer));
  });
}

template <class T, class... Value>
void Engine::when_committed(Reply<T> answer, Value... value) {
  commits_.then([answer = std::move(answer), value...](const Result<void>& committed) {
    answer(committed ? Result<T>(value...) : Result<T>(committed.error()));
  });
}

template <class T>
Reply<T> Engine::guarded(Reply<T> reply) {
  return [alive = std::weak_ptr<const char>(alive_), reply = std::move(reply)](Result<T> result) {
    if (!alive.expired()) reply(std::move(result));
  };
}

}  // namespace dosvc
