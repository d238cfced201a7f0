// What is told of files, before what is told of their job.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::seconds;
constexpr auto kUrl = "http://origin/a.bin";

class FileEvents : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    transport.serve(kUrl, content_);
  }
  const std::string content_ = patterned(300'000);
};

TEST_F(FileEvents, each_file_is_told_before_the_job_and_again_until_it_is_taken) {
  const JobId job = create_job();
  transport.serve("http://origin/b", "b");
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(add_file(job, "http://origin/b", "/dl/b").ok());
  ASSERT_TRUE(change(job, {.notify_flags = kNotifyTransferred | kNotifyFileTransferred}).ok());
  auto ear = std::make_shared<RecordingListener>(loop);
  ear->script = {RecordingListener::Answer::refused, RecordingListener::Answer::taken};
  ASSERT_TRUE(set_listener(job, ear).ok());
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(state_of(job), JobState::transferred);
  EXPECT_EQ(ear->heard.size(), 1u) << "the first file, refused";
  loop.advance(seconds(2));
  ASSERT_EQ(ear->heard.size(), 4u);
  EXPECT_EQ(ear->heard[1].kind, NotificationKind::file_transferred);
  EXPECT_EQ(ear->heard[1].file, 0u);
  EXPECT_EQ(ear->heard[2].file, 1u);
  EXPECT_EQ(ear->heard[3].kind, NotificationKind::transferred);
}

TEST_F(FileEvents, the_last_file_too_is_told_before_the_job) {
  const JobId job = create_job();
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(change(job, {.notify_flags = kNotifyTransferred | kNotifyFileTransferred}).ok());
  auto ear = std::make_shared<RecordingListener>(loop);
  ASSERT_TRUE(set_listener(job, ear).ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(ear->heard.size(), 2u);
  EXPECT_EQ(ear->heard[0].kind, NotificationKind::file_transferred);
  EXPECT_EQ(ear->heard[1].kind, NotificationKind::transferred);
}

// Files that were added to a job that was told of are told, and then the job again.
TEST_F(FileEvents, what_was_taken_is_told_again_only_when_it_happens_again) {
  const JobId job = create_job();
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  ASSERT_TRUE(change(job, {.notify_flags = kNotifyTransferred | kNotifyFileTransferred}).ok());
  auto ear = std::make_shared<RecordingListener>(loop);
  ASSERT_TRUE(set_listener(job, ear).ok());
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(3600));
  ASSERT_EQ(ear->heard.size(), 2u);
  transport.serve("http://origin/b", "b");
  ASSERT_TRUE(add_file(job, "http://origin/b", "/dl/b").ok());
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(3600));
  ASSERT_EQ(ear->heard.size(), 4u);
  EXPECT_EQ(ear->heard[2].kind, NotificationKind::file_transferred);
  EXPECT_EQ(ear->heard[3].kind, NotificationKind::transferred);
}

TEST_F(FileEvents, without_the_flag_no_file_is_told) {
  const JobId job = create_job();
  ASSERT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
  auto ear = std::make_shared<RecordingListener>(loop);
  ASSERT_TRUE(set_listener(job, ear).ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(ear->heard.size(), 1u);
  EXPECT_EQ(ear->heard[0].kind, NotificationKind::transferred);
}

}  // namespace
}  // namespace dosvc
