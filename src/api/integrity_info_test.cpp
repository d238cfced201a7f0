#include "api/integrity_info.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

// Bytes 0 to 31.
constexpr char kBase64[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
constexpr char kHex[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

TEST(IntegrityInfo, takes_an_address_and_what_vouches_for_what_is_there) {
  const auto all = parse_integrity_info(std::string(R"({"PiecesHashFileUrl": "https://h/f.phf", "HashOfHashes": ")") +
                                        kBase64 + R"(", "PiecesHashFileDigest": ")" + kBase64 +
                                        R"(", "PiecesHashFileDigestAlgorithm": "SHA256", "More": [1]})");
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_EQ(*all, (IntegrityCheck{"https://h/f.phf", kHex, kHex}));
  const auto least = parse_integrity_info(R"({"PiecesHashFileUrl": "http://h/f"})");
  ASSERT_TRUE(least);
  EXPECT_EQ(*least, (IntegrityCheck{"http://h/f", "", ""}));
}

TEST(IntegrityInfo, takes_a_digest_in_hexadecimal_digits_of_either_case) {
  const auto read = parse_integrity_info(
      R"({"PiecesHashFileUrl": "http://h/f", "PiecesHashFileDigest": "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->digest, kHex);
}

TEST(IntegrityInfo, refuses_all_else) {
  const std::string url = R"("PiecesHashFileUrl": "http://h/f")";
  for (const std::string& text : std::vector<std::string>{
           "", "{", "[]", "null", "1", "{}", R"({"PiecesHashFileUrl": ""})", R"({"PiecesHashFileUrl": 1})",
           R"({"PiecesHashFileUrl": "ftp://h/f"})", "{" + url + R"(, "PiecesHashFileDigestAlgorithm": "SHA1"})",
           "{" + url + R"(, "PiecesHashFileDigest": "00"})", "{" + url + R"(, "PiecesHashFileDigest": 5})",
           "{" + url + R"(, "HashOfHashes": "AA=="})", "{" + url + R"(, "HashOfHashes": ")" + kHex + "\"}",
           // A digit that isn't one; bits behind the last byte; no padding.
           "{" + url + R"(, "HashOfHashes": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh-="})",
           "{" + url + R"(, "HashOfHashes": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9="})",
           "{" + url + R"(, "HashOfHashes": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"})"}) {
    const auto read = parse_integrity_info(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, E_INVALIDARG) << text;
    EXPECT_FALSE(read.error().message.empty());
  }
}

}  // namespace
}  // namespace dosvc
