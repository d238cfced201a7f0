#include "core/command_line.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

using Words = std::vector<std::string>;

TEST(CommandLine, words_are_parted_as_windows_programs_part_them) {
  const struct {
    std::string text;
    Words words;
  } kCases[] = {
      {"", {}},
      {" \t ", {}},
      {"prog a  b\tc ", {"prog", "a", "b", "c"}},
      {R"(prog "a b" c"d e"f)", {"prog", "a b", "cd ef"}},
      {R"(prog "")", {"prog", ""}},
      {R"(a\b \\c)", {R"(a\b)", R"(\\c)"}},
      {R"(a\"b)", {R"(a"b)"}},
      {R"("a\\" b)", {R"(a\)", "b"}},
      {R"(a\\\"b c)", {R"(a\"b)", "c"}},
      {R"("a""b" c)", {R"(a"b)", "c"}},
      {R"("never closed x)", {"never closed x"}},
      {R"(a\)", {R"(a\)"}},
      {"$HOME `id` ; x | y > z", {"$HOME", "`id`", ";", "x", "|", "y", ">", "z"}},
  };
  for (const auto& c : kCases) EXPECT_EQ(split_command_line(c.text), c.words) << c.text;
}

}  // namespace
}  // namespace dosvc
