// Downloads of IDOManager: one file, whose parts are chosen at each start.
#include "core/pieces_hash_file.h"
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

constexpr auto kUrl = "http://origin/a.bin";
using Parts = std::optional<std::vector<FileRange>>;

class Downloads : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    content_ = patterned(1'000'000);
    transport.serve(kUrl, content_);
  }
  JobId create_download(bool keep = false) {
    NewJob spec;
    spec.view = ApiView::delivery_optimization;
    spec.download = DownloadSettings{};
    spec.download->keep = keep;
    return create_job(spec);
  }
  JobId ready_download(bool keep = false) {
    const JobId id = create_download(keep);
    EXPECT_TRUE(change_file(id, {.remote_name = kUrl, .local_name = "/dl/a.bin"}).ok());
    return id;
  }
  Result<void> change_file(const JobId& id, FileChange what) {
    return result_of<void>([&](auto reply) { engine->change_file(user, id, 0, std::move(what), reply); });
  }
  HRESULT start_download(const JobId& id, Parts parts = {}) {
    const auto started = result_of<void>([&](auto reply) { engine->start_download(user, id, parts, reply); });
    return started ? S_OK : started.error().code;
  }
  std::string content_;
};

TEST_F(Downloads, have_their_file_from_the_beginning_and_come_whole) {
  const JobId id = create_download();
  ASSERT_NE(file_snapshot(id), nullptr);
  EXPECT_EQ(file_snapshot(id)->file.remote_name, "");
  ASSERT_TRUE(change_file(id, {.remote_name = kUrl, .local_name = "/dl/a.bin"}).ok());
  ASSERT_EQ(start_download(id), S_OK);
  EXPECT_EQ(state_of(id), JobState::transferred);
  EXPECT_FALSE(files.exists("/dl/a.bin"));
  ASSERT_TRUE(complete(id).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_);
}

TEST_F(Downloads, start_says_what_is_missing) {
  const JobId id = create_download();
  EXPECT_EQ(start_download(id), DO_E_DOWNLOAD_NO_URI);
  ASSERT_TRUE(change_file(id, {.remote_name = kUrl}).ok());
  EXPECT_EQ(start_download(id), DO_E_FILE_DOWNLOADSINK_UNSPECIFIED);
  ASSERT_TRUE(change_file(id, {.local_name = "/dl/a.bin"}).ok());
  EXPECT_EQ(start_download(id, Parts{{{0, 0}}}), BG_E_INVALID_RANGE);
  EXPECT_EQ(start_download(id, Parts{{{0, 2}, {1, 2}}}), BG_E_OVERLAPPING_RANGES);
  ASSERT_TRUE(change_file(id, {.integrity_mandatory = true}).ok());
  EXPECT_EQ(start_download(id), DO_E_INTEGRITYCHECKINFO_UNSPECIFIED);
  ASSERT_TRUE(change_file(id, {.integrity = IntegrityCheck{"http://origin/x", "", ""}}).ok());
  EXPECT_EQ(start_download(id, Parts{{{5, 5}}}), DO_E_DOWNLOAD_RANGES_UNEXPECTED);
  ASSERT_TRUE(change_file(id, {.integrity_mandatory = false}).ok());
  EXPECT_EQ(start_download(id, Parts{{{5, 5}}}), S_OK);
  const JobId stream = create_download();
  ASSERT_TRUE(change_file(stream, {.remote_name = kUrl}).ok());
  ASSERT_TRUE(change(stream, {.to_stream = true}).ok());
  EXPECT_EQ(start_download(stream), DO_E_DOWNLOAD_RANGES_EXPECTED);
  EXPECT_EQ(start_download(stream, Parts{{{0, FileRange::kToEnd}}}), S_OK);
}

TEST_F(Downloads, missing_folders_are_made) {
  const JobId id = create_download();
  ASSERT_TRUE(change_file(id, {.remote_name = kUrl, .local_name = "/dl/new/a.bin"}).ok());
  ASSERT_EQ(start_download(id), S_OK);
  ASSERT_TRUE(complete(id).ok());
  EXPECT_EQ(files.content("/dl/new/a.bin"), content_);
}

TEST_F(Downloads, a_folder_that_can_not_be_used_is_told_at_the_start) {
  const JobId id = ready_download();
  files.make_unwritable("/dl");
  EXPECT_EQ(start_download(id), E_ACCESSDENIED);
  EXPECT_EQ(state_of(id), JobState::suspended);
  EXPECT_FALSE(snapshot(id)->job.resumed);
}

TEST_F(Downloads, new_ranges_come_behind_what_is_there) {
  const JobId id = ready_download();
  ASSERT_EQ(start_download(id, Parts{{{500'000, 1000}, {0, 10}}}), S_OK);
  EXPECT_EQ(state_of(id), JobState::transferred);
  EXPECT_EQ(start_download(id), S_OK);
  EXPECT_EQ(state_of(id), JobState::transferred) << "nothing new was asked for";
  ASSERT_EQ(start_download(id, Parts{{{100, 50}}}), S_OK);
  EXPECT_EQ(file_snapshot(id)->bytes_total, 1060u);
  ASSERT_TRUE(complete(id).ok());
  EXPECT_EQ(files.content("/dl/a.bin"),
            content_.substr(500'000, 1000) + content_.substr(0, 10) + content_.substr(100, 50));
}

TEST_F(Downloads, ranges_while_paused_replace_what_was_still_asked_for) {
  transport.next(kUrl, {.stall_after = 70'000});
  const JobId id = ready_download();
  ASSERT_EQ(start_download(id, Parts{{{0, 500'000}}}), S_OK);
  ASSERT_TRUE(suspend(id).ok());
  ASSERT_EQ(start_download(id, Parts{{{900'000, 1000}}}), S_OK);
  ASSERT_TRUE(complete(id).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_.substr(900'000, 1000));
}

TEST_F(Downloads, what_earlier_starts_brought_stays_when_the_last_is_replaced) {
  const JobId id = ready_download(true);
  ASSERT_EQ(start_download(id, Parts{{{500'000, 1000}}}), S_OK);
  transport.next(kUrl, {.stall_after = 70'000});
  ASSERT_EQ(start_download(id, Parts{{{0, 200'000}}}), S_OK);
  ASSERT_TRUE(suspend(id).ok());
  restart();
  ASSERT_EQ(start_download(id, Parts{{{900'000, 10}}}), S_OK);
  ASSERT_TRUE(complete(id).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_.substr(500'000, 1000) + content_.substr(900'000, 10));
}

TEST_F(Downloads, what_was_on_its_way_to_the_disk_is_not_taken_for_the_new_ranges) {
  const JobId id = ready_download(true);
  transport.next(kUrl, {.stall_after = 70'000});
  ASSERT_EQ(start_download(id, Parts{{{0, 200'000}}}), S_OK);
  files.hold(FakeFiles::Op::sync);
  ASSERT_TRUE(suspend(id).ok());
  transport.always(kUrl, {.never_answer = true});
  ASSERT_EQ(start_download(id, Parts{{{500'000, 200'000}}}), S_OK);
  files.release();
  files.hold(FakeFiles::Op::sync);  // any that follows
  loop.run_until_idle();
  transport.always(kUrl, {});
  crash_and_restart();
  files.release();
  loop.run_until_idle();
  ASSERT_EQ(state_of(id), JobState::transferred);
  ASSERT_TRUE(complete(id).ok());
  EXPECT_TRUE(files.content("/dl/a.bin") == content_.substr(500'000, 200'000));
}

TEST_F(Downloads, a_whole_on_its_way_to_the_disk_is_not_taken_for_the_new_ranges) {
  const JobId id = ready_download();
  files.hold(FakeFiles::Op::sync);
  ASSERT_EQ(start_download(id, Parts{{{0, 200'000}}}), S_OK);
  ASSERT_TRUE(suspend(id).ok());
  ASSERT_EQ(start_download(id, Parts{{{500'000, 300'000}}}), S_OK);
  files.release();
  loop.run_until_idle();
  ASSERT_EQ(state_of(id), JobState::transferred);
  ASSERT_TRUE(complete(id).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_.substr(500'000, 300'000));
}

TEST_F(Downloads, a_size_told_beforehand_survives_an_address_told_later) {
  const JobId id = create_download();
  ASSERT_TRUE(change_file(id, {.size = 1'000'000}).ok());
  ASSERT_TRUE(change_file(id, {.remote_name = kUrl, .local_name = "/dl/a.bin"}).ok());
  EXPECT_EQ(file_snapshot(id)->bytes_total, 1'000'000u);
  transport.next(kUrl, {.status = 404});
  ASSERT_EQ(start_download(id), S_OK);
  ASSERT_TRUE(change_file(id, {.remote_name = "http://mirror/a.bin"}).ok());
  EXPECT_EQ(file_snapshot(id)->bytes_total, 1'000'000u) << "a server that doesn't have it told no size";
}

TEST_F(Downloads, the_same_ranges_again_go_on_where_they_were) {
  const std::vector<std::pair<Parts, std::string>> kCases = {
      {Parts{{{0, FileRange::kToEnd}}}, content_},
      {Parts{std::vector<FileRange>{}}, content_},
      {Parts{{{200'000, 500'000}}}, content_.substr(200'000, 500'000)},
  };
  for (const auto& [parts, wanted] : kCases) {
    transport.next(kUrl, {.stall_after = 70'000});
    const JobId id = ready_download();
    ASSERT_EQ(start_download(id, parts), S_OK);
    ASSERT_TRUE(suspend(id).ok());
    ASSERT_EQ(start_download(id, parts), S_OK);
    EXPECT_GE(transport.requests().back().asked.offset, 70'000u);
    ASSERT_TRUE(complete(id).ok());
    EXPECT_EQ(files.content("/dl/a.bin"), wanted);
  }
}

TEST_F(Downloads, no_ranges_after_parts_are_the_whole_file) {
  const JobId id = ready_download();
  ASSERT_EQ(start_download(id, Parts{{{5, 5}}}), S_OK);
  ASSERT_EQ(start_download(id, Parts{std::vector<FileRange>{}}), S_OK);
  ASSERT_TRUE(complete(id).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_.substr(5, 5) + content_);
}

TEST_F(Downloads, bytes_that_were_written_and_not_told_of_do_not_stay_behind_the_file) {
  const JobId id = ready_download();
  transport.next(kUrl, {.by_hand = true});
  ASSERT_EQ(start_download(id), S_OK);
  auto fetch = transport.open(kUrl);
  fetch->answer();
  fetch->bytes(1000);
  const std::string more = content_.substr(1000, 5000);
  ASSERT_TRUE(fetch->request().into->write(1000, std::as_bytes(std::span(more))).ok());
  fetch.reset();
  ASSERT_TRUE(suspend(id).ok());
  ASSERT_EQ(start_download(id, Parts{{{0, 1000}, {50'000, 10}}}), S_OK);
  ASSERT_TRUE(complete(id).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_.substr(0, 1000) + content_.substr(50'000, 10));
}

TEST_F(Downloads, a_check_made_mandatory_later_holds_for_parts_too) {
  transport.next(kUrl, {.stall_after = 10});
  const JobId id = ready_download();
  ASSERT_EQ(start_download(id, Parts{{{0, 50'000}}}), S_OK);
  ASSERT_TRUE(suspend(id).ok());
  ASSERT_TRUE(
      change_file(id, {.integrity = IntegrityCheck{"http://origin/x", "", ""}, .integrity_mandatory = true}).ok());
  EXPECT_EQ(start_download(id), DO_E_DOWNLOAD_RANGES_UNEXPECTED);
}

TEST_F(Downloads, ranges_of_more_than_a_file_can_hold_are_refused) {
  const JobId id = ready_download();
  ASSERT_EQ(start_download(id, Parts{{{5, 5}}}), S_OK);
  EXPECT_EQ(start_download(id, Parts{{{0, (std::uint64_t{1} << 63) - 1}}}), BG_E_INVALID_RANGE);
  EXPECT_EQ(state_of(id), JobState::transferred);
}

TEST_F(Downloads, of_a_file_with_a_gap_nothing_stays_behind_the_new_ranges) {
  constexpr std::uint32_t kPiece = 16u << 10;
  content_.resize(4 * kPiece);
  PiecesHashes hashes{content_.size(), kPiece, {}};
  for (std::size_t at = 0; at < content_.size(); at += kPiece) {
    hashes.hashes.push_back(FakeFiles::sha256_of(std::string_view(content_).substr(at, kPiece)));
  }
  hashes.hashes[1] = std::string(64, '0');
  transport.serve(kUrl, content_);
  transport.serve("http://origin/hashes", pieces_hash_file(hashes));
  const JobId id = ready_download(true);
  ASSERT_TRUE(change_file(id, {.integrity = IntegrityCheck{"http://origin/hashes", "", ""}}).ok());
  ASSERT_EQ(start_download(id), S_OK);
  ASSERT_EQ(state_of(id), JobState::error);
  ASSERT_EQ(start_download(id, Parts{{{10, 20}}}), S_OK);
  EXPECT_EQ(state_of(id), JobState::transferred);
  ASSERT_TRUE(complete(id).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_.substr(10, 20));
}

TEST_F(Downloads, ranges_after_a_restart_are_still_packed_behind) {
  const JobId id = ready_download(true);
  ASSERT_EQ(start_download(id, Parts{{{500'000, 1000}}}), S_OK);
  restart();
  ASSERT_EQ(start_download(id, Parts{{{100, 50}}}), S_OK);
  ASSERT_TRUE(complete(id).ok());
  EXPECT_EQ(files.content("/dl/a.bin"), content_.substr(500'000, 1000) + content_.substr(100, 50));
}

TEST_F(Downloads, a_failed_one_is_started_again) {
  transport.next(kUrl, {.status = 404});
  const JobId id = ready_download();
  ASSERT_EQ(start_download(id), S_OK);
  ASSERT_EQ(state_of(id), JobState::error);
  ASSERT_TRUE(suspend(id).ok());
  EXPECT_EQ(state_of(id), JobState::error) << "it is paused already and keeps its error";
  ASSERT_EQ(start_download(id), S_OK);
  EXPECT_EQ(state_of(id), JobState::transferred);
}

TEST_F(Downloads, only_a_transferred_one_can_be_finalized) {
  const JobId id = ready_download();
  EXPECT_EQ(complete(id).error().code, BG_E_INVALID_STATE);
  transport.next(kUrl, {.stall_after = 1});
  ASSERT_EQ(start_download(id), S_OK);
  EXPECT_EQ(complete(id).error().code, BG_E_INVALID_STATE);
  EXPECT_EQ(state_of(id), JobState::transferring);
}

TEST_F(Downloads, a_place_is_fixed_once_it_was_started) {
  const JobId id = ready_download();
  ASSERT_TRUE(change_file(id, {.local_name = "/dl/b.bin"}).ok());
  ASSERT_EQ(start_download(id), S_OK);
  EXPECT_EQ(change_file(id, {.local_name = "/dl/c.bin"}).error().code, BG_E_INVALID_STATE);
}

TEST_F(Downloads, through_a_stream_leave_no_file) {
  const JobId id = create_download();
  ASSERT_TRUE(change_file(id, {.remote_name = kUrl}).ok());
  ASSERT_TRUE(change(id, {.to_stream = true}).ok());
  ASSERT_EQ(start_download(id, Parts{{{10, 20}}}), S_OK);
  const std::string spool = file_snapshot(id)->file.temp_name;
  EXPECT_EQ(spool.rfind("/spool/", 0), 0u);
  EXPECT_EQ(files.content(spool), content_.substr(10, 20));
  ASSERT_TRUE(complete(id).ok());
  EXPECT_TRUE(files.names().empty());
}

TEST_F(Downloads, through_a_stream_never_go_back) {
  transport.next(kUrl, {.stall_after = 70'000});
  const JobId id = create_download();
  ASSERT_TRUE(change_file(id, {.remote_name = kUrl}).ok());
  ASSERT_TRUE(change(id, {.to_stream = true}).ok());
  ASSERT_EQ(start_download(id, Parts{{{0, 200'000}}}), S_OK);
  ASSERT_TRUE(suspend(id).ok());
  ASSERT_EQ(start_download(id, Parts{{{900'000, 10}}}), S_OK);
  EXPECT_EQ(state_of(id), JobState::transferred);
  EXPECT_EQ(files.content(file_snapshot(id)->file.temp_name),
            content_.substr(0, 70'000) + content_.substr(900'000, 10));
}

TEST_F(Downloads, through_a_stream_keep_what_was_on_its_way_to_the_disk) {
  const JobId id = create_download();
  ASSERT_TRUE(change_file(id, {.remote_name = kUrl}).ok());
  ASSERT_TRUE(change(id, {.to_stream = true}).ok());
  files.hold(FakeFiles::Op::sync);
  ASSERT_EQ(start_download(id, Parts{{{0, 70'000}}}), S_OK);
  ASSERT_EQ(file_snapshot(id)->received.text(), "0-70000");
  const FileIdentity before = file_snapshot(id)->file.identity;
  ASSERT_TRUE(suspend(id).ok());
  ASSERT_EQ(start_download(id, Parts{{{900'000, 10}}}), S_OK);
  files.release();
  loop.run_until_idle();
  EXPECT_EQ(state_of(id), JobState::transferred);
  EXPECT_EQ(file_snapshot(id)->file.identity, before) << "the stream reads from it";
  EXPECT_EQ(files.content(file_snapshot(id)->file.temp_name),
            content_.substr(0, 70'000) + content_.substr(900'000, 10));
  EXPECT_EQ(transport.requests().size(), 2u);
}

TEST_F(Downloads, do_not_outlive_the_service_unless_they_shall) {
  transport.next(kUrl, {.stall_after = 70'000});
  const JobId dropped = ready_download();
  const JobId kept = create_download(true);
  ASSERT_TRUE(change_file(kept, {.remote_name = kUrl, .local_name = "/dl/b.bin"}).ok());
  ASSERT_EQ(start_download(dropped), S_OK);
  ASSERT_EQ(start_download(kept), S_OK);
  ASSERT_EQ(files.temps().size(), 2u);
  crash_and_restart();
  EXPECT_FALSE(in_queue(dropped));
  EXPECT_TRUE(in_queue(kept));
  EXPECT_EQ(files.temps().size(), 1u);
  ASSERT_TRUE(complete(kept).ok());
  EXPECT_EQ(files.content("/dl/b.bin"), content_);
}

TEST_F(Downloads, files_can_not_be_added) {
  const JobId id = create_download();
  EXPECT_EQ(add_file(id, kUrl, "/dl/b.bin").error().code, BG_E_INVALID_STATE);
}

TEST_F(Downloads, each_change_of_state_is_told_at_once) {
  const JobId id = ready_download();
  auto ear = std::make_shared<RecordingListener>(loop);
  ASSERT_TRUE(set_listener(id, ear).ok());
  ASSERT_EQ(start_download(id), S_OK);
  EXPECT_GE(ear->modifications, 2u);
  EXPECT_TRUE(ear->heard.empty()) << "no JobTransferred";
}

TEST_F(Downloads, say_when_patience_has_ended_and_not_the_last_error) {
  transport.always(kUrl, {.status = 503});
  const JobId waits = ready_download();
  ASSERT_EQ(start_download(waits), S_OK);
  ASSERT_EQ(state_of(waits), JobState::transient_error);
  EXPECT_FALSE(snapshot(waits)->job.error->no_progress);
  loop.advance(std::chrono::hours(25));
  ASSERT_EQ(state_of(waits), JobState::error);
  EXPECT_TRUE(snapshot(waits)->job.error->no_progress);
  EXPECT_EQ(snapshot(waits)->job.error->error.code, BG_E_HTTP_ERROR_503);

  ASSERT_EQ(start_download(waits), S_OK);
  ASSERT_EQ(state_of(waits), JobState::transient_error) << "a new start, a new patience";
  EXPECT_FALSE(snapshot(waits)->job.error->no_progress);
  loop.advance(std::chrono::seconds(200));
  ASSERT_TRUE(change(waits, {.no_progress_timeout = std::chrono::seconds(60)}).ok());
  ASSERT_EQ(state_of(waits), JobState::error) << "a shorter one has ended already";
  EXPECT_TRUE(snapshot(waits)->job.error->no_progress);

  transport.always(kUrl, {.status = 404});
  ASSERT_EQ(start_download(waits), S_OK);
  ASSERT_EQ(state_of(waits), JobState::error);
  EXPECT_FALSE(snapshot(waits)->job.error->no_progress);
}

TEST_F(Downloads, are_traced_by_a_header_of_their_own) {
  const JobId id = ready_download();
  ASSERT_TRUE(change(id, {.headers = {{"X: y"}}, .correlation_vector = "abc.1"}).ok());
  ASSERT_TRUE(change_file(id, {.integrity = IntegrityCheck{"http://origin/hashes", "", ""}}).ok());
  ASSERT_EQ(start_download(id), S_OK);
  const std::vector<std::string> sent = {"X: y", "MS-CV: abc.1"};
  ASSERT_EQ(transport.requests().size(), 2u);
  EXPECT_EQ(transport.requests()[0].http.headers, sent) << "with the request for the hashes, too";
  EXPECT_EQ(transport.requests()[1].http.headers, sent);
  EXPECT_EQ(snapshot(id)->job.http.headers, std::vector<std::string>{"X: y"});
}

TEST_F(Downloads, resume_is_a_start) {
  const JobId empty = create_download();
  EXPECT_EQ(resume(empty).error().code, DO_E_DOWNLOAD_NO_URI);
  const JobId id = ready_download();
  ASSERT_TRUE(resume(id).ok());
  EXPECT_EQ(state_of(id), JobState::transferred);
}

TEST_F(Downloads, that_wait_for_their_turn_are_not_started_again) {
  options.run.background_jobs = 1;
  restart();
  transport.next(kUrl, {.stall_after = 1});
  ASSERT_EQ(start_download(ready_download()), S_OK);
  const JobId waits = ready_download();
  ASSERT_EQ(start_download(waits), S_OK);
  ASSERT_EQ(state_of(waits), JobState::queued);
  ASSERT_EQ(start_download(waits, Parts{{{5, 5}}}), S_OK);
  EXPECT_TRUE(file_snapshot(waits)->file.ranges.empty());
}

TEST_F(Downloads, tell_of_their_bytes_without_a_pause) {
  transport.set_pace(std::chrono::milliseconds(100));
  const JobId id = ready_download();
  auto ear = std::make_shared<RecordingListener>(loop);
  ASSERT_TRUE(set_listener(id, ear).ok());
  ASSERT_EQ(start_download(id), S_OK);
  loop.advance(std::chrono::milliseconds(1'050));
  EXPECT_GE(ear->modifications, 10u);
}

TEST_F(Downloads, tell_of_the_last_bytes_before_a_standstill_when_the_program_s_pace_allows_it) {
  transport.next(kUrl, {.stall_after = 70'000});
  const JobId id = ready_download();
  auto ear = std::make_shared<RecordingListener>(loop);
  ASSERT_TRUE(set_listener(id, ear).ok());
  ASSERT_EQ(start_download(id), S_OK);
  const std::size_t at_once = ear->modifications;
  loop.advance(std::chrono::milliseconds(999));
  EXPECT_EQ(ear->modifications, at_once);
  loop.advance(std::chrono::milliseconds(100));
  EXPECT_EQ(ear->modifications, at_once + 1);
  loop.advance(std::chrono::seconds(20));
  EXPECT_EQ(ear->modifications, at_once + 1) << "once";
}

}  // namespace
}  // namespace dosvc
