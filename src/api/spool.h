#pragma once

#include "base/result.h"
#include "base/unique_fd.h"
#include "core/file.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace dosvc {

// The file that a download to a stream passes through, as the program's side reads it while the service writes. It is
// the download's owner's, in a folder that he may enter, so that this process can open it wherever the service is.
class Spool {
 public:
  // ERROR_FILE_NOT_FOUND: the service has not made it yet, or is about to make another; else it can't be read.
  static Result<Spool> open(const File& file);

  const FileIdentity& identity() const { return identity_; }
  // Fills `into` with what must have been received.
  Result<void> read(std::uint64_t offset, std::span<std::byte> into) const;

 private:
  Spool(UniqueFd fd, FileIdentity identity) : fd_(std::move(fd)), identity_(identity) {}

  UniqueFd fd_;  // keeps the file, so that no later one can have its identity
  FileIdentity identity_;
};

}  // namespace dosvc
