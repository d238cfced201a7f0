#pragma once

#include "core/job_service.h"

#include <atomic>
#include <cstdint>

namespace dosvc {

// Progress that one thread writes and all may read, without a lock and without touching a reference count: programs ask
// for it again and again. A reader that a writer has interrupted looks again, so that all it gets is of one moment.
class SharedProgress {
 public:
  explicit SharedProgress(const Progress& first) { store(first); }
  SharedProgress(const SharedProgress&) = delete;
  SharedProgress& operator=(const SharedProgress&) = delete;

  // One thread only.
  void store(const Progress& next) {
    const std::uint32_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);
    // Whoever sees one of these sees that a version has begun.
    bytes_total_.store(next.bytes_total.value_or(kUnknown), std::memory_order_release);
    bytes_transferred_.store(next.bytes_transferred, std::memory_order_release);
    files_total_.store(next.files_total, std::memory_order_release);
    files_transferred_.store(next.files_transferred, std::memory_order_release);
    version_.store(version + 2, std::memory_order_release);
  }

  Progress load() const {
    while (true) {
      const std::uint32_t before = version_.load(std::memory_order_acquire);
      Progress read;
      const std::uint64_t total = bytes_total_.load(std::memory_order_acquire);
      read.bytes_transferred = bytes_transferred_.load(std::memory_order_acquire);
      read.files_total = files_total_.load(std::memory_order_acquire);
      read.files_transferred = files_transferred_.load(std::memory_order_acquire);
      if (total != kUnknown) read.bytes_total = total;
      const bool being_written = before % 2 != 0;
      if (!being_written && version_.load(std::memory_order_relaxed) == before) return read;
    }
  }

 private:
  static constexpr std::uint64_t kUnknown = ~std::uint64_t{0};

  std::atomic<std::uint32_t> version_{0};  // odd: being written
  std::atomic<std::uint64_t> bytes_total_;
  std::atomic<std::uint64_t> bytes_transferred_;
  std::atomic<std::uint32_t> files_total_;
  std::atomic<std::uint32_t> files_transferred_;
};

}  // namespace dosvc
