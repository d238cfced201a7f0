#include "engine/commit_queue.h"

#include "base/log.h"

#include <utility>

namespace dosvc {
namespace {

constexpr auto kForgetErasedAfter = std::chrono::seconds(10);  // so that it costs nothing worth counting

}  // namespace

CommitQueue::Touched& CommitQueue::touch(const JobId& id) {
  schedule();
  return touched_[id];
}

void CommitQueue::save(const JobId& id) { touch(id).save_job = true; }

void CommitQueue::save_file(const JobId& id, std::uint32_t index) {
  Touched& touched = touch(id);
  touched.save_files.insert(index);
  touched.show_files.insert(index);
}

void CommitQueue::erase(const JobId& id) { touch(id).erased = true; }

void CommitQueue::show(const JobId& id) { touch(id); }

void CommitQueue::show_file(const JobId& id, std::uint32_t index) { touch(id).show_files.insert(index); }

void CommitQueue::then(std::function<void(const Result<void>&)> call) {
  schedule();
  then_.push_back(std::move(call));
}

void CommitQueue::schedule() {
  if (std::exchange(scheduled_, true)) return;
  loop_.post([this, alive = std::weak_ptr<const char>(alive_)] {
    if (!alive.expired()) flush();
  });
}

Result<void> CommitQueue::write(const std::map<JobId, Touched>& turn) {
  bool anything = false;
  for (const auto& [id, touched] : turn) {
    JobRecord* record = owner_.record(id);
    if (touched.erased) {
      store_.erase(id);
      forget_erased_later();
      anything = true;
    } else if (record) {
      if (touched.save_job) store_.save(record->job);
      for (const std::uint32_t index : touched.save_files) store_.save(id, record->files[index].file);
      anything = anything || touched.save_job || !touched.save_files.empty();
    }
  }
  return anything ? store_.commit() : Result<void>();
}

void CommitQueue::forget_erased_later() {
  if (forget_erased_) return;
  forget_erased_ = loop_.after(kForgetErasedAfter, [this] {
    forget_erased_.reset();
    if (auto forgotten = store_.forget_erased(); !forgotten) log_warning("{}", forgotten.error().message);
  });
}

void CommitQueue::flush() {
  scheduled_ = false;
  const auto turn = std::exchange(touched_, {});
  const auto then = std::exchange(then_, {});
  const Result<void> committed = write(turn);
  if (committed) {
    for (const auto& [id, touched] : turn) {
      if (JobRecord* record = owner_.record(id)) owner_.publish(*record, touched.show_files);
    }
  } else {
    std::vector<JobId> ids;
    for (const auto& [id, touched] : turn) ids.push_back(id);
    owner_.commit_failed(ids, committed.error());
  }
  for (const auto& call : then) call(committed);
}

}  // namespace dosvc
