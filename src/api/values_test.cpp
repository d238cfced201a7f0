#include "api/values.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

std::uint64_t ticks(FILETIME time) { return std::uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime; }

TEST(Values, ids_keep_their_text_both_ways) {
  const auto id = Uuid::parse("19C613A0-FCB8-4F28-81AE-897C3D078F81");
  ASSERT_TRUE(id);
  const GUID guid = to_guid(*id);
  EXPECT_EQ(guid, parse_guid("19C613A0-FCB8-4F28-81AE-897C3D078F81"));
  EXPECT_EQ(to_uuid(guid), *id);
}

TEST(Values, filetimes_count_from_1601) {
  EXPECT_EQ(ticks(to_filetime(WallTime{})), 116'444'736'000'000'000u);
  EXPECT_EQ(ticks(to_filetime(WallTime{std::chrono::microseconds(1)})), 116'444'736'000'000'010u);
  EXPECT_EQ(ticks(to_filetime(std::nullopt)), 0u);
  EXPECT_EQ(ticks(to_filetime(WallTime{-std::chrono::hours(24 * 366 * 400)})), 0u);
}

TEST(Values, in_strings_are_text) {
  const wchar_t surrogate[] = {L'a', static_cast<wchar_t>(0xDC00), 0};
  EXPECT_EQ(in_string(nullptr).error().code, E_INVALIDARG);
  EXPECT_EQ(in_string(surrogate).error().code, E_INVALIDARG);
  EXPECT_EQ(*in_string(L"\u00fc"), "\xC3\xBC");
}

}  // namespace
}  // namespace dosvc
