#include <strsafe.h>

#include <gtest/gtest.h>

#include <string>

// Buffers are longer than what the functions are told, so that what lies behind shows.

namespace {

struct Buffer {
  wchar_t text[12] = {L'#', L'#', L'#', L'#', L'#', L'#', L'#', L'#', L'#', L'#', L'#', L'\0'};
};

HRESULT vprint(wchar_t* to, size_t size, const wchar_t* format, ...) {
  va_list values;
  va_start(values, format);
  const HRESULT hr = StringCchVPrintf(to, size, format, values);
  va_end(values);
  return hr;
}

TEST(StringCchCopy, copies_what_fits_and_ends_it_with_a_nul) {
  Buffer to;
  EXPECT_EQ(StringCchCopy(to.text, 5, L"abcd"), S_OK);
  EXPECT_STREQ(to.text, L"abcd");
  EXPECT_EQ(to.text[5], L'#');
  EXPECT_EQ(StringCchCopy(to.text, 4, L"wxyz"), STRSAFE_E_INSUFFICIENT_BUFFER);
  EXPECT_STREQ(to.text, L"wxy");
  EXPECT_EQ(StringCchCopy(to.text, 1, L"a"), STRSAFE_E_INSUFFICIENT_BUFFER);
  EXPECT_STREQ(to.text, L"");
  EXPECT_EQ(StringCchCopy(to.text, 1, L""), S_OK);
}

TEST(StringCchCopy, refuses_sizes_out_of_range) {
  Buffer to;
  EXPECT_EQ(StringCchCopy(to.text, 0, L"a"), STRSAFE_E_INVALID_PARAMETER);
  EXPECT_EQ(to.text[0], L'#') << "there is no room, not even for a NUL";
  EXPECT_EQ(StringCchCopy(to.text, STRSAFE_MAX_CCH + 1, L"a"), STRSAFE_E_INVALID_PARAMETER);
  EXPECT_STREQ(to.text, L"");
  EXPECT_EQ(StringCchCopy(nullptr, 4, L"a"), STRSAFE_E_INVALID_PARAMETER);
  EXPECT_EQ(StringCchCopy(to.text, 4, nullptr), STRSAFE_E_INVALID_PARAMETER);
}

TEST(StringCchCopyN, reads_no_further_than_told) {
  Buffer to;
  const wchar_t without_nul[3] = {L'a', L'b', L'c'};
  EXPECT_EQ(StringCchCopyN(to.text, 4, without_nul, 3), S_OK);
  EXPECT_STREQ(to.text, L"abc");
  EXPECT_EQ(StringCchCopyN(to.text, 3, without_nul, 3), STRSAFE_E_INSUFFICIENT_BUFFER);
  EXPECT_STREQ(to.text, L"ab");
  EXPECT_EQ(StringCchCopyN(to.text, 3, L"x", 9), S_OK);
  EXPECT_STREQ(to.text, L"x");
  EXPECT_EQ(StringCchCopyN(to.text, 3, L"x", STRSAFE_MAX_CCH + 1), STRSAFE_E_INVALID_PARAMETER);
}

TEST(StringCchCat, appends_what_fits) {
  Buffer to;
  ASSERT_EQ(StringCchCopy(to.text, 6, L"ab"), S_OK);
  EXPECT_EQ(StringCchCat(to.text, 6, L"cde"), S_OK);
  EXPECT_STREQ(to.text, L"abcde");
  EXPECT_EQ(StringCchCat(to.text, 7, L"fg"), STRSAFE_E_INSUFFICIENT_BUFFER);
  EXPECT_STREQ(to.text, L"abcdef");
  EXPECT_EQ(StringCchCat(to.text, 7, L""), S_OK);
  EXPECT_EQ(StringCchCatN(to.text, 9, L"ghi", 2), S_OK);
  EXPECT_STREQ(to.text, L"abcdefgh");
}

TEST(StringCchCat, refuses_a_destination_that_has_no_end) {
  Buffer to;
  EXPECT_EQ(StringCchCat(to.text, 4, L"a"), STRSAFE_E_INVALID_PARAMETER);
  EXPECT_EQ(to.text[0], L'#');
  EXPECT_EQ(StringCchCat(to.text, 0, L"a"), STRSAFE_E_INVALID_PARAMETER);
}

TEST(StringCchPrintf, formats_what_fits_as_on_windows) {
  Buffer to;
  EXPECT_EQ(StringCchPrintf(to.text, 9, L"%s-%S-%d", L"wide", "n", 12), STRSAFE_E_INSUFFICIENT_BUFFER);
  EXPECT_STREQ(to.text, L"wide-n-1");
  EXPECT_EQ(StringCchPrintf(to.text, 10, L"%s-%S-%d", L"wide", "n", 12), S_OK);
  EXPECT_STREQ(to.text, L"wide-n-12");
  EXPECT_EQ(StringCchPrintf(to.text, 10, L"plain"), S_OK);
  EXPECT_STREQ(to.text, L"plain");
  EXPECT_EQ(StringCchPrintf(to.text, 0, L"plain"), STRSAFE_E_INVALID_PARAMETER);
  EXPECT_EQ(StringCchPrintf(to.text, STRSAFE_MAX_CCH + 1, L"plain"), STRSAFE_E_INVALID_PARAMETER);
  EXPECT_STREQ(to.text, L"");
  EXPECT_EQ(vprint(to.text, 4, L"%d", 12345), STRSAFE_E_INSUFFICIENT_BUFFER);
  EXPECT_STREQ(to.text, L"123");
}

TEST(StringCchLength, counts_up_to_the_nul) {
  size_t length = 99;
  EXPECT_EQ(StringCchLength(L"abc", 4, &length), S_OK);
  EXPECT_EQ(length, 3u);
  EXPECT_EQ(StringCchLength(L"abc", 3, &length), STRSAFE_E_INVALID_PARAMETER);
  EXPECT_EQ(length, 0u);
  EXPECT_EQ(StringCchLength(nullptr, 3, &length), STRSAFE_E_INVALID_PARAMETER);
  EXPECT_EQ(StringCchLength(L"abc", 0, &length), STRSAFE_E_INVALID_PARAMETER);
  EXPECT_EQ(StringCchLength(L"abc", STRSAFE_MAX_CCH + 1, &length), STRSAFE_E_INVALID_PARAMETER);
  EXPECT_EQ(StringCchLength(L"abc", 4, nullptr), S_OK);
}

TEST(StringCb, counts_in_bytes) {
  Buffer to;
  EXPECT_EQ(StringCbCopy(to.text, 3 * sizeof(wchar_t), L"abc"), STRSAFE_E_INSUFFICIENT_BUFFER);
  EXPECT_STREQ(to.text, L"ab");
  EXPECT_EQ(StringCbCat(to.text, sizeof(to.text), L"cd"), S_OK);
  EXPECT_STREQ(to.text, L"abcd");
  EXPECT_EQ(StringCbPrintf(to.text, sizeof(to.text), L"%s", L"x"), S_OK);
  EXPECT_STREQ(to.text, L"x");
}

}  // namespace
