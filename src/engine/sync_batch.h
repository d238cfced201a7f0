#pragma once

#include "engine/files.h"

#include <cstdint>
#include <map>
#include <vector>

namespace dosvc {

// Puts files on disk, many with one stroke: while a sync of a filesystem is under way, what comes for it waits and goes
// together in the next. Thousands of small files cost a few syncs, and a slow disk never holds up another.
// Engine thread.
class SyncBatch {
 public:
  explicit SyncBatch(Files& files) : files_(files) {}

  // `reply` comes when everything written to the file before this call is on disk.
  void add(TempFilePtr file, Reply<void> reply);

 private:
  struct Request {
    TempFilePtr file;
    Reply<void> reply;
  };
  struct Lane {
    bool busy = false;
    std::vector<Request> waiting;
  };

  void start(std::uint64_t device);
  void one_by_one(std::vector<Request> requests);

  Files& files_;
  std::map<std::uint64_t, Lane> lanes_;                           // by device
  std::shared_ptr<const char> alive_ = std::make_shared<char>();  // answers that come after our end find it gone
};

}  // namespace dosvc
