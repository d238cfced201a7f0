#include <fstream>

#include "base/base64.h"
#include "base/sha256.h"
#include "cli/command_line_fixture.h"

namespace dosvc::cli_tests {
namespace {

class Hash : public CommandLine {
 protected:
  void put(const std::string& name, const std::string& content) {
    std::ofstream(folder / name, std::ios::binary) << content;
  }
  nlohmann::json read(const std::string& name) {
    std::ifstream in(folder / name);
    return nlohmann::json::parse(in, nullptr, false);
  }
  static std::string hash_of_hashes(const nlohmann::json& file) {
    std::string bytes;
    for (const auto& hash : file["pieces"]) bytes += *from_hex(hash.get<std::string>());
    return to_base64(*from_hex(*sha256_of(bytes)));
  }
  // Two pieces and a part of a third, of 16 KiB each.
  static std::string sample() {
    std::string content(40'000, '\0');
    origin::fill_content(7, 0, std::as_writable_bytes(std::span(content)));
    return content;
  }
};

TEST_F(Hash, writes_the_hashes_beside_the_file_and_prints_their_hash) {
  put("f", sample());
  const Finished done = run({"hash", "f", "--piece-size", "16384"});
  ASSERT_EQ(done.code, kDone) << done.err;
  const nlohmann::json file = read("f.hashes");
  EXPECT_EQ(file["version"], 1);
  EXPECT_EQ(file["content_length"], 40'000);
  EXPECT_EQ(file["piece_size"], 16'384);
  ASSERT_EQ(file["pieces"].size(), 3u);
  EXPECT_EQ(file["pieces"][0], *sha256_of(sample().substr(0, 16'384)));
  EXPECT_EQ(file["pieces"][1], *sha256_of(sample().substr(16'384, 16'384)));
  EXPECT_EQ(file["pieces"][2], *sha256_of(sample().substr(32'768)));
  EXPECT_EQ(done.out, hash_of_hashes(file) + "\n");
  EXPECT_NE(done.err.find("3 pieces"), std::string::npos) << done.err;
}

TEST_F(Hash, goes_where_it_is_told) {
  put("f", sample());
  EXPECT_EQ(run({"hash", "f", "-o", "g", "-q"}).code, kDone);
  EXPECT_EQ(here(), (std::vector<std::string>{"f", "g"}));
  EXPECT_EQ(read("g")["pieces"].size(), 1u);
}

TEST_F(Hash, tells_programs_all_they_need) {
  put("f", sample());
  const nlohmann::json told = json({"hash", "f"});
  std::ifstream in(folder / "f.hashes");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(told["path"], "f.hashes");
  EXPECT_EQ(told["digest"], *sha256_of(text));
  EXPECT_EQ(told["hash_of_hashes"], hash_of_hashes(read("f.hashes")));
  EXPECT_EQ(told["content_length"], 40'000);
  EXPECT_EQ(told["piece_size"], 1 << 20);
  EXPECT_EQ(told["pieces"], 1);
}

TEST_F(Hash, of_an_empty_file_names_no_piece) {
  put("f", "");
  EXPECT_EQ(run({"hash", "f"}).code, kDone);
  EXPECT_TRUE(read("f.hashes")["pieces"].empty());
  EXPECT_EQ(read("f.hashes")["content_length"], 0);
}

TEST_F(Hash, of_whole_pieces_names_no_more_than_there_are) {
  put("f", sample().substr(0, 32'768));
  EXPECT_EQ(run({"hash", "f", "--piece-size", "16384"}).code, kDone);
  EXPECT_EQ(read("f.hashes")["pieces"].size(), 2u);
}

TEST_F(Hash, says_what_is_wrong) {
  const auto failed = [&](std::vector<std::string> words, int code, const std::string& about) {
    const Finished done = run(words);
    EXPECT_EQ(done.code, code) << about;
    EXPECT_NE(done.err.find(about), std::string::npos) << done.err;
    EXPECT_EQ(done.out, "");
  };
  std::filesystem::create_directory(folder / "d");
  put("f", sample());
  failed({"hash", "nothing"}, kJobError, "nothing: there is no such file");
  failed({"hash", "d"}, kJobError, "d: there is no such file");
  failed({"hash", "f", "-o", "missing/g"}, kJobError, "missing/g can't be written");
  failed({"hash", "f", "-o", "./f"}, kUsage, "over the file itself");
  EXPECT_EQ(here(), (std::vector<std::string>{"d", "f"}));
}

TEST_F(Hash, of_too_many_pieces_is_not_written) {
  put("f", "");
  std::filesystem::resize_file(folder / "f", std::uint64_t{5} << 30);
  const Finished done = run({"hash", "f", "--piece-size", "16384"});
  EXPECT_EQ(done.code, kUsage);
  EXPECT_NE(done.err.find("larger --piece-size"), std::string::npos) << done.err;
  EXPECT_EQ(here(), std::vector<std::string>{"f"});
}

}  // namespace
}  // namespace dosvc::cli_tests
