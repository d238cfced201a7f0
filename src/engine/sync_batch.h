#pragma once

#include "base/loop.h"
#include "engine/files.h"

#include <cstdint>
#include <map>
#include <vector>

namespace dosvc {

// Whether others are about to follow, with which a sync may be shared.
enum class SyncWhen : std::uint8_t { now, with_others };

// Puts files on disk, many with one stroke: while a sync of a filesystem is under way, what comes for it waits and goes
// together in the next. Files that come with others wait a moment for them besides. Thousands of small files cost a few
// syncs, and a slow disk never holds up another.
// Engine thread.
class SyncBatch {
 public:
  SyncBatch(Loop& loop, Files& files) : loop_(loop), files_(files) {}

  // `reply` comes when everything written to the file before this call is on disk.
  void add(TempFilePtr file, Reply<void> reply, SyncWhen when = SyncWhen::now);

 private:
  struct Request {
    TempFilePtr file;
    Reply<void> reply;
  };
  struct Lane {
    bool busy = false;
    bool urgent = false;  // one of those that wait came alone
    std::vector<Request> waiting;
    Timer patience;  // set while all that wait came with others
  };

  void consider(std::uint64_t device);
  void start(std::uint64_t device);
  void one_by_one(std::vector<Request> requests);

  Loop& loop_;
  Files& files_;
  std::map<std::uint64_t, Lane> lanes_;                           // by device
  std::shared_ptr<const char> alive_ = std::make_shared<char>();  // answers that come after our end find it gone
};

}  // namespace dosvc
