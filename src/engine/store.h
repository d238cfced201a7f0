#pragma once

#include "base/result.h"
#include "core/job.h"

#include <vector>

namespace dosvc {

struct StoredJob {
  Job job;
  std::vector<File> files;  // by index
};

// Port: where jobs live while nobody runs them. Engine thread only.
// Writes gather in one transaction; commit() puts all of them on disk or none. A write itself can't fail: what goes
// wrong is commit()'s answer, and then nothing since the last commit has happened.
class Store {
 public:
  virtual ~Store() = default;

  virtual Result<std::vector<StoredJob>> load() = 0;    // every job, oldest first
  virtual Result<StoredJob> load(const JobId& id) = 0;  // one, as last committed; BG_E_NOT_FOUND
  virtual void save(const Job& job) = 0;                // inserts or replaces the job's own row
  virtual void save(const JobId& id, const File& file) = 0;
  virtual void erase(const JobId& id) = 0;  // with its files
  virtual Result<void> commit() = 0;
  // Takes from the disk what still stands there of erased jobs: it may be a password. Costs about two commits.
  virtual Result<void> forget_erased() = 0;
};

}  // namespace dosvc
