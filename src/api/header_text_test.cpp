#include "api/header_text.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

using Lines = std::vector<std::string>;

TEST(HeaderText, is_split_into_lines) {
  EXPECT_EQ(split_headers(""), Lines{});
  EXPECT_EQ(split_headers("A: 1"), Lines{"A: 1"});
  EXPECT_EQ(split_headers("A: 1\r\nB: 2\r\n"), (Lines{"A: 1", "B: 2"}));
  EXPECT_EQ(split_headers("A: 1\nB: 2\n\r\n\nC: 3"), (Lines{"A: 1", "B: 2", "C: 3"}));
  // A CR within a line stays, for the service to refuse.
  EXPECT_EQ(split_headers("A: 1\rB: 2"), Lines{"A: 1\rB: 2"});
}

TEST(HeaderText, is_given_back_with_line_ends) {
  EXPECT_EQ(joined_headers({}), "");
  EXPECT_EQ(joined_headers({"A: 1", "B: 2"}), "A: 1\r\nB: 2\r\n");
}

}  // namespace
}  // namespace dosvc
