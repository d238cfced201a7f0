#include "api/faces.h"
#include "api/job_stage.h"

#include <unistd.h>

// What each command does in each state (docs/job-states.md; the pages of "IBackgroundCopyJob::Suspend", "…::Resume",
// "…::Cancel", "…::Complete", "…::TakeOwnership", "…::GetError"), and how jobs go from their beginning to their end.

namespace dosvc {
namespace {

class LifeCycle : public EachStage {
 protected:
  com_ptr<IBackgroundCopyJob> job_there() {
    com_ptr<IBackgroundCopyJob> job = job_at_stage();
    end_of_stage(*job);
    return job;
  }
  bool in(std::initializer_list<Stage> stages) const {
    return std::find(stages.begin(), stages.end(), stage().stage) != stages.end();
  }
  HRESULT unless_final(HRESULT expected) const { return stage().final() ? view().invalid_state : expected; }
};
FOR_EACH_STAGE(LifeCycle);

TEST_P(LifeCycle, suspend) {
  const auto job = job_there();
  EXPECT_EQ(job->Suspend(), unless_final(S_OK));
  const bool stays = stage().final() || in({Stage::transferred});
  EXPECT_EQ(state_of(*job), stays ? stage().state : BG_JOB_STATE_SUSPENDED);
}

TEST_P(LifeCycle, resume) {
  const auto job = job_there();
  EXPECT_EQ(job->Resume(), unless_final(S_OK));
  if (stage().final() || in({Stage::transferred, Stage::connecting, Stage::transferring, Stage::queued})) {
    EXPECT_EQ(state_of(*job), shown_state());
  } else {
    EXPECT_NE(state_of(*job), BG_JOB_STATE_SUSPENDED);
  }
}

TEST_P(LifeCycle, cancel) {
  const auto job = job_there();
  EXPECT_EQ(job->Cancel(), unless_final(S_OK));
  EXPECT_EQ(state_of(*job), stage().final() ? stage().state : BG_JOB_STATE_CANCELLED);
  for (const auto& file : std::filesystem::directory_iterator(folder / "dl")) {
    EXPECT_EQ(file.path().filename().string().find("file"), std::string::npos) << file.path();
  }
}

TEST_P(LifeCycle, complete) {
  const auto job = job_there();
  EXPECT_EQ(job->Complete(), unless_final(in({Stage::transferred}) ? S_OK : BG_S_PARTIAL_COMPLETE));
  EXPECT_EQ(state_of(*job), stage().final() ? stage().state : BG_JOB_STATE_ACKNOWLEDGED);
  EXPECT_EQ(std::filesystem::exists(local("file")), in({Stage::transferred}));
}

// None of these moves the job.
TEST_P(LifeCycle, error_and_owner) {
  const auto job = job_there();
  auto* error = before_the_call<IBackgroundCopyError*>();
  const bool has_one = in({Stage::error, Stage::transient_error});
  EXPECT_EQ(job->GetError(&error), has_one ? S_OK : view().no_error_now);
  EXPECT_EQ(error != nullptr, has_one);
  if (error) error->Release();
  EXPECT_EQ(job->GetError(nullptr), E_INVALIDARG);

  com_ptr<IDeliveryOptimizationJob2> more;
  ASSERT_EQ(job.as(more), S_OK);
  VARIANT text{};
  EXPECT_EQ(more->GetProperty(DOJobPropertyId_ExtendedErrorInfo, &text), has_one ? S_OK : E_NOT_SET);
  EXPECT_EQ(text.vt, has_one ? VT_BSTR : VT_EMPTY);
  EXPECT_EQ(SysStringLen(text.vt == VT_BSTR ? text.bstrVal : nullptr) > 10, has_one);
  VariantClear(&text);

  // The owner has the job already; who is no administrator must not ask.
  EXPECT_EQ(job->TakeOwnership(), unless_final(::geteuid() == 0 ? S_OK : E_ACCESSDENIED));
  EXPECT_EQ(state_of(*job), shown_state());
}

// "IBackgroundCopyFile3::SetValidationState"
TEST_P(LifeCycle, judgement) {
  const auto job = job_at_stage();
  com_ptr<IBackgroundCopyFile3> file;
  ASSERT_EQ(first_file(*job).as(file), S_OK);
  end_of_stage(*job);
  const bool there = in({Stage::transferred});
  EXPECT_EQ(file->SetValidationState(TRUE), unless_final(there ? S_OK : E_PENDING));
  BOOL valid = 5;
  EXPECT_EQ(file->GetValidationState(&valid), S_OK);
  EXPECT_EQ(valid, there ? TRUE : FALSE);
  EXPECT_EQ(file->SetValidationState(FALSE), unless_final(there ? S_OK : E_PENDING));
  EXPECT_EQ(file->GetValidationState(&valid), S_OK);
  EXPECT_EQ(valid, FALSE);
  EXPECT_EQ(state_of(*job), there ? BG_JOB_STATE_ERROR : shown_state());
}

// "DeliveryOptimizationFileProperty enumeration": what is said of a file that is being fetched, or is here, is too
// late.
TEST_P(LifeCycle, size_and_check_of_the_content) {
  const auto job = job_at_stage();
  com_ptr<IDeliveryOptimizationFile2> file;
  ASSERT_EQ(first_file(*job).as(file), S_OK);
  end_of_stage(*job);
  const bool too_late = in({Stage::connecting, Stage::transferring, Stage::transferred}) || stage().final();
  VARIANT size{}, mandatory{};
  size.vt = VT_UI8;
  size.ullVal = 12;
  mandatory.vt = VT_BOOL;
  mandatory.boolVal = VARIANT_TRUE;
  EXPECT_EQ(file->SetProperty(DOFilePropertyId_TotalSizeBytes, &size), too_late ? view().invalid_state : S_OK);
  EXPECT_EQ(file->SetProperty(DOFilePropertyId_IntegrityCheckMandatory, &mandatory),
            too_late ? view().invalid_state : S_OK);
}

// ---- From the beginning to the end

class Course : public BothViews {};
FOR_BOTH_VIEWS(Course);

TEST_P(Course, resume_without_files_is_refused) {
  const auto job = new_job();
  EXPECT_EQ(job->Resume(), view().empty);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_SUSPENDED);
  EXPECT_EQ(job->Suspend(), S_OK);
}

TEST_P(Course, a_download_goes_from_resume_to_complete) {
  origin.serve("/x", {.size = 100'000, .seed = 3});
  const auto ear = make_object<Ear>();
  const auto job = job_for("/x", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_transferred());
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_TRANSFERRED);
  EXPECT_EQ(job->Suspend(), S_OK);
  EXPECT_EQ(job->Resume(), S_OK);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_TRANSFERRED);
  BG_JOB_PROGRESS progress{};
  EXPECT_EQ(job->GetProgress(&progress), S_OK);
  EXPECT_EQ(progress.BytesTotal, 100'000u);
  EXPECT_EQ(progress.BytesTransferred, 100'000u);
  EXPECT_EQ(progress.FilesTransferred, 1u);
  com_ptr<IEnumBackgroundCopyFiles> files;
  com_ptr<IBackgroundCopyFile> file;
  ASSERT_EQ(job->EnumFiles(files.put()), S_OK);
  ASSERT_EQ(files->Next(1, file.put(), nullptr), S_OK);
  BG_FILE_PROGRESS of_file{};
  EXPECT_EQ(file->GetProgress(&of_file), S_OK);
  EXPECT_EQ(of_file.Completed, FALSE);
  EXPECT_FALSE(std::filesystem::exists(local("x")));
  EXPECT_EQ(job->Complete(), S_OK);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_ACKNOWLEDGED);
  EXPECT_EQ(file->GetProgress(&of_file), S_OK);
  EXPECT_EQ(of_file.Completed, TRUE);
  EXPECT_EQ(origin::first_difference(local("x"), 3, 100'000), std::nullopt);
  EXPECT_EQ(files_in_folder(), 1u);
  BG_JOB_TIMES times{};
  EXPECT_EQ(job->GetTimes(&times), S_OK);
  EXPECT_NE(times.TransferCompletionTime.dwHighDateTime, 0u);
}

TEST_P(Course, a_running_job_can_be_suspended_resumed_and_cancelled) {
  origin.serve("/x", {.size = 1 << 20, .rules = {origin::always(origin::cut_after(1000, origin::Ending::stall))}});
  const auto ear = make_object<Ear>();
  const auto job = job_for("/x", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_state(job.get(), BG_JOB_STATE_TRANSFERRING));
  EXPECT_EQ(job->Resume(), S_OK);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_TRANSFERRING);
  EXPECT_EQ(job->SetPriority(BG_JOB_PRIORITY_FOREGROUND), S_OK);
  EXPECT_EQ(add(*job, "/y", "y"), S_OK);
  EXPECT_EQ(job->Suspend(), S_OK);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_SUSPENDED);
  EXPECT_EQ(job->Resume(), S_OK);
  EXPECT_EQ(job->Cancel(), S_OK);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_CANCELLED);
  EXPECT_EQ(files_in_folder(), 0u);
}

TEST_P(Course, only_the_bits_view_shows_connecting) {
  origin.serve("/x", {.size = 10, .rules = {origin::always({.delay = std::chrono::hours(1)})}});
  const auto job = job_for("/x");
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(origin.record().wait_for_requests("/x", 1, kPatience));
  EXPECT_EQ(state_of(*job), view().bits() ? BG_JOB_STATE_CONNECTING : BG_JOB_STATE_TRANSFERRING);
  EXPECT_EQ(job->Cancel(), S_OK);
}

TEST_P(Course, suspend_in_error_ends_the_error) {
  origin.serve("/x", {.rules = {origin::always(origin::status(404))}});
  const auto ear = make_object<Ear>();
  const auto job = job_for("/x", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_errors(1));
  EXPECT_EQ(job->Suspend(), S_OK);
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_SUSPENDED);
  com_ptr<IBackgroundCopyError> none;
  EXPECT_EQ(job->GetError(none.put()), view().no_error_now);
}

TEST_P(Course, complete_in_error_keeps_the_finished_files) {
  origin.serve("/a", {.size = 5000, .seed = 1});
  origin.serve("/b", {.rules = {origin::always(origin::status(410))}});
  const auto ear = make_object<Ear>();
  const auto job = new_job();
  ASSERT_EQ(add(*job, "/a", "a"), S_OK);
  ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_transferred());
  ASSERT_EQ(add(*job, "/b", "b"), S_OK);
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_errors(1));
  EXPECT_EQ(job->Complete(), BG_S_PARTIAL_COMPLETE);
  EXPECT_EQ(origin::first_difference(local("a"), 1, 5000), std::nullopt);
  EXPECT_EQ(files_in_folder(), 1u);
}

}  // namespace
}  // namespace dosvc
