#pragma once

#include "core/job_service.h"
#include "engine/observers.h"
#include "engine/shared_progress.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace dosvc {

// What others see of the queue: written by the engine's thread after it is on disk, read by any thread without waiting
// for the engine. Whoever holds a cell keeps its last word, also when the job is long gone.

// A pointer that one thread replaces and all may read. Not std::atomic<std::shared_ptr>: that of g++ 12 releases its
// lock without the order that the next writer needs.
template <class T>
class Latest {
 public:
  explicit Latest(std::shared_ptr<T> first) : pointer_(std::move(first)) {}
  std::shared_ptr<T> load() const {
    std::lock_guard lock(mutex_);
    return pointer_;
  }
  void store(std::shared_ptr<T> next) {
    std::lock_guard lock(mutex_);
    pointer_.swap(next);  // the old one goes after the lock
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<T> pointer_;
};

class FileCell final : public FileView {
 public:
  explicit FileCell(FileSnapshotPtr first) : snapshot_(std::move(first)) {}
  FileSnapshotPtr snapshot() const override { return snapshot_.load(); }
  void publish(FileSnapshotPtr next) { snapshot_.store(std::move(next)); }

 private:
  Latest<const FileSnapshot> snapshot_;
};

class JobCell final : public JobView {
 public:
  explicit JobCell(JobSnapshotPtr first)
      : id_(first->job.id), owner_(first->job.owner), progress_(first->progress), snapshot_(std::move(first)) {}

  const JobId& id() const override { return id_; }
  uid_t owner() const { return owner_; }
  JobSnapshotPtr snapshot() const override { return snapshot_.load(); }
  Progress progress() const override { return progress_.load(); }
  std::vector<std::shared_ptr<FileView>> files() const override;
  std::shared_ptr<FileView> file(std::uint32_t index) const override;
  std::shared_ptr<JobListener> listener() const override;

  void publish(JobSnapshotPtr next) {
    owner_ = next->job.owner;
    progress_.store(next->progress);
    snapshot_.store(std::move(next));
  }
  // The cell of a file: the one at `index`, or a new one at the end.
  std::shared_ptr<FileCell> publish_file(std::uint32_t index, FileSnapshotPtr snapshot);
  void publish_listener(std::shared_ptr<JobListener> listener);

 private:
  const JobId id_;
  std::atomic<uid_t> owner_;
  SharedProgress progress_;
  Latest<const JobSnapshot> snapshot_;
  mutable std::mutex mutex_;  // for the two below; never held while calling out
  std::vector<std::shared_ptr<FileCell>> files_;
  std::shared_ptr<JobListener> listener_;
};

class PublishedQueue {
 public:
  // These two on the engine's thread. A job is added when it is first shown.
  void show(const std::shared_ptr<JobCell>& cell, JobSnapshotPtr next);
  void remove(const JobId& id);
  Result<std::shared_ptr<JobView>> find(const Caller& caller, const JobId& id) const;
  std::vector<std::shared_ptr<JobView>> list(const Caller& caller, bool all_users) const;
  void observe(const Caller& caller, bool all_users, std::weak_ptr<QueueObserver> observer) {
    observers_.add(caller, all_users, std::move(observer));
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<JobId, std::shared_ptr<JobCell>, UuidHash> cells_;
  Observers observers_;
};

// E_ACCESSDENIED unless the caller owns the job or administers the machine.
Result<void> check_access(const Caller& caller, uid_t owner);

}  // namespace dosvc
