#include "core/pieces_hash_file.h"

#include "base/sha256.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

constexpr std::uint32_t kPiece = 1u << 20;

std::string hash_of(int number) { return *sha256_of(std::to_string(number)); }

// Three pieces, the last a short one.
PiecesHashes sample() { return {2 * std::uint64_t{kPiece} + 5, kPiece, {hash_of(0), hash_of(1), hash_of(2)}}; }

HRESULT code_of(const std::string& text, const IntegrityCheck& known = {}) {
  const auto parsed = parse_pieces_hash_file(text, known);
  return parsed ? S_OK : parsed.error().code;
}

// The sample with one of its members written in another way.
std::string with(const std::string& name, const std::string& value) {
  std::string text = "{";
  for (const auto& [member, usual] : std::vector<std::pair<std::string, std::string>>{
           {"version", "1"},
           {"content_length", std::to_string(sample().content_length)},
           {"piece_size", std::to_string(kPiece)},
           {"pieces", "[\"" + hash_of(0) + "\", \"" + hash_of(1) + "\", \"" + hash_of(2) + "\"]"}}) {
    const std::string& written = member == name ? value : usual;
    if (!written.empty()) text += (text == "{" ? "\"" : ", \"") + member + "\": " + written;
  }
  return text + "}";
}

TEST(PiecesHashFile, is_read_as_it_was_written) {
  const auto parsed = parse_pieces_hash_file(pieces_hash_file(sample()), {});
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(*parsed, sample());
  EXPECT_EQ(code_of(with("", "")), S_OK);
}

TEST(PiecesHashFile, of_most_pieces_is_not_too_large) {
  const PiecesHashes most{kMostPieces * kPiece, kPiece, std::vector<std::string>(kMostPieces, hash_of(0))};
  EXPECT_LE(pieces_hash_file(most).size(), kLargestPiecesHashFile);
}

TEST(PiecesHashFile, names_the_bytes_of_each_piece) {
  EXPECT_EQ(sample().piece(0), (ByteRange{0, kPiece}));
  EXPECT_EQ(sample().piece(2), (ByteRange{2 * std::uint64_t{kPiece}, 2 * std::uint64_t{kPiece} + 5}));
}

TEST(PiecesHashFile, of_an_empty_file_has_no_piece) {
  const PiecesHashes empty{0, kPiece, {}};
  const auto parsed = parse_pieces_hash_file(pieces_hash_file(empty), {});
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(*parsed, empty);
  EXPECT_EQ(*hash_of_hashes(empty), *sha256_of(""));
}

TEST(PiecesHashFile, hashes_are_read_in_either_case_and_kept_in_lower) {
  std::string upper = hash_of(0);
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  const auto parsed =
      parse_pieces_hash_file(with("pieces", "[\"" + upper + "\",\"" + hash_of(1) + "\",\"" + hash_of(2) + "\"]"), {});
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(*parsed, sample());
}

TEST(PiecesHashFile, other_members_are_passed_over) {
  const std::string usual = with("", "").substr(1);
  for (const char* other :
       {"\"x\": 1", "\"x\": [1, \"y\", {\"pieces\": 5}]", "\"x\": {\"version\": 7, \"pieces\": []}"}) {
    EXPECT_EQ(code_of(std::string("{") + other + ", " + usual), S_OK) << other;
    EXPECT_EQ(code_of(with("", "").substr(0, with("", "").size() - 1) + ", " + other + "}"), S_OK) << other;
  }
}

TEST(PiecesHashFile, what_it_is_not_has_a_code_of_its_own) {
  const std::string one = "\"" + hash_of(0) + "\"";
  const struct {
    const char* what;
    std::string text;
    HRESULT code;
  } kCases[] = {
      {"empty", "", DO_E_METAINFO_CONTENT},
      {"no JSON", "<html>", DO_E_METAINFO_CONTENT},
      {"cut", with("", "").substr(0, 100), DO_E_METAINFO_CONTENT},
      {"a list", "[]", DO_E_METAINFO_CONTENT},
      {"a number", "1", DO_E_METAINFO_CONTENT},
      {"not UTF-8", "{\"version\": \"\xff\"}", DO_E_METAINFO_CONTENT},
      {"no version", with("version", ""), DO_E_METAINFO_VERSION},
      {"a later version", with("version", "2"), DO_E_METAINFO_VERSION},
      {"a version in words", with("version", "\"1\""), DO_E_METAINFO_VERSION},
      {"a broken version", with("version", "1.5"), DO_E_METAINFO_VERSION},
      {"a list of versions", with("version", "[1]"), DO_E_METAINFO_VERSION},
      {"no length", with("content_length", ""), DO_E_METAINFO_CONTENT_LENGTH},
      {"a negative length", with("content_length", "-1"), DO_E_METAINFO_CONTENT_LENGTH},
      {"a length beyond every file", with("content_length", "9223372036854775808"), DO_E_METAINFO_CONTENT_LENGTH},
      {"a length beyond every number", with("content_length", "18446744073709551616"), DO_E_METAINFO_CONTENT_LENGTH},
      {"no size of the pieces", with("piece_size", ""), DO_E_METAINFO_PIECE_SIZE},
      {"pieces of nothing", with("piece_size", "0"), DO_E_METAINFO_PIECE_SIZE},
      {"small pieces", with("piece_size", "16383"), DO_E_METAINFO_PIECE_SIZE},
      {"large pieces", with("piece_size", "1073741825"), DO_E_METAINFO_PIECE_SIZE},
      {"no list", with("pieces", ""), DO_E_METAINFO_PARSE_PIECEHASHES},
      {"a list that is none", with("pieces", "{}"), DO_E_METAINFO_PARSE_PIECEHASHES},
      {"a text for a list", with("pieces", one), DO_E_METAINFO_PARSE_PIECEHASHES},
      {"too few", with("pieces", "[" + one + ", " + one + "]"), DO_E_METAINFO_PARSE_PIECEHASHES},
      {"too many", with("pieces", "[" + one + "," + one + "," + one + "," + one + "]"),
       DO_E_METAINFO_PARSE_PIECEHASHES},
      {"a short hash", with("pieces", "[" + one + ", \"ab\", " + one + "]"), DO_E_METAINFO_PARSE_ONE_PIECEHASH},
      {"one that is no hash", with("pieces", "[" + one + ", \"" + std::string(64, 'g') + "\", " + one + "]"),
       DO_E_METAINFO_PARSE_ONE_PIECEHASH},
      {"a number beside as many hashes as there should be", with("pieces", "[5, " + one + "," + one + "," + one + "]"),
       DO_E_METAINFO_PARSE_ONE_PIECEHASH},
      {"a list within the list", with("pieces", "[[" + one + "], " + one + ", " + one + ", " + one + "]"),
       DO_E_METAINFO_PARSE_ONE_PIECEHASH},
      {"an object within the list", with("pieces", "[{\"a\": 1}, " + one + ", " + one + ", " + one + "]"),
       DO_E_METAINFO_PARSE_ONE_PIECEHASH},
  };
  for (const auto& c : kCases) EXPECT_EQ(code_of(c.text), c.code) << c.what;
}

// None of these may take more memory than a few times their size, nor may a count overflow.
TEST(PiecesHashFile, hostile_ones_are_refused) {
  constexpr std::size_t much = 1u << 20;
  const std::string largest = std::to_string(std::uint64_t{1} << 62);
  EXPECT_EQ(code_of(with("content_length", largest)), DO_E_METAINFO_PARSE_PIECEHASHES);
  EXPECT_EQ(code_of(std::string(much, '[')), DO_E_METAINFO_CONTENT);
  EXPECT_EQ(code_of("{\"x\": " + std::string(much / 2, '[') + std::string(much / 2, ']') + "}"), DO_E_METAINFO_VERSION);
  EXPECT_EQ(code_of(with("pieces", std::string(much / 2, '[') + std::string(much / 2, ']'))),
            DO_E_METAINFO_PARSE_ONE_PIECEHASH);
  std::string zeros = "[0";
  while (zeros.size() < much) zeros += ",0";
  EXPECT_EQ(code_of(with("pieces", zeros + "]")), DO_E_METAINFO_PARSE_ONE_PIECEHASH);
  std::string members = "{\"a\":0";
  while (members.size() < much) members += ",\"a\":{}";
  EXPECT_EQ(code_of(members + "}"), DO_E_METAINFO_VERSION);
}

TEST(PiecesHashFile, what_the_program_knows_of_it_must_hold) {
  const std::string text = pieces_hash_file(sample());
  const std::string digest = *sha256_of(text), hashes = *hash_of_hashes(sample());
  EXPECT_EQ(code_of(text, {"", digest, hashes}), S_OK);
  EXPECT_EQ(code_of(text + " ", {"", digest, ""}), DO_E_METAINFO_DIGEST_MATCH);
  EXPECT_EQ(code_of("no JSON", {"", digest, ""}), DO_E_METAINFO_DIGEST_MATCH) << "before it is read";
  EXPECT_EQ(code_of(text, {"", "", *sha256_of("other content")}), DO_E_METAINFO_HOH_MATCH);
}

TEST(PiecesHashFile, the_hash_of_hashes_is_that_of_their_bytes) {
  const PiecesHashes hashes{5, kPiece, {"00" + std::string(62, 'f')}};
  EXPECT_EQ(*hash_of_hashes(hashes), *sha256_of(std::string(1, '\0') + std::string(31, '\xff')));
}

}  // namespace
}  // namespace dosvc
