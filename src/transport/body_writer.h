#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "engine/files.h"

namespace dosvc {

// Writes a body into its file in large pieces: libcurl hands it out in small ones, and a system call for each would be
// most of the cost of a fast download. The buffer is taken with the first piece that needs it.
// After a failed write it must not be used again, but for end().
class BodyWriter {
 public:
  // The body's first byte goes to `offset` of the file, and no byte to `limit` or behind it, when that is known.
  BodyWriter(TempFilePtr file, std::uint64_t offset, std::optional<std::uint64_t> limit)
      : file_(std::move(file)), end_(offset), limit_(limit) {}

  // Whether so many more bytes are still within the limit.
  bool has_room(std::size_t bytes) const { return !limit_ || bytes <= *limit_ - taken(); }
  Result<void> take(std::span<const std::byte> bytes);
  Result<void> flush();

  std::uint64_t end() const { return end_; }                // written
  std::uint64_t taken() const { return end_ + buffered_; }  // written or in the buffer
  const std::optional<std::uint64_t>& limit() const { return limit_; }

 private:
  Result<void> write(std::span<const std::byte> bytes);

  TempFilePtr file_;
  std::uint64_t end_;
  std::optional<std::uint64_t> limit_;
  std::unique_ptr<std::byte[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t buffered_ = 0;
};

}  // namespace dosvc
