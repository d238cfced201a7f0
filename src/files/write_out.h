#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "files/pool_ref.h"

namespace dosvc {

class PosixTempFile;

// Brings what downloads write to the disk as it comes: window by window, one at a time for each disk. The kernel would
// collect it and hand it over in heaps, and whoever else wants a few bytes to be on that disk, as the store does with
// each commit, would wait behind them for seconds.
class WriteOut final : public std::enable_shared_from_this<WriteOut> {
 public:
  static constexpr std::uint64_t kWindow = 4u << 20;  // a few milliseconds of an SSD

  explicit WriteOut(std::shared_ptr<PoolRef> pool) : pool_(std::move(pool)) {}

  // This window of the file, which begins at a multiple of kWindow, is full. Any thread.
  void add(const std::shared_ptr<PosixTempFile>& file, std::uint64_t begin);
  // Writes out what was added of this file, window by window too: a sync that follows finds little left. Pool thread.
  void catch_up(PosixTempFile& file);

 private:
  struct Window {
    const PosixTempFile* of;
    std::weak_ptr<PosixTempFile> file;
    std::uint64_t begin;
  };
  struct Lane {
    std::deque<Window> waiting;
    bool busy = false;      // a thread of the pool has it, or will
    std::mutex one_by_one;  // held while a window is on its way to the disk
  };

  void go_on(Lane& lane);
  void next(Lane& lane);

  const std::shared_ptr<PoolRef> pool_;
  std::mutex mutex_;                     // guards all below but the lanes' own
  std::map<std::uint64_t, Lane> lanes_;  // by device
};

}  // namespace dosvc
