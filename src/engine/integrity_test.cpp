// Files whose pieces are checked while they come.
#include "core/pieces_hash_file.h"
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

constexpr auto kUrl = "http://origin/a.bin";
constexpr auto kHashes = "http://origin/a.json";
constexpr std::uint32_t kPiece = 16u << 10;

class Integrity : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    content_ = patterned(100'000);
    transport.serve(kUrl, content_);
    transport.serve(kHashes, hashes_of(content_));
    transport.set_chunk(10'000);
  }
  static std::string hashes_of(const std::string& content) {
    PiecesHashes hashes{content.size(), kPiece, {}};
    for (std::size_t at = 0; at < content.size(); at += kPiece) {
      hashes.hashes.push_back(FakeFiles::sha256_of(std::string_view(content).substr(at, kPiece)));
    }
    return pieces_hash_file(hashes);
  }
  JobId checked_job(bool mandatory = true) {
    const JobId job = create_job(ApiView::delivery_optimization);
    EXPECT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
    FileChange check;
    check.integrity = IntegrityCheck{kHashes, "", ""};
    check.integrity_mandatory = mandatory;
    EXPECT_TRUE(result_of<void>([&](auto reply) { engine->change_file(user, job, 0, check, reply); }).ok());
    EXPECT_TRUE(resume(job).ok());
    return job;
  }
  void expect_error(const JobId& job, HRESULT code) {
    ASSERT_EQ(state_of(job), JobState::error);
    EXPECT_EQ(snapshot(job)->job.error->error.code, code) << snapshot(job)->job.error->error.message;
  }
  void expect_right_file(const JobId& job) {
    ASSERT_EQ(state_of(job), JobState::transferred);
    ASSERT_TRUE(complete(job).ok());
    EXPECT_EQ(files.content("/dl/a.bin"), content_);
  }
  std::size_t fetches_of_the_file() const {
    std::size_t count = 0;
    for (const auto& request : transport.requests()) count += request.url == kUrl ? 1u : 0u;
    return count;
  }
  // The file as a server brings it that spoils one byte.
  std::string spoiled(std::size_t at) const {
    std::string content = content_;
    content[at] = static_cast<char>(~content[at]);
    return content;
  }
  std::string content_;
};

TEST_F(Integrity, a_good_file_is_fetched_once) {
  const JobId job = checked_job();
  EXPECT_EQ(fetches_of_the_file(), 1u);
  expect_right_file(job);
}

TEST_F(Integrity, a_bad_piece_is_fetched_again_and_nothing_else) {
  transport.serve(kUrl, spoiled(40'000));
  transport.next(kUrl, {.by_hand = true});
  const JobId job = checked_job();
  const auto fetch = transport.open(kUrl);
  fetch->answer();
  fetch->bytes(100'000);
  transport.serve(kUrl, content_);
  fetch->finish();
  loop.run_until_idle();
  ASSERT_EQ(fetches_of_the_file(), 2u);
  EXPECT_EQ(transport.requests().back().asked.offset, 2u * kPiece);
  EXPECT_EQ(transport.requests().back().asked.end, 3u * kPiece);
  expect_right_file(job);
}

TEST_F(Integrity, a_piece_that_stays_bad_is_an_error_and_its_bytes_are_forgotten) {
  transport.serve(kUrl, spoiled(99'999));
  const JobId job = checked_job(false);
  expect_error(job, DO_E_BAD_PIECE_HASH);
  EXPECT_EQ(fetches_of_the_file(), 3u);
  EXPECT_EQ(file_snapshot(job)->bytes_transferred, 6u * kPiece);
  transport.serve(kUrl, content_);
  ASSERT_TRUE(resume(job).ok());
  expect_right_file(job);
}

TEST_F(Integrity, what_was_on_disk_is_checked_too_after_a_restart) {
  transport.next(kUrl, {.stall_after = 50'000});
  const JobId job = checked_job();
  ASSERT_TRUE(suspend(job).ok());
  stop();
  auto disk = files.disk_after(FakeFiles::Crash::process);
  for (auto& [name, inode] : disk.names) inode->content[20'000] ^= 1;
  files.start_on(std::move(disk));
  start();
  ASSERT_TRUE(resume(job).ok());
  expect_right_file(job);
}

TEST_F(Integrity, hashes_that_can_not_be_had_matter_only_when_they_must) {
  transport.always(kHashes, {.status = 404});
  expect_error(checked_job(true), DO_E_INTEGRITYCHECKINFO_UNAVAILABLE);
  EXPECT_EQ(fetches_of_the_file(), 0u);
  expect_right_file(checked_job(false));
}

TEST_F(Integrity, hashes_that_can_not_be_had_just_now_are_tried_again) {
  transport.next(kHashes, {.fail = FakeTransport::refused()});
  const JobId job = checked_job(true);
  EXPECT_EQ(state_of(job), JobState::transient_error);
  loop.advance(std::chrono::seconds(70));
  expect_right_file(job);
}

TEST_F(Integrity, hashes_that_make_no_sense_are_an_error) {
  transport.serve(kHashes, "<html>");
  expect_error(checked_job(true), DO_E_METAINFO_CONTENT);
}

TEST_F(Integrity, hashes_without_end_are_an_error) {
  transport.serve(kHashes, std::string(kLargestPiecesHashFile + 1, ' '));
  expect_error(checked_job(true), DO_E_METAINFO_FILE_SIZE);
}

TEST_F(Integrity, hashes_of_a_file_of_another_size_are_an_error) {
  transport.serve(kHashes, hashes_of(content_ + "x"));
  expect_error(checked_job(true), DO_E_METAINFO_CONTENT_LENGTH);
}

TEST_F(Integrity, what_is_for_the_file_s_server_does_not_go_to_another_one) {
  constexpr auto kElsewhere = "http://hashes/a.json";
  transport.serve(kElsewhere, hashes_of(content_));
  const JobId job = create_job(ApiView::delivery_optimization);
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(change(job, {.headers = {{"Authorization: secret"}},
                           .auth_headers = {{"Key: secret"}},
                           .set_credentials = Credentials{AuthTarget::server, AuthScheme::basic, "u", "p"}})
                  .ok());
  FileChange check;
  check.integrity = IntegrityCheck{kElsewhere, "", ""};
  ASSERT_TRUE(result_of<void>([&](auto reply) { engine->change_file(user, job, 0, check, reply); }).ok());
  ASSERT_TRUE(resume(job).ok());
  EXPECT_TRUE(transport.requests()[0].http.credentials.empty());
  EXPECT_TRUE(transport.requests()[0].http.headers.empty());
  EXPECT_TRUE(transport.requests()[0].http.auth_headers.empty());
  EXPECT_FALSE(transport.requests()[1].http.credentials.empty());
}

TEST_F(Integrity, a_body_without_length_is_measured_by_the_hashes) {
  transport.always(kUrl, {.alter = [](ResponseHead& head) { head.content_length.reset(); }});
  expect_right_file(checked_job());
  transport.serve(kUrl, content_ + "more");
  expect_error(checked_job(), BG_E_INVALID_SERVER_RESPONSE);
  transport.serve(kUrl, content_.substr(0, 6 * kPiece));
  const JobId shorter = checked_job();
  loop.advance(std::chrono::hours(24 * 7));
  EXPECT_EQ(state_of(shorter), JobState::error);
}

TEST_F(Integrity, what_must_be_checked_and_can_not_be_is_an_error) {
  FileChange must;
  must.integrity_mandatory = true;
  const JobId bare = create_job(ApiView::delivery_optimization);
  ASSERT_TRUE(add_file(bare, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(result_of<void>([&](auto reply) { engine->change_file(user, bare, 0, must, reply); }).ok());
  ASSERT_TRUE(resume(bare).ok());
  expect_error(bare, DO_E_INTEGRITYCHECKINFO_UNSPECIFIED);
  const JobId parts = create_job(ApiView::delivery_optimization);
  NewFile file{kUrl, "/dl/a.bin"};
  file.ranges = {{0, 50'000}};
  ASSERT_TRUE(add_files(parts, {file}).ok());
  must.integrity = IntegrityCheck{kHashes, "", ""};
  ASSERT_TRUE(result_of<void>([&](auto reply) { engine->change_file(user, parts, 0, must, reply); }).ok());
  ASSERT_TRUE(resume(parts).ok());
  expect_error(parts, DO_E_DOWNLOAD_RANGES_UNEXPECTED);
}

TEST_F(Integrity, another_version_is_checked_from_its_beginning) {
  transport.next(kUrl, {.by_hand = true});
  const JobId job = checked_job();
  const auto fetch = transport.open(kUrl);
  fetch->answer();
  fetch->bytes(50'000);
  loop.run_until_idle();
  transport.serve(kUrl, spoiled(100), {"\"v2\"", "Wed, 02 Jan 2030 00:00:00 GMT"});
  fetch->fail(FakeTransport::broken());
  loop.run_until_idle();
  expect_error(job, DO_E_BAD_PIECE_HASH);
}

TEST_F(Integrity, a_bad_piece_is_never_noted_as_being_there) {
  using Op = FakeFiles::Op;
  for (const auto& held : {std::set{Op::sync}, std::set{Op::sha256}, std::set{Op::sha256, Op::sync}}) {
    for (const Op op : held) files.hold(op);
    transport.serve(kUrl, spoiled(100));
    transport.next(kUrl, {.by_hand = true});
    const JobId job = checked_job();
    const auto fetch = transport.open(kUrl);
    fetch->answer();
    fetch->bytes(50'000);
    loop.advance(std::chrono::seconds(20));
    fetch->bytes(1);  // a checkpoint is due
    loop.run_until_idle();
    files.release();
    loop.run_until_idle();
    const RangeSet noted = store.committed().back().files.front().done;
    EXPECT_FALSE(noted.contains({0, 1})) << noted.text();
    // What the sync vouched for was void, because the piece was found to be bad while it was under way.
    EXPECT_EQ(noted.contains({kPiece, 50'000}), held.size() == 1) << noted.text();
    ASSERT_TRUE(command(job, JobCommand::cancel).ok());
  }
}

TEST_F(Integrity, cancelling_while_pieces_are_checked_leaves_nothing) {
  files.hold(FakeFiles::Op::sha256);
  const JobId job = checked_job();
  ASSERT_TRUE(command(job, JobCommand::cancel).ok());
  files.release();
  loop.run_until_idle();
  EXPECT_TRUE(files.temps().empty());
}

}  // namespace
}  // namespace dosvc
