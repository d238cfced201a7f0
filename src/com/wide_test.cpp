#include "com/wide.h"

#include <gtest/gtest.h>

using dosvc::to_utf8;
using dosvc::to_wide;
using dosvc::to_wide_or_replace;

namespace {

TEST(Wide, text_of_every_length_survives_both_ways) {
  const std::wstring text = {L'a',      L'\x7F',   L'\x80',   L'\x7FF',   L'\x800',
                             L'\xD7FF', L'\xE000', L'\xFFFF', L'\x10000', L'\x10FFFF'};
  const auto utf8 = to_utf8(text);
  ASSERT_TRUE(utf8);
  EXPECT_EQ(utf8->size(), 1u + 1 + 2 + 2 + 3 + 3 + 3 + 3 + 4 + 4);
  EXPECT_EQ(*to_wide(*utf8), text);
  EXPECT_EQ(to_wide_or_replace(*utf8), text);
}

TEST(Wide, keeps_nuls) { EXPECT_EQ(*to_utf8(std::wstring_view(L"a\0b", 3)), std::string("a\0b", 3)); }

TEST(Wide, refuses_numbers_that_are_no_character) {
  for (const std::uint32_t number : {0xD800u, 0xDFFFu, 0x110000u, 0xFFFFFFFFu}) {
    const wchar_t text[] = {L'a', static_cast<wchar_t>(number), L'\0'};
    const auto utf8 = to_utf8(text);
    ASSERT_FALSE(utf8) << number;
    EXPECT_EQ(utf8.error().code, E_INVALIDARG);
  }
}

TEST(Wide, refuses_malformed_utf8) {
  for (const char* const text : {
           "\x80",              // a tail without a head
           "\xC3",              // cut
           "\xC0\xAF",          // overlong
           "\xE0\x80\xAF",      // overlong
           "\xF0\x80\x80\xAF",  // overlong
           "\xED\xA0\x80",      // a surrogate
           "\xF4\x90\x80\x80",  // above 10FFFF
           "\xF8\x88\x80\x80",  // no such head
           "\xC3(",             // a head without its tail
       }) {
    EXPECT_FALSE(to_wide(text)) << testing::PrintToString(text);
  }
}

TEST(Wide, shows_a_mark_for_each_malformed_byte) {
  EXPECT_EQ(to_wide_or_replace("a\xE2\x82(\xC3\xBC"), L"a\uFFFD\uFFFD(\u00FC");
}

}  // namespace
