// The program that is run when a job ends and nobody listens.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::seconds;
constexpr auto kUrl = "http://origin/a.bin";

class NotifyProgram : public EngineFixture {
 protected:
  void SetUp() override {
    start();
    transport.serve(kUrl, patterned(300'000));
  }
  JobId job_with_command(std::uint32_t flags = kNotifyTransferred | kNotifyError) {
    const JobId job = create_job();
    EXPECT_TRUE(change(job, {.notify_flags = flags,
                             .notify_command = NotifyCommand{"/usr/bin/tell", "tell \"me now\" $HOME"},
                             .minimum_retry_delay = seconds(60)})
                    .ok());
    EXPECT_TRUE(add_file(job, kUrl, "/dl/a.bin").ok());
    return job;
  }
};

TEST_F(NotifyProgram, is_run_once_without_a_shell_when_nobody_listens) {
  const JobId job = job_with_command();
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(3600));
  ASSERT_EQ(programs.runs.size(), 1u);
  EXPECT_EQ(programs.runs[0].owner, user.uid);
  EXPECT_EQ(programs.runs[0].call.program, "/usr/bin/tell");
  EXPECT_EQ(programs.runs[0].call.arguments, (std::vector<std::string>{"tell", "me now", "$HOME"}));
  EXPECT_EQ(programs.runs[0].call.environment,
            (std::vector<std::string>{"DOSVC_JOB_ID=" + job.text(), "DOSVC_JOB_STATE=transferred"}));
  restart();
  loop.advance(seconds(3600));
  EXPECT_EQ(programs.runs.size(), 1u) << "it has taken it";
}

TEST_F(NotifyProgram, is_run_again_after_the_retry_delay_until_it_succeeds) {
  programs.script = {1, 2, 0};
  const JobId job = job_with_command();
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(programs.runs.size(), 1u);
  loop.advance(seconds(59));
  EXPECT_EQ(programs.runs.size(), 1u);
  loop.advance(seconds(1));
  EXPECT_EQ(programs.runs.size(), 2u);
  loop.advance(seconds(3600));
  EXPECT_EQ(programs.runs.size(), 3u);
}

TEST_F(NotifyProgram, is_not_run_when_a_listener_takes_it_but_when_it_fails) {
  auto ear = std::make_shared<RecordingListener>(loop);
  const JobId job = job_with_command();
  ASSERT_TRUE(set_listener(job, ear).ok());
  ASSERT_TRUE(resume(job).ok());
  loop.advance(seconds(3600));
  EXPECT_TRUE(programs.runs.empty());
  const JobId other = job_with_command();
  ear->script = {RecordingListener::Answer::refused};
  ASSERT_TRUE(set_listener(other, ear).ok());
  ASSERT_TRUE(resume(other).ok());
  loop.advance(seconds(3600));
  EXPECT_EQ(programs.runs.size(), 1u);
  EXPECT_EQ(ear->heard.size(), 2u) << "once for each job";
}

TEST_F(NotifyProgram, is_not_run_for_what_a_listener_took_before_it_left) {
  auto ear = std::make_shared<RecordingListener>(loop);
  const JobId job = job_with_command();
  ASSERT_TRUE(set_listener(job, ear).ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(ear->count(NotificationKind::transferred), 1u);
  ASSERT_TRUE(set_listener(job, nullptr).ok());
  restart();
  loop.advance(seconds(3600));
  EXPECT_TRUE(programs.runs.empty());
}

TEST_F(NotifyProgram, that_ends_late_does_not_speak_for_what_came_after) {
  programs.hold = true;
  const JobId job = job_with_command();
  transport.next(kUrl, {.status = 404});
  ASSERT_TRUE(resume(job).ok());
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(state_of(job), JobState::transferred);
  ASSERT_EQ(programs.runs.size(), 2u);
  programs.end_first(0);
  loop.run_until_idle();
  EXPECT_FALSE(snapshot(job)->job.command_done);
}

TEST_F(NotifyProgram, follows_the_flags_and_each_new_error) {
  const JobId silent = job_with_command(kNotifyTransferred);
  transport.next(kUrl, {.status = 404});
  ASSERT_TRUE(resume(silent).ok());
  EXPECT_TRUE(programs.runs.empty());
  const JobId job = job_with_command();
  transport.next(kUrl, {.status = 404});
  ASSERT_TRUE(resume(job).ok());
  ASSERT_EQ(programs.runs.size(), 1u);
  EXPECT_EQ(programs.runs[0].call.environment[1], "DOSVC_JOB_STATE=error");
  transport.next(kUrl, {.status = 404});
  ASSERT_TRUE(resume(job).ok());
  EXPECT_EQ(programs.runs.size(), 2u);
}

TEST_F(NotifyProgram, is_not_run_by_an_engine_that_only_looks) {
  const JobId job = job_with_command();
  programs.script = {1};
  ASSERT_TRUE(resume(job).ok());
  options.transfers = false;
  restart();
  loop.advance(seconds(3600));
  EXPECT_EQ(programs.runs.size(), 1u);
}

}  // namespace
}  // namespace dosvc
