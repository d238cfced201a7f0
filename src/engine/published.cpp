#include "engine/published.h"

namespace dosvc {

std::vector<std::shared_ptr<FileView>> JobCell::files() const {
  std::lock_guard lock(mutex_);
  return {files_.begin(), files_.end()};
}

std::shared_ptr<FileView> JobCell::file(std::uint32_t index) const {
  std::lock_guard lock(mutex_);
  return index < files_.size() ? files_[index] : nullptr;
}

std::shared_ptr<JobListener> JobCell::listener() const {
  std::lock_guard lock(mutex_);
  return listener_;
}

std::shared_ptr<FileCell> JobCell::publish_file(std::uint32_t index, FileSnapshotPtr snapshot) {
  std::lock_guard lock(mutex_);
  if (index < files_.size()) {
    files_[index]->publish(std::move(snapshot));
    return files_[index];
  }
  return files_.emplace_back(std::make_shared<FileCell>(std::move(snapshot)));
}

void JobCell::publish_listener(std::shared_ptr<JobListener> listener) {
  std::lock_guard lock(mutex_);
  listener_.swap(listener);  // the old one goes after the lock
}

void PublishedQueue::show(const std::shared_ptr<JobCell>& cell, JobSnapshotPtr next) {
  const uid_t old_owner = cell->owner();
  const uid_t owner = next->job.owner;
  cell->publish(std::move(next));
  {
    std::lock_guard lock(mutex_);
    cells_.try_emplace(cell->id(), cell);
  }
  observers_.changed(cell, old_owner, owner);
}

void PublishedQueue::remove(const JobId& id) {
  std::unique_lock lock(mutex_);
  const auto node = cells_.extract(id);
  lock.unlock();
  if (node) observers_.gone(id, node.mapped()->owner());
}

Result<std::shared_ptr<JobView>> PublishedQueue::find(const Caller& caller, const JobId& id) const {
  std::lock_guard lock(mutex_);
  const auto it = cells_.find(id);
  if (it == cells_.end()) return Error{BG_E_NOT_FOUND, ErrorContext::none, "there is no job " + id.text()};
  DO_TRY(check_access(caller, it->second->owner()));
  return std::shared_ptr<JobView>(it->second);
}

std::vector<std::shared_ptr<JobView>> PublishedQueue::list(const Caller& caller, bool all_users) const {
  std::vector<std::shared_ptr<JobView>> views;
  std::lock_guard lock(mutex_);
  for (const auto& [id, cell] : cells_) {
    const bool own = cell->owner() == caller.uid;
    if (own || (all_users && caller.administrator)) views.push_back(cell);
  }
  return views;
}

Result<void> check_access(const Caller& caller, uid_t owner) {
  if (caller.uid == owner || caller.administrator) return {};
  return Error{E_ACCESSDENIED, ErrorContext::none, "the job belongs to another user"};
}

}  // namespace dosvc
