#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/job_service.h"

namespace dosvc {

// A queue that does nothing by itself: jobs are what the test makes of them. For what stands between a program and a
// JobService. Thread-safe; replies come on the thread that calls.
class PlainQueue final : public JobService {
 public:
  class File final : public FileView {
   public:
    explicit File(FileSnapshotPtr shot) : shot_(std::move(shot)) {}
    FileSnapshotPtr snapshot() const override { return shot_; }

   private:
    const FileSnapshotPtr shot_;
  };
  class View final : public JobView {
   public:
    explicit View(JobSnapshot first) : id_(first.job.id), shot_(std::make_shared<JobSnapshot>(std::move(first))) {}
    const JobId& id() const override { return id_; }
    JobSnapshotPtr snapshot() const override {
      const std::lock_guard lock(mutex_);
      return shot_;
    }
    std::vector<std::shared_ptr<FileView>> files() const override {
      const std::lock_guard lock(mutex_);
      return files_;
    }
    std::shared_ptr<FileView> file(std::uint32_t index) const override {
      const std::lock_guard lock(mutex_);
      return index < files_.size() ? files_[index] : nullptr;
    }
    std::shared_ptr<JobListener> listener() const override {
      const std::lock_guard lock(mutex_);
      return listener_;
    }

   private:
    friend PlainQueue;
    const JobId id_;
    mutable std::mutex mutex_;
    JobSnapshotPtr shot_;
    std::vector<std::shared_ptr<FileView>> files_;
    std::shared_ptr<JobListener> listener_;
  };

  // --- for the test
  JobId add(JobState state = JobState::suspended, Job with = {}) {
    with.id = Uuid::random();
    with.owner = Caller::this_process().uid;
    JobSnapshot shot;
    shot.job = Job::restored(state, std::move(with));
    const auto view = std::make_shared<View>(std::move(shot));
    {
      const std::lock_guard lock(mutex_);
      jobs_[view->id()] = view;
    }
    tell_changed(view);
    return view->id();
  }
  template <class Edit>
  void edit(const JobId& id, std::optional<JobState> state, Edit edit_job) {
    const auto view = held(id);
    {
      const std::lock_guard lock(view->mutex_);
      JobSnapshot next = *view->shot_;
      edit_job(next.job);
      next.job = Job::restored(state.value_or(next.job.state()), next.job);
      view->shot_ = std::make_shared<JobSnapshot>(std::move(next));
    }
    tell_changed(view);
  }
  void set_state(const JobId& id, JobState state) {
    edit(id, state, [](Job&) {});
  }
  void remove(const JobId& id) {
    std::shared_ptr<QueueObserver> observer;
    {
      const std::lock_guard lock(mutex_);
      jobs_.erase(id);
      observer = observer_.lock();
    }
    if (observer) observer->gone(id);
  }
  std::shared_ptr<View> held(const JobId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    return found == jobs_.end() ? nullptr : found->second;
  }
  // Waits until somebody has registered with the job for the nth time; with whom.
  std::shared_ptr<JobListener> wait_for_registration(int n) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return registrations_ >= n; });
    return last_listener_;
  }
  void wait_for_call() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return called_; });
  }
  int changes() const {
    const std::lock_guard lock(mutex_);
    return changes_;
  }
  // From now on no call is answered, but wait_for_call() returns; until let_go(), which answers those that have
  // registered meanwhile.
  void hold() {
    const std::lock_guard lock(mutex_);
    holding_ = true;
    called_ = false;
  }
  void let_go() {
    std::vector<Reply<void>> late;
    {
      const std::lock_guard lock(mutex_);
      holding_ = false;
      late.swap(late_);
    }
    for (const auto& reply : late) reply({});
  }

  // Runs after each list() has been made, on the thread that asked.
  void after_each_list(std::function<void()> call) {
    const std::lock_guard lock(mutex_);
    after_list_ = std::move(call);
  }

  // --- JobService
  void create_job(const Caller&, NewJob spec, Reply<std::shared_ptr<JobView>> reply) override {
    if (is_held()) return;
    Job job;
    job.display_name = std::move(spec.display_name);
    job.download = std::move(spec.download);
    reply(std::shared_ptr<JobView>(held(add(JobState::suspended, std::move(job)))));
  }
  void add_files(const Caller&, const JobId& id, std::vector<NewFile> files, Reply<std::uint32_t> reply) override {
    const auto view = held(id);
    if (!view) return reply(missing());
    const std::lock_guard lock(view->mutex_);
    const auto first = static_cast<std::uint32_t>(view->files_.size());
    for (NewFile& each : files) {
      FileSnapshot shot;
      shot.file.index = static_cast<std::uint32_t>(view->files_.size());
      shot.file.remote_name = std::move(each.remote_name);
      shot.file.local_name = std::move(each.local_name);
      view->files_.push_back(std::make_shared<File>(std::make_shared<FileSnapshot>(std::move(shot))));
    }
    reply(first);
  }
  void command(const Caller&, const JobId& id, JobCommand command, Reply<CommandOutcome> reply) override {
    if (is_held()) return;
    if (!held(id)) return reply(missing());
    switch (command) {
      case JobCommand::suspend:
        set_state(id, JobState::suspended);
        break;
      case JobCommand::resume:
        set_state(id, JobState::queued);
        break;
      case JobCommand::take_ownership:
        break;
      case JobCommand::cancel:
      case JobCommand::complete:
        set_state(id, command == JobCommand::cancel ? JobState::cancelled : JobState::acknowledged);
        remove(id);
    }
    reply(CommandOutcome{command == JobCommand::complete ? BG_S_PARTIAL_COMPLETE : S_OK});
  }
  void change(const Caller&, const JobId& id, JobChange change, Reply<void> reply) override {
    {
      const std::lock_guard lock(mutex_);
      ++changes_;
    }
    if (is_held()) return;
    if (!held(id)) return reply(missing());
    edit(id, {}, [&](Job& job) {
      if (change.display_name) job.display_name = *change.display_name;
    });
    reply({});
  }
  void change_file(const Caller&, const JobId&, std::uint32_t, FileChange, Reply<void> reply) override { reply({}); }
  void replace_remote_prefix(const Caller&, const JobId&, std::string old_prefix, std::string new_prefix,
                             Reply<std::uint32_t> reply) override {
    reply(static_cast<std::uint32_t>(old_prefix.size() + new_prefix.size()));
  }
  void set_client_certificate(const Caller&, const JobId&, std::optional<CertificateChoice> choice,
                              Reply<void> reply) override {
    reply(choice ? Result<void>() : Result<void>(Error{E_NOT_SET, {}, "there is no certificate"}));
  }
  void start_download(const Caller&, const JobId&, std::optional<std::vector<FileRange>> ranges,
                      Reply<void> reply) override {
    reply(ranges ? Result<void>(Error{E_NOTIMPL, {}, std::to_string(ranges->size()) + " ranges"}) : Result<void>());
  }
  void set_listener(const Caller&, const JobId& id, std::shared_ptr<JobListener> listener, Reply<void> reply) override {
    const auto view = held(id);
    if (!view) return reply(missing());
    {
      const std::lock_guard lock(view->mutex_);
      view->listener_ = listener;
    }
    if (!keep_if_held(reply)) reply({});
    const std::lock_guard lock(mutex_);
    if (!listener) return;
    last_listener_ = std::move(listener);
    ++registrations_;
    changed_.notify_all();
  }
  Result<std::shared_ptr<JobView>> find(const Caller&, const JobId& id) const override {
    if (auto view = held(id)) return std::shared_ptr<JobView>(std::move(view));
    return missing();
  }
  Result<std::vector<std::shared_ptr<JobView>>> list(const Caller&, bool) const override {
    std::vector<std::shared_ptr<JobView>> all;
    std::function<void()> then;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [id, view] : jobs_) all.push_back(view);
      then = after_list_;
    }
    if (then) then();
    return all;
  }
  void observe(const Caller&, bool, std::weak_ptr<QueueObserver> observer) override {
    const std::lock_guard lock(mutex_);
    observer_ = std::move(observer);
  }

 private:
  static Error missing() { return {BG_E_NOT_FOUND, ErrorContext::queue, "there is no such job"}; }
  bool is_held() {
    const std::lock_guard lock(mutex_);
    called_ = true;
    changed_.notify_all();
    return holding_;
  }
  bool keep_if_held(const Reply<void>& reply) {
    const std::lock_guard lock(mutex_);
    if (holding_) late_.push_back(reply);
    return holding_;
  }
  void tell_changed(const std::shared_ptr<View>& view) {
    std::shared_ptr<QueueObserver> observer;
    {
      const std::lock_guard lock(mutex_);
      observer = observer_.lock();
    }
    if (observer) observer->changed(view);
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<JobId, std::shared_ptr<View>> jobs_;
  std::weak_ptr<QueueObserver> observer_;
  std::shared_ptr<JobListener> last_listener_;
  std::vector<Reply<void>> late_;
  std::function<void()> after_list_;
  int registrations_ = 0;
  int changes_ = 0;
  bool holding_ = false;
  bool called_ = false;
};

}  // namespace dosvc
