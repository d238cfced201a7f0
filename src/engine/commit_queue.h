#pragma once

#include "base/loop.h"
#include "engine/record.h"
#include "engine/store.h"

#include <functional>
#include <map>
#include <set>
#include <vector>

namespace dosvc {

// Everything that changes in one turn of the loop goes to disk in one transaction, and only then is it shown, answered
// and acted upon. Engine thread.
class CommitQueue {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual JobRecord* record(const JobId& id) = 0;
    virtual void publish(JobRecord& record, const std::set<std::uint32_t>& files) = 0;
    // What was changed could not be saved; what the store holds is the truth again.
    virtual void commit_failed(const std::vector<JobId>& touched, const Error& error) = 0;
  };

  CommitQueue(Loop& loop, Store& store, Owner& owner) : loop_(loop), store_(store), owner_(owner) {}

  void save(const JobId& id);
  void save_file(const JobId& id, std::uint32_t index);
  void erase(const JobId& id);
  // Nothing to save, but something to see: progress.
  void show(const JobId& id);
  void show_file(const JobId& id, std::uint32_t index);
  // Runs after the commit, in order: with the error when it failed.
  void then(std::function<void(const Result<void>&)> call);

  // Commits now. The queue does so by itself at the end of the turn.
  void flush();

 private:
  struct Touched {
    bool save_job = false;
    bool erased = false;
    std::set<std::uint32_t> save_files;
    std::set<std::uint32_t> show_files;
  };

  Touched& touch(const JobId& id);
  void schedule();
  Result<void> write(const std::map<JobId, Touched>& turn);
  void forget_erased_later();

  Loop& loop_;
  Store& store_;
  Owner& owner_;
  bool scheduled_ = false;
  std::map<JobId, Touched> touched_;
  std::vector<std::function<void(const Result<void>&)>> then_;
  Timer forget_erased_;
  std::shared_ptr<const char> alive_ = std::make_shared<char>();
};

}  // namespace dosvc
