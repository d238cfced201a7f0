// One version of the server's file or none: what changes, where and when.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Op = FakeFiles::Op;
constexpr auto kUrl = "http://origin/a.bin";

class OneVersion : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    transport.serve(kUrl, old_);
    transport.set_chunk(1 << 20);
    transport.set_pace(milliseconds(200));
  }
  void expect_file(const JobId& job, const std::string& content) {
    ASSERT_EQ(state_of(job), JobState::transferred);
    ASSERT_TRUE(complete(job).ok());
    EXPECT_TRUE(files.content("/dl/a.bin") == content) << "not that version, or a mix";
  }
  // A cut transfer whose server changes the file, while the sync of a checkpoint goes on and on.
  JobId job_that_started_anew() {
    files.hold(Op::sync);
    transport.next(kUrl, {.cut_after = 5 << 20});
    const JobId job = start_job(kUrl);
    loop.advance(milliseconds(700));
    EXPECT_EQ(files.held(), 1u);
    transport.serve(kUrl, new_, {"\"v2\"", ""});
    loop.advance(seconds(1));
    EXPECT_EQ(transport.requests().size(), 3u);  // the whole, the rest, the new whole
    return job;
  }
  const std::string old_ = std::string(8 << 20, 'a');
  const std::string new_ = std::string(8 << 20, 'b');
};

TEST_F(OneVersion, a_size_told_too_small_leaves_no_part_of_the_file_for_the_whole) {
  transport.always(kUrl, {.alter = [](ResponseHead& head) { head.content_length.reset(); }});
  transport.next(kUrl, {.by_hand = true});
  const JobId job = create_job();
  ASSERT_TRUE(add_files(job, {{kUrl, "/dl/a.bin", {}, 1 << 20}}).ok());
  ASSERT_TRUE(resume(job).ok());
  const auto fetch = transport.open(kUrl);
  ResponseHead head;
  head.status = 200;
  fetch->answer(head);
  fetch->bytes(1 << 20);
  fetch->fail({Error{BG_E_INVALID_SERVER_RESPONSE, ErrorContext::remote_file, "more than was asked for"},
               FailureClass::fatal,
               200,
               {}});
  loop.run_until_idle();
  ASSERT_EQ(state_of(job), JobState::error);
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(100));
  expect_file(job, old_);
}

TEST_F(OneVersion, a_weak_etag_alone_continues_nothing) {
  transport.serve(kUrl, old_, {"W/\"v1\"", ""});
  const JobId job = start_job(kUrl);
  loop.advance(seconds(1));
  ASSERT_TRUE(suspend(job).ok());
  transport.serve(kUrl, new_, {"W/\"v2\"", ""});
  transport.always(kUrl, {.alter = [](ResponseHead& head) {
                     if (head.status == 206) head.etag.clear();
                   }});
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(100));
  expect_file(job, new_);
}

TEST_F(OneVersion, a_server_that_stumbles_on_if_range_is_asked_without_before_anything_is_given_up) {
  transport.next(kUrl, {.cut_after = 5 << 20});
  transport.next(kUrl, {.ignore_range = true});
  const JobId job = start_job(kUrl);
  loop.advance(seconds(60));
  expect_file(job, old_);
  ASSERT_EQ(transport.requests().size(), 3u);
  EXPECT_FALSE(transport.requests()[1].asked.without_if_range);
  EXPECT_TRUE(transport.requests()[2].asked.without_if_range);
  EXPECT_EQ(transport.requests()[2].asked.offset, 5u << 20);
}

TEST_F(OneVersion, and_starts_anew_when_that_is_of_no_use_either) {
  transport.next(kUrl, {.cut_after = 5 << 20});
  transport.next(kUrl, {.ignore_range = true});
  transport.next(kUrl, {.ignore_range = true});
  const JobId job = start_job(kUrl);
  loop.advance(seconds(60));
  expect_file(job, old_);
  ASSERT_EQ(transport.requests().size(), 4u);
  EXPECT_EQ(transport.requests()[3].asked.offset, 0u);
}

TEST_F(OneVersion, wherever_the_power_is_cut_around_a_change) {
  for (int cut_at = 0; cut_at < 40; ++cut_at) {
    transport.behave(kUrl);
    transport.serve(kUrl, old_);
    const JobId job = start_job(kUrl);
    loop.advance(milliseconds(900));
    ASSERT_TRUE(suspend(job).ok());
    transport.serve(kUrl, new_, {"\"v2\"", ""});
    ASSERT_TRUE(resume(job).ok());
    loop.advance(milliseconds(cut_at * 50));
    crash_and_restart(cut_at % 2 ? FakeFiles::Crash::power : FakeFiles::Crash::process);
    loop.advance(seconds(60));
    expect_file(job, new_);
    EXPECT_TRUE(files.temps().empty());
  }
}

TEST_F(OneVersion, a_temporary_file_that_somebody_cut_short_is_fetched_anew) {
  const JobId job = start_job(kUrl);
  loop.advance(seconds(1));
  ASSERT_TRUE(suspend(job).ok());
  FakeFiles::Disk disk = files.disk_after(FakeFiles::Crash::power);
  for (auto& [name, inode] : disk.names) inode->content = inode->synced = inode->content.substr(0, 1000);
  stop();
  files.start_on(std::move(disk));
  start();
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(60));
  expect_file(job, old_);
}

TEST_F(OneVersion, a_wrong_digest_while_a_checkpoint_is_being_synced_is_an_error_again_after_resume) {
  files.hold(Op::sync);
  const JobId job = start_job(kUrl, ApiView::bits, std::string(64, '0'));
  loop.advance(seconds(5));
  ASSERT_EQ(state_of(job), JobState::error);
  files.release();
  loop.run_until_idle();
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(60));
  EXPECT_EQ(state_of(job), JobState::error);
}

TEST_F(OneVersion, a_wrong_digest_while_a_checkpoint_is_being_synced_can_be_cancelled) {
  files.hold(Op::sync);
  const JobId job = start_job(kUrl, ApiView::bits, std::string(64, '0'));
  loop.advance(seconds(5));
  const auto cancelled =
      ask<CommandOutcome>([&](auto reply) { engine->command(user, job, JobCommand::cancel, reply); });
  loop.run_until_idle();
  files.release();
  loop.run_until_idle();
  EXPECT_TRUE(cancelled->has_value());
}

TEST_F(OneVersion, cancel_after_a_fresh_start_during_a_sync_is_answered) {
  const JobId job = job_that_started_anew();
  const auto cancelled =
      ask<CommandOutcome>([&](auto reply) { engine->command(user, job, JobCommand::cancel, reply); });
  loop.run_until_idle();
  files.release();
  loop.run_until_idle();
  ASSERT_TRUE(cancelled->has_value());
  EXPECT_TRUE(files.names().empty());
}

TEST_F(OneVersion, suspend_after_a_fresh_start_during_a_sync_can_be_resumed) {
  const JobId job = job_that_started_anew();
  ASSERT_TRUE(suspend(job).ok());
  files.release();
  loop.run_until_idle();
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(60));
  expect_file(job, new_);
}

}  // namespace
}  // namespace dosvc
