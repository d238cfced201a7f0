#include "fakes/fake_store.h"

#include <algorithm>
#include <utility>

namespace dosvc {

StoredJob FakeStore::stored(const Row& row) {
  StoredJob out{row.job, {}};
  for (const auto& [index, file] : row.files) out.files.push_back(file);
  return out;
}

Result<std::vector<StoredJob>> FakeStore::load() {
  if (load_failure_) return *load_failure_;
  return committed();
}

Result<StoredJob> FakeStore::load(const JobId& id) {
  ++reads_;
  if (load_failure_) return *load_failure_;
  if (auto job = committed(id)) return *std::move(job);
  return Error{BG_E_NOT_FOUND, ErrorContext::queue, "there is no job " + id.text()};
}

void FakeStore::save(const Job& job) { pending_[job.id].job = job; }

void FakeStore::save(const JobId& id, const File& file) { pending_[id].files[file.index] = file; }

void FakeStore::erase(const JobId& id) {
  pending_[id] = Change{};
  pending_[id].erased = true;
}

Result<void> FakeStore::commit() {
  if (pending_.empty()) return {};
  Result<void> result = try_commit();
  pending_.clear();
  if (result) ++commits_;
  return result;
}

Result<void> FakeStore::try_commit() {
  ++tries_;
  if (planned_ && (tries_ == planned_->at || (planned_->for_good && tries_ > planned_->at))) return planned_->error;
  if (auto failure = std::exchange(next_failure_, std::nullopt)) return *std::move(failure);
  if (fail_commits_) {
    return Error{HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::queue, "the fake store was told to fail commits"};
  }
  for (const auto& [id, change] : pending_) {
    const bool has_job = change.job || (!change.erased && committed_.count(id) != 0);
    if (!change.files.empty() && !has_job) {
      return Error{E_UNEXPECTED, ErrorContext::queue,
                   "files saved for job " + id.text() + ", which isn't in the store"};
    }
  }
  for (auto& [id, change] : pending_) {
    if (change.erased) {
      committed_.erase(id);
      remembers_erased_ = true;
    }
    if (!change.job && change.files.empty()) continue;
    const auto [row, is_new] = committed_.try_emplace(id);
    if (is_new) row->second.order = next_order_++;
    if (change.job) row->second.job = *std::move(change.job);
    for (auto& [index, file] : change.files) row->second.files[index] = std::move(file);
  }
  return {};
}

std::vector<StoredJob> FakeStore::committed() const {
  std::vector<const Row*> rows;
  for (const auto& [id, row] : committed_) rows.push_back(&row);
  std::sort(rows.begin(), rows.end(), [](const Row* a, const Row* b) {
    return std::pair(a->job.created, a->order) < std::pair(b->job.created, b->order);
  });
  std::vector<StoredJob> jobs;
  for (const Row* row : rows) jobs.push_back(stored(*row));
  return jobs;
}

std::optional<StoredJob> FakeStore::committed(const JobId& id) const {
  const auto row = committed_.find(id);
  if (row == committed_.end()) return std::nullopt;
  return stored(row->second);
}

FakeStore FakeStore::after_crash() const {
  FakeStore survivor;
  survivor.committed_ = committed_;
  survivor.next_order_ = next_order_;
  survivor.tries_ = tries_;
  survivor.planned_ = planned_;
  return survivor;
}

}  // namespace dosvc
