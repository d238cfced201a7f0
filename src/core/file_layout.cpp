#include "core/file_layout.h"

#include <algorithm>
#include <limits>

namespace dosvc {
namespace {

constexpr std::uint64_t kLargestFile = std::numeric_limits<std::int64_t>::max();

Error invalid_range(std::string message) { return Error{BG_E_INVALID_RANGE, ErrorContext::none, std::move(message)}; }

std::string text_of(const FileRange& range) {
  const std::string length = range.length == FileRange::kToEnd ? "to the end" : std::to_string(range.length) + " bytes";
  return length + " from byte " + std::to_string(range.offset);
}

}  // namespace

FileLayout::FileLayout(std::span<const FileRange> ranges, std::optional<std::uint64_t> size) : remote_size_(size) {
  whole_ = ranges.empty() || (ranges.size() == 1 && ranges[0] == FileRange{});
  if (whole_) {
    pieces_.push_back({0, 0, size});
    return;
  }
  std::uint64_t local = 0;
  for (const FileRange& range : ranges) {
    Stretch piece{range.offset, local, range.length};
    if (range.length == FileRange::kToEnd) {
      piece.length.reset();
      if (size) piece.length = *size - std::min(*size, range.offset);
    }
    pieces_.push_back(piece);
    // Where the pieces behind one without an end lie isn't known; they wait until it is.
    if (!piece.length) break;
    local += *piece.length;
  }
}

std::optional<std::uint64_t> FileLayout::size() const {
  const Stretch& last = pieces_.back();
  if (!last.length) return std::nullopt;
  return last.local + *last.length;
}

Result<void> FileLayout::check() const {
  if (whole_ || !remote_size_) return {};
  for (const Stretch& piece : pieces_) {
    const bool inside = piece.length && *piece.length > 0 && piece.remote < *remote_size_ &&
                        *piece.length <= *remote_size_ - piece.remote;
    if (!inside) {
      return invalid_range("the range from byte " + std::to_string(piece.remote) +
                           " doesn't lie within the remote file, which has " + std::to_string(*remote_size_) +
                           " bytes");
    }
  }
  return {};
}

std::vector<FileRange> FileLayout::front(std::uint64_t length) const {
  std::vector<FileRange> ranges;
  for (const Stretch& piece : pieces_) {
    if (piece.local >= length) break;
    ranges.push_back({piece.remote, std::min(piece.length.value_or(FileRange::kToEnd), length - piece.local)});
  }
  return ranges;
}

std::optional<Stretch> FileLayout::missing_from(const RangeSet& received, std::uint64_t from) const {
  for (const Stretch& piece : pieces_) {
    if (!piece.length) {
      const std::uint64_t begin = received.contiguous_end(std::max(from, piece.local));
      return Stretch{piece.remote + (begin - piece.local), begin, std::nullopt};
    }
    const std::uint64_t end = piece.local + *piece.length;
    if (end <= from) continue;
    if (const auto gap = received.first_gap(std::max(from, piece.local), end)) {
      return Stretch{piece.remote + (gap->begin - piece.local), gap->begin, gap->length()};
    }
  }
  return std::nullopt;
}

std::optional<Stretch> FileLayout::next_missing(const RangeSet& received, std::uint64_t from) const {
  const auto after = missing_from(received, from);
  return after || from == 0 ? after : missing_from(received, 0);
}

std::optional<Stretch> FileLayout::next_missing(const RangeSet& received, std::uint64_t from,
                                                const RangeSet& wanted) const {
  const auto gap_from = [&](std::uint64_t begin) -> std::optional<Stretch> {
    for (const ByteRange& want : wanted.ranges()) {
      const std::uint64_t limit = remote_size_ ? std::min(want.end, *remote_size_) : want.end;
      if (limit <= begin) continue;
      if (const auto gap = received.first_gap(std::max(begin, want.begin), limit)) {
        const bool to_end = gap->end == FileRange::kToEnd;
        return Stretch{gap->begin, gap->begin, to_end ? std::nullopt : std::optional(gap->length())};
      }
    }
    return std::nullopt;
  };
  const auto after = gap_from(from);
  return after || from == 0 ? after : gap_from(0);
}

Result<void> check_range(const FileRange& range) {
  const bool to_end = range.length == FileRange::kToEnd;
  if (range.length == 0) return invalid_range("a range without a byte: leave it out");
  if (range.offset > kLargestFile || (!to_end && range.length > kLargestFile - range.offset)) {
    return invalid_range("no file is so large that it holds " + text_of(range));
  }
  return {};
}

Result<void> check_ranges(std::span<const FileRange> ranges) {
  for (const FileRange& range : ranges) DO_TRY(check_range(range));
  std::vector<FileRange> sorted(ranges.begin(), ranges.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const FileRange& a, const FileRange& b) { return a.offset < b.offset; });
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const FileRange& before = sorted[i - 1];
    if (before.length == FileRange::kToEnd || before.length > sorted[i].offset - before.offset) {
      return Error{BG_E_OVERLAPPING_RANGES, ErrorContext::none,
                   "two ranges overlap: " + text_of(before) + " and " + text_of(sorted[i])};
    }
  }
  return {};
}

}  // namespace dosvc
