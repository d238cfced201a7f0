#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/store.h"

namespace dosvc {

// A store in memory that can fail and crash. What counts is `committed`: writes wait in `pending` until a commit. A
// copy made with after_crash() is what the next start would find.
//
// A commit with nothing to write succeeds, is not counted and uses up no injected failure.
class FakeStore final : public Store {
 public:
  Result<std::vector<StoredJob>> load() override;
  Result<StoredJob> load(const JobId& id) override;
  void save(const Job& job) override;
  void save(const JobId& id, const File& file) override;
  void erase(const JobId& id) override;
  Result<void> commit() override;
  Result<void> forget_erased() override {
    remembers_erased_ = false;
    return {};
  }

  void fail_next_commit(Error error) { next_failure_ = std::move(error); }
  void fail_commits(bool fail) { fail_commits_ = fail; }
  // The commit that is the `nth` from now on fails, counted from 1; and, when it is for good, all after it until
  // mend().
  void fail_nth_commit(std::size_t nth, Error error, bool for_good = false) {
    planned_ = Planned{tries_ + nth, std::move(error), for_good};
  }
  void mend() { planned_.reset(); }
  void fail_load(std::optional<Error> error) { load_failure_ = std::move(error); }

  std::size_t tries() const { return tries_; }      // commits of something, failed ones too
  std::size_t reads() const { return reads_; }      // of single jobs
  std::size_t commits() const { return commits_; }  // that succeeded and wrote something
  bool remembers_erased() const { return remembers_erased_; }
  bool has_pending() const { return !pending_.empty(); }
  std::vector<StoredJob> committed() const;  // oldest first
  std::optional<StoredJob> committed(const JobId& id) const;

  FakeStore after_crash() const;

 private:
  struct Row {
    std::size_t order = 0;  // of insertion: what is the same age comes out as it went in
    Job job;
    std::map<std::uint32_t, File> files;
  };
  // What the open transaction does to one job.
  struct Change {
    bool erased = false;  // before what stands below
    std::optional<Job> job;
    std::map<std::uint32_t, File> files;
  };

  static StoredJob stored(const Row& row);
  Result<void> try_commit();

  std::map<JobId, Row> committed_;
  std::map<JobId, Change> pending_;
  std::size_t next_order_ = 0;
  std::size_t reads_ = 0;
  std::size_t commits_ = 0;
  bool remembers_erased_ = false;
  struct Planned {
    std::size_t at = 0;  // as tries_ counts
    Error error;
    bool for_good = false;
  };
  std::size_t tries_ = 0;
  std::optional<Planned> planned_;
  std::optional<Error> next_failure_;
  bool fail_commits_ = false;
  std::optional<Error> load_failure_;
};

}  // namespace dosvc
