#include "transport/body_writer.h"

#include <algorithm>
#include <cstring>

namespace dosvc {
namespace {

// Where such a write lies on a multiple of its size in the file, the kernel keeps it as one folio. Larger writes are up
// to a third faster in the best case, and several times slower in the worst: their folios come from large free blocks,
// which a virtual machine may have lent back to its host.
constexpr std::size_t kPiece = 16 * 1024;

}  // namespace

Result<void> BodyWriter::take(std::span<const std::byte> bytes) {
  if (buffered_ == 0 && limit_ && *limit_ - end_ == bytes.size()) return write(bytes);  // the whole rest: small files
  if (!buffer_) {
    capacity_ = limit_ ? static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, *limit_ - end_)) : kPiece;
    if (capacity_ == 0) return {};
    buffer_ = std::make_unique_for_overwrite<std::byte[]>(capacity_);
  }
  while (!bytes.empty()) {
    const std::size_t full = std::min(capacity_, kPiece - static_cast<std::size_t>(end_ % kPiece));
    const auto part = bytes.first(std::min(bytes.size(), full - buffered_));
    std::memcpy(buffer_.get() + buffered_, part.data(), part.size());
    buffered_ += part.size();
    bytes = bytes.subspan(part.size());
    if (buffered_ == full) DO_TRY(flush());
  }
  return {};
}

Result<void> BodyWriter::flush() {
  if (buffered_ == 0) return {};
  const auto bytes = std::span<const std::byte>(buffer_.get(), std::exchange(buffered_, 0));
  return write(bytes);
}

Result<void> BodyWriter::write(std::span<const std::byte> bytes) {
  DO_TRY(file_->write(end_, bytes));
  end_ += bytes.size();
  return {};
}

}  // namespace dosvc
