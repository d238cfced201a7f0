#include <dosvc_windows/printing.h>

#include "windows/formatting.h"

#include <gtest/gtest.h>

#include <climits>
#include <string>

namespace {

using dosvc::windows::translated;

// A stream whose content can be read back.
class Stream {
 public:
  Stream() : file_(::tmpfile()) {}
  ~Stream() { ::fclose(file_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  operator FILE*() const { return file_; }

  std::string text() const {
    ::fflush(file_);
    std::string bytes(4096, '\0');
    const ssize_t length = ::pread(::fileno(file_), bytes.data(), bytes.size(), 0);
    bytes.resize(length < 0 ? 0 : static_cast<size_t>(length));
    return bytes;
  }

 private:
  FILE* const file_;
};

TEST(Format, of_wide_characters_has_wide_strings) {
  EXPECT_EQ(translated(L"%s %S %c %C"), L"%ls %s %lc %c");
  EXPECT_EQ(translated(L"%hs %ls %ws %lS %hS %hc %lc"), L"%s %ls %ls %ls %s %c %lc");
  EXPECT_EQ(translated(L"%-*.*s|%5.2s"), L"%-*.*ls|%5.2ls");
}

TEST(Format, of_bytes_has_narrow_strings) {
  EXPECT_EQ(translated("%s %S %c %C"), "%s %ls %c %lc");
  EXPECT_EQ(translated("%hs %ls %ws"), "%s %ls %ls");
}

TEST(Format, has_longs_of_32_bits) {
  EXPECT_EQ(translated("%ld %lu %08lX %li"), "%d %u %08X %i");
  EXPECT_EQ(translated("%lld %llu %I64d %-20I64u %I64X"), "%lld %llu %lld %-20llu %llX");
  EXPECT_EQ(translated("%I32d %I32u %Id %Iu %hd %hhu %zu %jd"), "%d %u %zd %zu %hd %hhu %zu %jd");
}

TEST(Format, keeps_the_rest) {
  EXPECT_EQ(translated("%% 100%% %p %5.1f %e %x %d"), "%% 100%% %p %5.1f %e %x %d");
  EXPECT_EQ(translated("%lf %Lf"), "%lf %Lf");
  EXPECT_EQ(translated("ends with %"), "ends with %");
  EXPECT_EQ(translated("and %-12"), "and %-12");
  EXPECT_EQ(translated(L"grün"), L"grün");
}

TEST(Printing, is_utf8_in_every_locale) {
  const Stream stream;
  EXPECT_EQ(fwprintf(stream, L"%s|%hs|%c\n", L"gr\u00FCn", "gr\xC3\xBCn", L'\u20AC'), 12);
  EXPECT_EQ(fprintf(stream, "%ws|%s\n", L"gr\u00FCn", "gr\xC3\xBCn"), 12);
  EXPECT_EQ(stream.text(), "gr\xC3\xBCn|gr\xC3\xBCn|\xE2\x82\xAC\ngr\xC3\xBCn|gr\xC3\xBCn\n");
}

TEST(Printing, of_either_kind_may_be_mixed) {
  const Stream stream;
  fwprintf(stream, L"one ");
  fprintf(stream, "two ");
  fwprintf(stream, L"%d ", 3);
  fprintf(stream, "%d", 4);
  EXPECT_EQ(stream.text(), "one two 3 4");
}

TEST(Printing, goes_on_where_wide_characters_were_written) {
  const Stream stream;
  ::fputws(L"one ", stream);
  EXPECT_EQ(fwprintf(stream, L"%s ", L"two"), 4);
  EXPECT_EQ(fprintf(stream, "%d", 3), 1);
  EXPECT_EQ(stream.text(), "one two 3");
}

TEST(Printing, shows_numbers_of_any_size) {
  const Stream stream;
  const long beyond = 0x7FFFFFFF00000005;
  fprintf(stream, "%lu %I64u %ld %d", beyond, ULLONG_MAX, -3L, 4);
  EXPECT_EQ(stream.text(), "5 18446744073709551615 -3 4");
}

TEST(Printing, fails_on_text_that_is_none) {
  const Stream stream;
  EXPECT_EQ(fwprintf(stream, L"%S", "\xFF"), -1);
  EXPECT_EQ(fwprintf(stream, L"%s", L"\xD800"), -1);
  EXPECT_EQ(stream.text(), "");
}

TEST(SwprintfS, writes_all_or_nothing) {
  wchar_t text[6] = L"old";
  EXPECT_EQ(swprintf_s(text, L"%s%d", L"abc", 45), 5);
  EXPECT_STREQ(text, L"abc45");
  EXPECT_EQ(swprintf_s(text, L"%s%d", L"abc", 456), -1);
  EXPECT_STREQ(text, L"");
  EXPECT_EQ(swprintf_s(text, 3, L"%d", 12), 2);
  EXPECT_STREQ(text, L"12");
}

}  // namespace
