// What happens when things fail: reconnects, delays, errors, and nothing lost.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::seconds;
constexpr auto kUrl = "http://origin/a.bin";

class Retry : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    content_ = patterned(1'000'000);
    transport.serve(kUrl, content_);
  }
  void expect_right_file(const JobId& job) {
    ASSERT_EQ(state_of(job), JobState::transferred);
    ASSERT_TRUE(complete(job).ok());
    EXPECT_EQ(files.content("/dl/a.bin"), content_);
  }
  std::string content_;
};

TEST_F(Retry, a_connection_cut_after_new_bytes_is_resumed_at_once) {
  for (int i = 0; i < 9; ++i) transport.next(kUrl, {.cut_after = 100'000});
  const JobId job = start_job(kUrl);
  EXPECT_EQ(transport.requests().size(), 10u);
  EXPECT_EQ(transport.requests().back().asked.offset, 900'000u);
  EXPECT_EQ(snapshot(job)->job.error_count, 0u);
  expect_right_file(job);
}

TEST_F(Retry, three_reconnects_without_new_bytes_then_it_waits) {
  transport.next(kUrl, {.cut_after = 100'000});
  transport.always(kUrl, {.fail = FakeTransport::broken()});
  const JobId job = start_job(kUrl);
  EXPECT_EQ(state_of(job), JobState::transient_error);
  EXPECT_EQ(transport.requests().size(), 4u);
  transport.behave(kUrl);
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(transport.requests().back().asked.offset, 100'000u);
  expect_right_file(job);
}

TEST_F(Retry, a_server_that_never_gets_further_is_not_asked_in_a_tight_loop) {
  transport.serve(kUrl, content_, {});  // no validator: each cut starts anew
  transport.always(kUrl, {.cut_after = 100'000});
  const JobId job = start_job(kUrl);
  EXPECT_EQ(state_of(job), JobState::transient_error);
  EXPECT_LE(transport.requests().size(), 6u);
  loop.advance(seconds(3600));
  EXPECT_LE(transport.requests().size(), 30u);
}

TEST_F(Retry, a_refused_connection_is_tried_again_after_the_delay_and_says_when) {
  transport.next(kUrl, {.fail = FakeTransport::refused()});
  const JobId job = start_job(kUrl, ApiView::delivery_optimization);
  ASSERT_EQ(state_of(job), JobState::transient_error);
  const auto shot = snapshot(job);
  EXPECT_EQ(shot->wait, WaitReason::retry);
  ASSERT_TRUE(shot->next_attempt.has_value());
  EXPECT_GE(*shot->next_attempt, host.wall_now() + seconds(60));
  EXPECT_LE(*shot->next_attempt, host.wall_now() + seconds(66));
  loop.advance(seconds(59));
  EXPECT_EQ(transport.requests().size(), 1u);
  loop.advance(seconds(8));
  expect_right_file(job);
}

TEST_F(Retry, retry_after_of_the_server_is_kept) {
  FakeBehaviour busy;
  busy.status = 503;
  busy.alter = [](ResponseHead& head) { head.retry_after = "900"; };
  transport.next(kUrl, busy);
  const JobId job = start_job(kUrl, ApiView::delivery_optimization);
  EXPECT_EQ(state_of(job), JobState::transient_error);
  loop.advance(seconds(890));
  EXPECT_EQ(transport.requests().size(), 1u);
  loop.advance(seconds(200));
  expect_right_file(job);
}

TEST_F(Retry, fatal_answers_are_errors_at_once_and_write_nothing) {
  for (const int status : {400, 401, 403, 404, 405, 409, 410, 416, 451, 501, 505}) {
    transport.always(kUrl, {.status = status});
    const JobId job = start_job(kUrl);
    EXPECT_EQ(state_of(job), JobState::error) << status;
    EXPECT_EQ(snapshot(job)->job.error->error.code, http_status_code(status));
    EXPECT_EQ(snapshot(job)->job.error->http_status, status);
    EXPECT_EQ(snapshot(job)->progress.bytes_transferred, 0u);
    ASSERT_TRUE(cancel(job).ok());
  }
  EXPECT_TRUE(files.names().empty());
}

TEST_F(Retry, transient_answers_are_tried_again) {
  for (const int status : {408, 429, 500, 502, 503, 504}) {
    transport.next(kUrl, {.status = status});
    const JobId job = start_job(kUrl);
    EXPECT_EQ(state_of(job), JobState::transient_error) << status;
    ASSERT_TRUE(resume(job).ok());
    expect_right_file(job);
  }
}

TEST_F(Retry, a_no_progress_timeout_of_zero_makes_every_error_fatal) {
  transport.always(kUrl, {.fail = FakeTransport::refused()});
  const JobId job = create_job();
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(change(job, {.no_progress_timeout = seconds(0)}).ok());
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(state_of(job), JobState::error);
}

TEST_F(Retry, time_spent_waiting_for_a_turn_is_no_lack_of_progress) {
  options.run.foreground_jobs = 1;
  options.run.time_slice = std::chrono::hours(24);
  restart();
  transport.serve("http://slow/x", std::string(1'000'000, 'x'));
  transport.set_chunk(10);
  transport.set_pace(seconds(5));
  const JobId slow = create_job(ApiView::delivery_optimization, Priority::foreground);
  ASSERT_TRUE(add_file(slow, "http://slow/x", "/dl/x").ok());
  ASSERT_TRUE(resume(slow).ok());
  transport.always(kUrl, {.fail = FakeTransport::refused()});
  const JobId job = create_job(ApiView::delivery_optimization, Priority::foreground);
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(7200));  // twice its no-progress timeout
  ASSERT_TRUE(cancel(slow).ok());
  EXPECT_EQ(state_of(job), JobState::transient_error);
}

TEST_F(Retry, an_engine_without_transfers_leaves_a_failed_job_as_it_is) {
  transport.always(kUrl, {.fail = FakeTransport::refused()});
  const JobId job = start_job(kUrl);
  ASSERT_EQ(state_of(job), JobState::transient_error);
  options.transfers = false;
  restart();
  loop.advance(seconds(7200));
  EXPECT_EQ(state_of(job), JobState::transient_error);
  EXPECT_TRUE(snapshot(job)->job.error.has_value());
}

TEST_F(Retry, a_full_disk_waits_and_loses_nothing) {
  files.limit_space(400'000);
  const JobId job = start_job(kUrl);
  ASSERT_EQ(state_of(job), JobState::transient_error);
  EXPECT_EQ(snapshot(job)->job.error->error.code, HRESULT_FROM_WIN32(ERROR_DISK_FULL));
  EXPECT_EQ(snapshot(job)->job.error->error.context, ErrorContext::local_file);
  files.limit_space(std::nullopt);
  ASSERT_TRUE(resume(job).ok());
  EXPECT_GT(transport.requests().back().asked.offset, 0u);
  expect_right_file(job);
}

TEST_F(Retry, a_disk_too_small_for_the_file_says_so_before_a_byte_is_fetched) {
  content_ = patterned(3'000'000);
  transport.serve(kUrl, content_);
  transport.set_pace(seconds(1));
  files.limit_space(2'999'999);
  const JobId job = start_job(kUrl);
  ASSERT_EQ(state_of(job), JobState::transient_error);
  EXPECT_EQ(snapshot(job)->job.error->error.code, HRESULT_FROM_WIN32(ERROR_DISK_FULL));
  EXPECT_EQ(snapshot(job)->job.error->error.context, ErrorContext::local_file);
  ASSERT_EQ(files.temps().size(), 1u);
  EXPECT_EQ(files.content(files.temps()[0]), "");
  files.limit_space(3'000'000);
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(300));
  expect_right_file(job);
}

TEST_F(Retry, room_is_set_aside_for_a_file_that_is_being_fetched_and_only_then) {
  content_ = patterned(3'000'000);
  transport.serve(kUrl, content_);
  transport.set_pace(seconds(1));
  const JobId job = start_job(kUrl);
  loop.advance(seconds(5));
  const std::string temp = files.temps().at(0);
  EXPECT_EQ(files.look(temp)->reserved, 3'000'000u);
  ASSERT_TRUE(suspend(job).ok());
  EXPECT_EQ(files.look(temp)->reserved, 0u);
  EXPECT_GT(files.look(temp)->content.size(), 0u);
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(5));
  EXPECT_EQ(files.look(temp)->reserved, 3'000'000u);
  loop.advance(seconds(300));
  expect_right_file(job);
  EXPECT_EQ(files.look("/dl/a.bin")->reserved, 0u);
}

TEST_F(Retry, no_room_is_set_aside_for_a_small_file) {
  transport.set_pace(seconds(1));
  start_job(kUrl);
  loop.advance(seconds(5));
  EXPECT_EQ(files.look(files.temps().at(0))->reserved, 0u);
}

TEST_F(Retry, what_goes_wrong_with_setting_room_aside_leaves_other_files_alone) {
  content_ = patterned(3'000'000);
  transport.serve(kUrl, content_);
  files.hold_answers(FakeFiles::Op::reserve);
  files.fail(FakeFiles::Op::reserve, "",
             {HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::local_file, "the disk is full"});
  const JobId job = start_job(kUrl);
  loop.advance(seconds(5));
  EXPECT_EQ(state_of(job), JobState::transferred);
  files.release();
  loop.run_until_idle();
  EXPECT_EQ(state_of(job), JobState::transferred) << "it was there before the answer";
  expect_right_file(job);
}

TEST_F(Retry, a_disk_that_fails_to_sync_vouches_for_nothing) {
  files.fail_once(FakeFiles::Op::sync, "", {HRESULT_FROM_WIN32(ERROR_WRITE_FAULT), ErrorContext::local_file, "EIO"});
  const JobId job = start_job(kUrl);
  ASSERT_EQ(state_of(job), JobState::error);
  EXPECT_EQ(snapshot(job)->job.error->error.context, ErrorContext::local_file);
  EXPECT_TRUE(store.committed(job)->files[0].done.empty());
  ASSERT_TRUE(resume(job).ok());
  expect_right_file(job);
}

TEST_F(Retry, no_file_behind_one_in_error_is_asked_for) {
  transport.serve("http://origin/b", "b");
  const JobId job = create_job();
  ASSERT_TRUE(add_file(job, "http://origin/missing", "/dl/missing").ok());
  ASSERT_TRUE(add_file(job, "http://origin/b", "/dl/b").ok());
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(state_of(job), JobState::error);
  EXPECT_EQ(snapshot(job)->job.error->file, 0u);
  EXPECT_EQ(transport.requests().size(), 1u);
}

TEST_F(Retry, a_vanished_temporary_file_is_fetched_anew) {
  transport.set_pace(seconds(1));
  const JobId job = start_job(kUrl);
  loop.advance(seconds(5));
  ASSERT_TRUE(suspend(job).ok());
  ASSERT_EQ(files.temps().size(), 1u);
  files.delete_file(files.temps()[0]);
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(60));
  expect_right_file(job);
}

TEST_F(Retry, checkpoints_come_while_it_transfers_and_a_crash_costs_little) {
  content_.assign(64u << 20, 'c');
  transport.serve(kUrl, content_);
  transport.set_chunk(1u << 20);
  transport.set_pace(std::chrono::milliseconds(100));
  const JobId job = start_job(kUrl);
  loop.advance(seconds(4));
  const auto got = file_snapshot(job)->bytes_transferred;
  ASSERT_GT(got, 30u << 20);
  const std::uint64_t a_second = transport.open().size() * (10u << 20);
  crash_and_restart(FakeFiles::Crash::power);
  EXPECT_GE(file_snapshot(job)->file.done.total() + a_second, got);
  loop.advance(seconds(60));
  expect_right_file(job);
}

TEST_F(Retry, an_orderly_stop_notes_all_that_came) {
  transport.set_chunk(50'000);
  transport.set_pace(seconds(1));
  const JobId job = start_job(kUrl);
  loop.advance(seconds(5));
  const auto got = file_snapshot(job)->bytes_transferred;
  ASSERT_GT(got, 0u);
  bool stopped = false;
  files.hold(FakeFiles::Op::sync);
  engine->stop([&] { stopped = true; });
  loop.advance(seconds(5));
  EXPECT_FALSE(stopped);
  EXPECT_TRUE(transport.open().empty());
  files.release();
  loop.run_until_idle();
  EXPECT_TRUE(stopped);
  crash_and_restart(FakeFiles::Crash::power);
  EXPECT_EQ(transport.requests().back().asked.offset, got);
  loop.advance(seconds(60));
  expect_right_file(job);
}

TEST_F(Retry, wherever_power_is_cut_the_file_is_right_in_the_end) {
  transport.set_chunk(50'000);
  transport.set_pace(std::chrono::milliseconds(300));
  for (int cut_at = 0; cut_at < 30; ++cut_at) {
    const JobId job = start_job(kUrl);
    loop.advance(std::chrono::milliseconds(cut_at * 250));
    crash_and_restart(cut_at % 2 ? FakeFiles::Crash::power : FakeFiles::Crash::process);
    loop.advance(seconds(60));
    expect_right_file(job);
    EXPECT_TRUE(files.temps().empty());
  }
}

}  // namespace
}  // namespace dosvc
