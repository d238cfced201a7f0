#pragma once

#include "engine/files.h"

#include <cstring>
#include <mutex>
#include <string>

namespace dosvc {

// A small file that is only in memory, for what the engine itself must read. More than `limit` bytes are the failure
// `too_many`.
class MemoryFile final : public TempFile {
 public:
  MemoryFile(std::uint64_t limit, HRESULT too_many) : limit_(limit), too_many_(too_many) {}

  Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    const std::lock_guard lock(mutex_);
    if (offset > limit_ || bytes.size() > limit_ - offset) {
      return Error{too_many_, ErrorContext::remote_file, "it has more than " + std::to_string(limit_) + " bytes"};
    }
    if (content_.size() < offset + bytes.size()) content_.resize(offset + bytes.size());
    std::memcpy(content_.data() + offset, bytes.data(), bytes.size());
    return {};
  }
  FileIdentity identity() const override { return {}; }
  std::uint64_t size_at_open() const override { return 0; }
  void cut_at_sync(std::uint64_t) override {}

  std::string content() const {
    const std::lock_guard lock(mutex_);
    return content_;
  }

 private:
  const std::uint64_t limit_;
  const HRESULT too_many_;
  mutable std::mutex mutex_;  // written on the transport's thread
  std::string content_;
};

}  // namespace dosvc
