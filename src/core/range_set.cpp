#include "core/range_set.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace dosvc {

void RangeSet::add(ByteRange range) {
  if (range.begin >= range.end) return;
  // The first range that touches or follows the new one; all that touch it melt into it.
  auto first = std::lower_bound(ranges_.begin(), ranges_.end(), range.begin,
                                [](const ByteRange& r, std::uint64_t begin) { return r.end < begin; });
  auto last = first;
  while (last != ranges_.end() && last->begin <= range.end) {
    range.begin = std::min(range.begin, last->begin);
    range.end = std::max(range.end, last->end);
    ++last;
  }
  ranges_.insert(ranges_.erase(first, last), range);
}

void RangeSet::remove(ByteRange range) {
  if (range.begin >= range.end) return;
  std::vector<ByteRange> left;
  for (const ByteRange& r : ranges_) {
    if (r.begin < range.begin) left.push_back({r.begin, std::min(r.end, range.begin)});
    if (r.end > range.end) left.push_back({std::max(r.begin, range.end), r.end});
  }
  ranges_ = std::move(left);
}

bool RangeSet::contains(ByteRange range) const {
  return range.begin >= range.end || contiguous_end(range.begin) >= range.end;
}

std::uint64_t RangeSet::total() const {
  std::uint64_t sum = 0;
  for (const ByteRange& r : ranges_) sum += r.length();
  return sum;
}

std::uint64_t RangeSet::contiguous_end(std::uint64_t begin) const {
  auto it = std::upper_bound(ranges_.begin(), ranges_.end(), begin,
                             [](std::uint64_t b, const ByteRange& r) { return b < r.end; });
  return it != ranges_.end() && it->begin <= begin ? it->end : begin;
}

std::optional<ByteRange> RangeSet::first_gap(std::uint64_t from, std::uint64_t limit) const {
  const std::uint64_t begin = contiguous_end(from);
  if (begin >= limit) return std::nullopt;
  auto next = std::lower_bound(ranges_.begin(), ranges_.end(), begin,
                               [](const ByteRange& r, std::uint64_t b) { return r.begin < b; });
  return ByteRange{begin, next == ranges_.end() ? limit : std::min(limit, next->begin)};
}

std::string RangeSet::text() const {
  std::string out;
  for (const ByteRange& r : ranges_) {
    if (!out.empty()) out += ',';
    out += std::to_string(r.begin);
    out += '-';
    out += std::to_string(r.end);
  }
  return out;
}

std::optional<RangeSet> RangeSet::parse(std::string_view text) {
  RangeSet set;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    ByteRange range;
    auto number = std::from_chars(at, end, range.begin);
    if (number.ec != std::errc() || number.ptr == end || *number.ptr != '-') return std::nullopt;
    number = std::from_chars(number.ptr + 1, end, range.end);
    if (number.ec != std::errc() || range.begin >= range.end) return std::nullopt;
    if (!set.ranges_.empty() && set.ranges_.back().end >= range.begin) return std::nullopt;
    set.ranges_.push_back(range);
    at = number.ptr;
    if (at != end) {
      if (*at != ',' || at + 1 == end) return std::nullopt;
      ++at;
    }
  }
  if (set.text() != text) return std::nullopt;  // zeros before a number
  return set;
}

}  // namespace dosvc
