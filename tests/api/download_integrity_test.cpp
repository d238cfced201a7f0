#include "base/sha256.h"

#include "api/download_fixture.h"

// A download whose content is checked piece by piece ("DODownloadProperty_IntegrityCheckInfo"); the form of the hashes
// is that of docs/pieces-hash-file.md, spelled out here.

namespace dosvc {
namespace {

class DownloadIntegrity : public DownloadTest {
 protected:
  static constexpr std::uint64_t kSize = 400'000;
  static constexpr std::uint64_t kPiece = 65'536;
  static constexpr std::uint64_t kRight = 8;
  static constexpr std::uint64_t kWrong = 9;

  void SetUp() override {
    DownloadTest::SetUp();
    origin.serve("/checked", {.size = kSize, .seed = kRight});
    for (std::uint64_t at = 0; at < kSize; at += kPiece) {
      const std::string piece = content(kRight, {{at, std::min(kPiece, kSize - at)}});
      hashes.push_back(*sha256_of(piece));
    }
    serve_hashes(hashes_file());
  }

  std::string hashes_file() const {
    std::string list;
    for (const std::string& hash : hashes) list += (list.empty() ? "\"" : ", \"") + hash + "\"";
    return R"({"version": 1, "content_length": )" + std::to_string(kSize) + R"(, "piece_size": )" +
           std::to_string(kPiece) + R"(, "pieces": [)" + list + "]}";
  }
  void serve_hashes(const std::string& text) {
    const std::string answer =
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) + "\r\nConnection: close\r\n\r\n" + text;
    origin.serve("/hashes", {.rules = {origin::always({.raw = answer})}});
  }
  std::string info(const std::string& more = "") const {
    return R"({"PiecesHashFileUrl": ")" + origin.url("/hashes") + "\"" + more + "}";
  }
  com_ptr<IDODownload> checked(bool mandatory, const std::string& more = "") {
    auto download = create("/checked", ear);
    EXPECT_EQ(set(download, DODownloadProperty_IntegrityCheckInfo, Value::text(info(more))), S_OK);
    EXPECT_EQ(set(download, DODownloadProperty_IntegrityCheckMandatory, Value::flag(mandatory)), S_OK);
    return download;
  }
  void expect_right_file(const com_ptr<IDODownload>& download) {
    run(download, ear);
    ASSERT_EQ(download->Finalize(), S_OK);
    EXPECT_EQ(origin::first_difference(local("checked"), kRight, kSize), std::nullopt);
  }
  void expect_error(const com_ptr<IDODownload>& download, HRESULT code) {
    ASSERT_EQ(download->Start(nullptr), S_OK);
    ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Paused));
    EXPECT_EQ(status_of(download).Error, code);
    EXPECT_FALSE(std::filesystem::exists(local("checked")));
  }
  // Says nothing of which version it has: what is fetched again may be another.
  void serve_content(std::vector<origin::Rule> rules) {
    origin.serve(
        "/checked",
        {.size = kSize, .seed = kRight, .etag = origin::Etag::none, .last_modified = false, .rules = std::move(rules)});
  }

  std::vector<std::string> hashes;
  com_ptr<StatusEar> ear = make_object<StatusEar>();
};

TEST_F(DownloadIntegrity, good_content_passes) {
  expect_right_file(checked(true));
  EXPECT_EQ(origin.requests_of("/hashes").size(), 1u);
  EXPECT_EQ(origin.requests_of("/checked").size(), 1u);
}

TEST_F(DownloadIntegrity, a_piece_that_is_bad_is_fetched_again) {
  serve_content({origin::for_first(1, origin::version(kWrong))});
  expect_right_file(checked(true));
  EXPECT_GT(origin.requests_of("/checked").size(), 1u);
}

TEST_F(DownloadIntegrity, content_that_stays_bad_is_an_error_mandatory_or_not) {
  serve_content({origin::always(origin::version(kWrong))});
  for (const bool mandatory : {true, false}) {
    const auto download = checked(mandatory);
    expect_error(download, DO_E_BAD_PIECE_HASH);
    ASSERT_EQ(download->Abort(), S_OK);
  }
}

TEST_F(DownloadIntegrity, hashes_that_can_not_be_had_matter_when_mandatory) {
  origin.serve("/hashes", {.rules = {origin::always(origin::status(404))}});
  const auto download = checked(true);
  expect_error(download, DO_E_INTEGRITYCHECKINFO_UNAVAILABLE);
  ASSERT_EQ(download->Abort(), S_OK);
  expect_right_file(checked(false));
}

TEST_F(DownloadIntegrity, hashes_that_are_no_hashes_matter_when_mandatory) {
  serve_hashes("{}");
  const auto download = checked(true);
  expect_error(download, DO_E_METAINFO_VERSION);
  ASSERT_EQ(download->Abort(), S_OK);
  expect_right_file(checked(false));
}

TEST_F(DownloadIntegrity, hashes_without_end_are_not_read) {
  origin.serve("/hashes", {.size = 17u << 20});
  expect_error(checked(true), DO_E_METAINFO_FILE_SIZE);
}

TEST_F(DownloadIntegrity, the_digest_of_the_hashes_file_is_checked) {
  const std::string right = *sha256_of(hashes_file());
  const std::string wrong(64, 'a');
  const std::string digest = R"(, "PiecesHashFileDigestAlgorithm": "SHA256", "PiecesHashFileDigest": ")";
  const auto bad = checked(true, digest + wrong + "\"");
  expect_error(bad, DO_E_METAINFO_DIGEST_MATCH);
  ASSERT_EQ(bad->Abort(), S_OK);
  expect_right_file(checked(true, digest + right + "\""));
}

TEST_F(DownloadIntegrity, the_hash_of_hashes_is_checked) {
  const auto bad = checked(true, R"(, "HashOfHashes": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")");
  expect_error(bad, DO_E_METAINFO_HOH_MATCH);
}

TEST_F(DownloadIntegrity, hashes_of_a_file_of_another_size_do_not_fit) {
  origin.serve("/checked", {.size = kSize - 1, .seed = kRight});
  expect_error(checked(true), DO_E_METAINFO_CONTENT_LENGTH);
}

TEST_F(DownloadIntegrity, a_mended_hashes_file_lets_it_go_on) {
  origin.serve("/hashes", {.rules = {origin::always(origin::status(404))}});
  const auto download = checked(true);
  expect_error(download, DO_E_INTEGRITYCHECKINFO_UNAVAILABLE);
  serve_hashes(hashes_file());
  expect_right_file(download);
}

TEST_F(DownloadIntegrity, parts_are_not_checked_unless_they_must) {
  const auto download = checked(false);
  ASSERT_EQ(download->Start(Ranges({{5, 10}})), S_OK);
  ASSERT_TRUE(wait_for_state(download, ear, DODownloadState_Transferred));
  EXPECT_TRUE(origin.requests_of("/hashes").empty());
}

TEST_F(DownloadIntegrity, a_stream_gets_nothing_that_was_not_checked) {
  class Sink final : public Object<ISequentialStream> {
   public:
    HRESULT STDMETHODCALLTYPE Read(void*, ULONG, ULONG*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE Write(const void* data, ULONG count, ULONG* written) override {
      bytes.append(static_cast<const char*>(data), count);
      *written = count;
      return S_OK;
    }
    std::string bytes;
  };
  serve_content({origin::for_first(1, origin::version(kWrong))});
  const auto sink = make_object<Sink>();
  const auto download = create();
  ASSERT_EQ(set(download, DODownloadProperty_Uri, Value::text(origin.url("/checked"))), S_OK);
  ASSERT_EQ(set(download, DODownloadProperty_StreamInterface, Value::object(sink.get())), S_OK);
  ASSERT_EQ(set(download, DODownloadProperty_IntegrityCheckInfo, Value::text(info())), S_OK);
  ASSERT_EQ(set(download, DODownloadProperty_BlockingMode, Value::flag(true)), S_OK);
  ASSERT_EQ(download->Start(Ranges({{0, DO_LENGTH_TO_EOF}})), S_OK);
  EXPECT_TRUE(same_bytes(sink->bytes, content(kRight, {{0, kSize}})));
}

}  // namespace
}  // namespace dosvc
