#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dosvc {

// Bytes [begin, end) of a file.
struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  std::uint64_t length() const { return end - begin; }
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// A set of bytes, kept as ordered ranges that neither touch nor overlap.
class RangeSet {
 public:
  RangeSet() = default;
  RangeSet(ByteRange range) { add(range); }

  void add(ByteRange range);  // an empty range adds nothing
  void remove(ByteRange range);
  void clear() { ranges_.clear(); }

  bool empty() const { return ranges_.empty(); }
  bool contains(ByteRange range) const;
  std::uint64_t total() const;
  // End of the range that starts at `begin`, or `begin` when that byte is missing.
  std::uint64_t contiguous_end(std::uint64_t begin) const;
  // The first gap at or after `from` that ends before `limit`; nothing when [from, limit) is whole.
  std::optional<ByteRange> first_gap(std::uint64_t from, std::uint64_t limit) const;
  std::span<const ByteRange> ranges() const { return ranges_; }

  std::string text() const;  // "0-100,200-300", ends exclusive; the form kept in the store
  static std::optional<RangeSet> parse(
      std::string_view text);  // hostile input: nothing when it isn't exactly that form

  friend bool operator==(const RangeSet&, const RangeSet&) = default;

 private:
  std::vector<ByteRange> ranges_;
};

}  // namespace dosvc
