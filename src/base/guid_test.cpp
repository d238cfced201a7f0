#include "base/guid.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace dosvc {
namespace {

constexpr const char* kText = "00112233-4455-6677-8899-aabbccddeeff";

TEST(Uuid, keeps_its_bytes_in_the_order_of_the_text) {
  const auto id = Uuid::parse(kText);
  ASSERT_TRUE(id);
  for (std::size_t i = 0; i < id->bytes.size(); ++i) EXPECT_EQ(id->bytes[i], i * 0x11);
  EXPECT_EQ(id->text(), kText);
}

TEST(Uuid, is_read_in_any_case_and_in_braces) {
  EXPECT_EQ(Uuid::parse("{00112233-4455-6677-8899-AABBCCDDEEFF}"), Uuid::parse(kText));
  EXPECT_EQ(Uuid::parse("00112233-4455-6677-8899-AaBbCcDdEeFf"), Uuid::parse(kText));
}

TEST(Uuid, refuses_every_other_text) {
  for (const char* text : {"", "{}", "{00112233-4455-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-aabbccddeeff}",
                           "00112233445566778899aabbccddeeff", "00112233-4455-6677-8899-aabbccddeefg",
                           "00112233-4455-6677-8899-aabbccddeef", "00112233-4455-6677-8899-aabbccddeeff0",
                           "0011223-34455-6677-8899-aabbccddeeff", "{{0112233-4455-6677-8899-aabbccddeef}}",
                           "0x112233-4455-6677-8899-aabbccddeeff", " 0112233-4455-6677-8899-aabbccddeeff"}) {
    EXPECT_FALSE(Uuid::parse(text)) << text;
  }
}

TEST(Uuid, refuses_every_text_with_one_wrong_character) {
  const std::string right = kText;
  for (std::size_t i = 0; i < right.size(); ++i) {
    for (char wrong : {'x', ' ', '\0', '\xff', right[i] == '-' ? '0' : '-'}) {
      std::string text = right;
      text[i] = wrong;
      EXPECT_FALSE(Uuid::parse(text)) << text;
    }
  }
}

TEST(Uuid, drawn_at_random_is_version_4_and_never_the_same) {
  std::unordered_set<Uuid, UuidHash> seen;
  for (int i = 0; i < 1000; ++i) {
    const Uuid id = Uuid::random();
    EXPECT_EQ(id.bytes[6] >> 4, 4);
    EXPECT_EQ(id.bytes[8] >> 6, 2);
    EXPECT_EQ(Uuid::parse(id.text()), id);
    EXPECT_TRUE(seen.insert(id).second);
  }
}

TEST(Uuid, sorts_as_its_text_does) {
  const auto low = *Uuid::parse("00000000-0000-0000-0000-0000000000ff");
  const auto high = *Uuid::parse("00000000-0000-0000-0000-000000000100");
  EXPECT_LT(low, high);
}

}  // namespace
}  // namespace dosvc
