#include "base/text.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

using namespace std::string_literals;

TEST(Text, that_is_printable_stays_as_it_is) {
  for (const char* text : {"", "plain text, \"quotes\" & \\", "Grüße", "日本語", "𝄞 music", "e\u0301"}) {
    EXPECT_EQ(escaped(text), text);
  }
}

TEST(Text, has_its_control_characters_shown) {
  EXPECT_EQ(escaped("a\nb\r\tc\x7f"), "a\\x0ab\\x0d\\x09c\\x7f");
  EXPECT_EQ(escaped("zero\0after"s), "zero\\x00after");
  EXPECT_EQ(escaped("\x1b[31m"), "\\x1b[31m");
  EXPECT_EQ(escaped("\u009b31m"), "\\xc2\\x9b31m");  // the same for a terminal, in one character
}

TEST(Text, has_line_separators_and_direction_marks_shown) {
  EXPECT_EQ(escaped("a\u2028b"), "a\\xe2\\x80\\xa8b");
  EXPECT_EQ(escaped("\u202egpj.exe"), "\\xe2\\x80\\xaegpj.exe");
  EXPECT_EQ(escaped("\u2067"), "\\xe2\\x81\\xa7");
}

TEST(Text, has_bytes_that_are_no_utf8_shown) {
  EXPECT_EQ(escaped("\x80"), "\\x80");
  EXPECT_EQ(escaped("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(escaped("\xc3"), "\\xc3");                             // cut short
  EXPECT_EQ(escaped("\xc3(x"), "\\xc3(x");                         // what follows is read anew
  EXPECT_EQ(escaped("\xe2\x82"), "\\xe2\\x82");                    // cut short
  EXPECT_EQ(escaped("\xc0\xaf"), "\\xc0\\xaf");                    // longer than needed
  EXPECT_EQ(escaped("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");           // longer than needed
  EXPECT_EQ(escaped("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(escaped("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond Unicode
}

TEST(Text, knows_a_word_of_http) {
  for (const char* token : {"GET", "X-One", "a!#$%&'*+-.^_`|~9"}) EXPECT_TRUE(is_token(token)) << token;
  for (const char* none : {"", "a b", "a:", "a\t", "(a)", "a/b", "\xc3\xa4"}) EXPECT_FALSE(is_token(none)) << none;
  EXPECT_FALSE(is_token(std::string_view("a\0", 2)));
}

TEST(Text, is_the_same_but_for_case) {
  EXPECT_TRUE(same_but_for_case("Range", "rANGE"));
  EXPECT_FALSE(same_but_for_case("Range", "Ranges"));
  EXPECT_FALSE(same_but_for_case("[", "{"));
}

}  // namespace
}  // namespace dosvc
