#include "base/base64.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

TEST(Base64, is_that_of_the_rfc) {
  const std::pair<std::string, std::string> kPairs[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {std::string("\0\xff\xfe", 3), "AP/+"},
      {std::string(32, '\0'), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
  };
  for (const auto& [bytes, text] : kPairs) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
}

TEST(Base64, anything_else_is_not_read) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "====", "=", "Zh==", "Zm9=", "Zm9v\n", "Zm 9", "Zm9-", "Z=9v",
                           "Zg==Zg==", "Zm9vZg=\n"}) {
    EXPECT_FALSE(from_base64(text).has_value()) << text;
  }
  EXPECT_FALSE(from_base64(std::string_view("Zm9\0", 4)).has_value());
}

}  // namespace
}  // namespace dosvc
