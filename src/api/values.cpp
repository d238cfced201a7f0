#include "api/values.h"

#include "com/wide.h"

#include <algorithm>

namespace dosvc {

GUID to_guid(const Uuid& id) {
  const auto& b = id.bytes;
  GUID guid{};
  guid.Data1 = std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
  guid.Data2 = static_cast<std::uint16_t>(b[4] << 8 | b[5]);
  guid.Data3 = static_cast<std::uint16_t>(b[6] << 8 | b[7]);
  std::copy(b.begin() + 8, b.end(), guid.Data4);
  return guid;
}

Uuid to_uuid(const GUID& guid) {
  Uuid id;
  auto& b = id.bytes;
  for (unsigned i = 0; i < 4; ++i) b[i] = static_cast<std::uint8_t>(guid.Data1 >> (24 - 8 * i));
  for (unsigned i = 0; i < 2; ++i) {
    b[4 + i] = static_cast<std::uint8_t>(guid.Data2 >> (8 - 8 * i));
    b[6 + i] = static_cast<std::uint8_t>(guid.Data3 >> (8 - 8 * i));
  }
  std::copy(std::begin(guid.Data4), std::end(guid.Data4), b.begin() + 8);
  return id;
}

FILETIME to_filetime(std::optional<WallTime> time) {
  // 1601 to 1970 in ticks of 100 ns.
  constexpr std::int64_t kUnixEpoch = 116'444'736'000'000'000;
  if (!time) return {};
  const std::int64_t ticks = std::max<std::int64_t>(0, kUnixEpoch + time->time_since_epoch().count() * 10);
  const auto bits = static_cast<std::uint64_t>(ticks);
  return {static_cast<DWORD>(bits), static_cast<DWORD>(bits >> 32)};
}

Result<std::string> in_string(LPCWSTR text) {
  if (!text) return failed_with(E_INVALIDARG, "a string is NULL");
  return to_utf8(text);
}

Result<std::string> in_optional_string(LPCWSTR text) {
  if (!text) return std::string();
  return to_utf8(text);
}

Result<std::vector<FileRange>> in_ranges(DWORD count, const BG_FILE_RANGE* ranges) {
  std::vector<FileRange> read;
  if (count > 0 && !ranges) return failed_with(E_INVALIDARG, "the list of ranges is NULL");
  for (DWORD i = 0; i < count; ++i) read.push_back({ranges[i].InitialOffset, ranges[i].Length});
  return read;
}

std::vector<BG_FILE_RANGE> to_ranges(std::span<const FileRange> ranges) {
  std::vector<BG_FILE_RANGE> shown;
  for (const FileRange& range : ranges) shown.push_back({range.offset, range.length});
  return shown;
}

}  // namespace dosvc
