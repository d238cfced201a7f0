#include "core/job.h"

#include "core/job_service.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <set>

namespace dosvc {
namespace {

using std::chrono::seconds;

constexpr WallTime at(int second) { return WallTime(seconds(second)); }

JobError some_error(HRESULT code = BG_E_HTTP_ERROR_404) {
  return JobError{Error{code, ErrorContext::remote_file, "the server answered"}, 2, 404};
}

Job job_in(JobState state) { return Job::restored(state); }

// A job in `state` that failed before.
Job failed_job_in(JobState state) {
  Job job = job_in(state);
  job.error = some_error();
  job.error_count = 1;
  return job;
}

TEST(Job, new_job_is_suspended) { EXPECT_EQ(Job().state(), JobState::suspended); }

TEST(Job, goes_its_way_from_resume_to_complete) {
  Job job;
  int second = 0;
  for (JobEvent event : {JobEvent::resume, JobEvent::slot_granted, JobEvent::content_began, JobEvent::all_files_done,
                         JobEvent::complete}) {
    ASSERT_TRUE(advance(job, event, at(++second))) << name_of(event);
    EXPECT_EQ(job.modified, at(second));
  }
  EXPECT_EQ(job.state(), JobState::acknowledged);
  EXPECT_EQ(job.transfer_completed, at(4));
  EXPECT_EQ(job.error_count, 0U);
}

TEST(Job, step_the_table_lacks_changes_nothing) {
  Job job = failed_job_in(JobState::error);
  job.modified = at(1);
  const auto result = advance(job, JobEvent::slot_granted, at(9), some_error(E_FAIL));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, BG_E_INVALID_STATE);
  EXPECT_EQ(result.error().message, "a job that is error doesn't take \"slot granted\"");
  EXPECT_EQ(job.state(), JobState::error);
  EXPECT_EQ(job.modified, at(1));
  EXPECT_EQ(job.error, some_error());
  EXPECT_EQ(job.error_count, 1U);
}

TEST(Job, failure_brings_the_error_object) {
  for (JobEvent event : {JobEvent::failed, JobEvent::failed_for_now}) {
    Job job = job_in(JobState::transferring);
    ASSERT_TRUE(advance(job, event, at(1), some_error()));
    EXPECT_EQ(job.error, some_error()) << name_of(event);
    EXPECT_EQ(job.error_count, 1U);
  }
}

TEST(Job, last_error_stays_when_time_runs_out_for_a_retry) {
  Job job = job_in(JobState::connecting);
  ASSERT_TRUE(advance(job, JobEvent::failed_for_now, at(1), some_error(BG_E_HTTP_ERROR_503)));
  ASSERT_TRUE(advance(job, JobEvent::failed, at(2)));
  EXPECT_EQ(job.state(), JobState::error);
  JobError last = some_error(BG_E_HTTP_ERROR_503);
  last.no_progress = true;
  EXPECT_EQ(job.error, last);
  EXPECT_EQ(job.error_count, 2U);
}

TEST(Job, error_object_lives_until_there_is_progress_or_the_program_suspends) {
  const struct {
    JobState from;
    JobEvent event;
    bool keeps;
  } kCases[] = {
      {JobState::error, JobEvent::resume, true},
      {JobState::transient_error, JobEvent::resume, true},
      {JobState::transient_error, JobEvent::retry_due, true},
      {JobState::queued, JobEvent::slot_granted, true},
      {JobState::connecting, JobEvent::slot_lost, true},
      {JobState::connecting, JobEvent::content_began, false},
      {JobState::connecting, JobEvent::all_files_done, false},
      {JobState::queued, JobEvent::all_files_done, false},
      {JobState::queued, JobEvent::suspend, false},
      {JobState::error, JobEvent::suspend, false},
      {JobState::transient_error, JobEvent::suspend, false},
  };
  for (const auto& c : kCases) {
    Job job = failed_job_in(c.from);
    ASSERT_TRUE(advance(job, c.event, at(1)));
    EXPECT_EQ(job.error.has_value(), c.keeps) << name_of(c.event) << " in " << name_of(c.from);
    EXPECT_EQ(job.error_count, 1U) << "the count is never reset";
  }
}

TEST(Job, completion_time_is_that_of_the_last_file) {
  Job job = job_in(JobState::transferring);
  ASSERT_TRUE(advance(job, JobEvent::all_files_done, at(1)));
  ASSERT_TRUE(advance(job, JobEvent::suspend, at(2)));
  EXPECT_EQ(job.transfer_completed, at(1)) << "Suspend leaves a finished job as it is";
  ASSERT_TRUE(advance(job, JobEvent::resume, at(3)));
  ASSERT_TRUE(advance(job, JobEvent::all_files_done, at(4)));
  EXPECT_EQ(job.transfer_completed, at(4));
}

TEST(Job, recovers_in_the_queue_only_what_was_running) {
  for (int s = 0; s < kJobStateCount; ++s) {
    const auto state = static_cast<JobState>(s);
    Job job = failed_job_in(state);
    job.modified = at(1);
    recover(job, at(5));
    EXPECT_EQ(job.state(), is_running(state) ? JobState::queued : state) << name_of(state);
    EXPECT_EQ(job.modified, at(is_running(state) ? 5 : 1)) << name_of(state);
    EXPECT_EQ(job.error, some_error()) << name_of(state);
    EXPECT_EQ(job.error_count, 1U) << name_of(state);
  }
}

TEST(Job, defaults_are_those_of_its_view) {
  const struct {
    ApiView view;
    Priority priority;
    int retry;
    int timeout;
  } kCases[] = {
      {ApiView::bits, Priority::foreground, 600, 1'209'600},
      {ApiView::bits, Priority::low, 600, 1'209'600},
      {ApiView::delivery_optimization, Priority::foreground, 5, 3'600},
      {ApiView::delivery_optimization, Priority::high, 60, 3'600},
      {ApiView::delivery_optimization, Priority::normal, 60, 86'400},
      {ApiView::delivery_optimization, Priority::low, 60, 86'400},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(default_retry_delay(c.view, c.priority), seconds(c.retry));
    EXPECT_EQ(default_no_progress_timeout(c.view, c.priority), seconds(c.timeout));
  }
}

TEST(Job, changes_only_what_is_given) {
  Job job;
  job.display_name = "name";
  job.description = "text";
  job.notify_flags = 1;
  const Job before = job;
  change_job(job, JobChange{}, at(3));
  EXPECT_EQ(job.display_name, before.display_name);
  EXPECT_EQ(job.description, before.description);
  EXPECT_EQ(job.notify_flags, before.notify_flags);
  EXPECT_EQ(job.priority, before.priority);
  EXPECT_EQ(job.minimum_retry_delay, before.minimum_retry_delay);
  EXPECT_EQ(job.no_progress_timeout, before.no_progress_timeout);
  EXPECT_EQ(job.modified, at(3));

  JobChange change;
  change.description = "";
  change.minimum_retry_delay = seconds(1);
  change.no_progress_timeout = seconds(0);
  change_job(job, change, at(4));
  EXPECT_EQ(job.description, "");
  EXPECT_EQ(job.minimum_retry_delay, kSmallestRetryDelay);
  EXPECT_EQ(job.no_progress_timeout, seconds(0));
}

TEST(Job, times_follow_the_priority_until_the_program_sets_them) {
  Job job;
  job.view = ApiView::delivery_optimization;
  job.minimum_retry_delay = default_retry_delay(job.view, job.priority);
  job.no_progress_timeout = seconds(77);
  JobChange change;
  change.priority = Priority::foreground;
  change_job(job, change, at(1));
  EXPECT_EQ(job.priority, Priority::foreground);
  EXPECT_EQ(job.minimum_retry_delay, seconds(5));
  EXPECT_EQ(job.no_progress_timeout, seconds(77));
}

TEST(File, start_anew_keeps_the_names_alone) {
  File file;
  file.index = 3;
  file.remote_name = "http://host/a";
  file.local_name = "/d/a";
  file.temp_name = "/d/.a.part";
  file.sha256 = "00";
  const File fresh = file;
  file.stage = FileStage::transferred;
  file.size = 10;
  file.validator = {"\"a\"", "yesterday"};
  file.modified = at(1);
  file.done.add({0, 10});
  file.identity = {1, 2};
  file.start_anew();
  EXPECT_EQ(file.index, fresh.index);
  EXPECT_EQ(file.remote_name, fresh.remote_name);
  EXPECT_EQ(file.local_name, fresh.local_name);
  EXPECT_EQ(file.temp_name, fresh.temp_name);
  EXPECT_EQ(file.sha256, fresh.sha256);
  EXPECT_EQ(file.stage, FileStage::waiting);
  EXPECT_FALSE(file.size);
  EXPECT_TRUE(file.validator.empty());
  EXPECT_FALSE(file.modified);
  EXPECT_TRUE(file.done.empty());
  EXPECT_FALSE(file.identity.known());
}

TEST(WaitReason, every_wait_has_a_name) {
  std::set<std::string_view> names;
  for (int i = 0; i < kWaitReasonCount; ++i) names.insert(name_of(static_cast<WaitReason>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kWaitReasonCount));
  EXPECT_EQ(name_of(static_cast<WaitReason>(kWaitReasonCount)), "unknown");
  EXPECT_EQ(names.count("unknown"), 0U);
}

TEST(Caller, this_process_is_its_effective_user) {
  const Caller caller = Caller::this_process();
  EXPECT_EQ(caller.uid, ::geteuid());
  EXPECT_EQ(caller.administrator, caller.uid == 0);
}

}  // namespace
}  // namespace dosvc
