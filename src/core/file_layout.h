#pragma once

#include "base/result.h"
#include "core/file.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace dosvc {

// Bytes to fetch: the remote file's from `remote` on belong at `local`. Without a length: to the end, wherever that is.
struct Stretch {
  std::uint64_t remote = 0;
  std::uint64_t local = 0;
  std::optional<std::uint64_t> length;

  friend bool operator==(const Stretch&, const Stretch&) = default;
};

// How a remote file's bytes lie in the local one: as they are, or the wanted ranges packed one behind the other in the
// order given ("IBackgroundCopyJob3::AddFileWithRanges"). Pure.
class FileLayout {
 public:
  // `size`: of the remote file, when known.
  FileLayout(std::span<const FileRange> ranges, std::optional<std::uint64_t> size);

  // The whole file as it is: any server can bring that.
  bool whole() const { return whole_; }
  // Of the local file; empty while it depends on a size that isn't known.
  std::optional<std::uint64_t> size() const;
  // BG_E_INVALID_RANGE: a range that doesn't lie within the remote file, whose size is known.
  Result<void> check() const;
  // The ranges that the first `length` bytes of the local file are.
  std::vector<FileRange> front(std::uint64_t length) const;
  // The first missing bytes at or after `from` in the local file, or before it when there are none; never across two
  // ranges. Nothing when all is there.
  std::optional<Stretch> next_missing(const RangeSet& received, std::uint64_t from = 0) const;
  // The same, of what was asked for only (on demand).
  std::optional<Stretch> next_missing(const RangeSet& received, std::uint64_t from, const RangeSet& wanted) const;

 private:
  std::optional<Stretch> missing_from(const RangeSet& received, std::uint64_t from) const;

  std::vector<Stretch> pieces_;
  std::optional<std::uint64_t> remote_size_;
  bool whole_ = false;
};

// The argument rules of one range that is wanted: not empty, not beginning at "to the end", not beyond the largest file
// (BG_E_INVALID_RANGE).
Result<void> check_range(const FileRange& range);

// The same of a list of ranges, in which no byte may be wanted twice (BG_E_OVERLAPPING_RANGES).
Result<void> check_ranges(std::span<const FileRange> ranges);

}  // namespace dosvc
