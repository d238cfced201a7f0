#include "api/api_fixture.h"

// "IBackgroundCopyError interface".

namespace dosvc {
namespace {

class Errors : public BothViews {};
FOR_BOTH_VIEWS(Errors);

TEST_P(Errors, a_job_in_error_says_why_until_it_runs_again) {
  origin.serve("/x", {.size = 1000,
                      .rules = {origin::for_first(1, origin::status(404)),
                                origin::always(origin::cut_after(1, origin::Ending::stall))}});
  const auto ear = make_object<Ear>();
  const auto job = job_for("/x", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_errors(1));
  EXPECT_EQ(state_of(*job), BG_JOB_STATE_ERROR);
  ULONG count = 0;
  EXPECT_EQ(job->GetErrorCount(&count), S_OK);
  EXPECT_EQ(count, 1u);

  com_ptr<IBackgroundCopyError> error;
  ASSERT_EQ(job->GetError(error.put()), S_OK);
  BG_ERROR_CONTEXT context{};
  HRESULT code = S_OK;
  EXPECT_EQ(error->GetError(&context, nullptr), E_INVALIDARG);
  EXPECT_EQ(error->GetError(nullptr, &code), E_INVALIDARG);
  ASSERT_EQ(error->GetError(&context, &code), S_OK);
  EXPECT_EQ(context, view().context_of_404);
  EXPECT_EQ(code, BG_E_HTTP_ERROR_404);
  com_ptr<IBackgroundCopyFile> file;
  EXPECT_EQ(error->GetFile(nullptr), E_INVALIDARG);
  ASSERT_EQ(error->GetFile(file.put()), S_OK);
  LPWSTR text = nullptr;
  EXPECT_EQ(file->GetLocalName(&text), S_OK);
  EXPECT_EQ(narrow(text), local("x"));
  EXPECT_EQ(error->GetErrorDescription(0x0409, &text), S_OK);
  EXPECT_NE(narrow(text).find("404"), std::string::npos);
  EXPECT_EQ(error->GetErrorDescription(0, &text), E_INVALIDARG);
  EXPECT_EQ(error->GetErrorDescription(0x0409, nullptr), E_INVALIDARG);
  EXPECT_EQ(error->GetErrorContextDescription(0x0409, &text), S_OK);
  EXPECT_NE(narrow(text), "");
  EXPECT_EQ(error->GetProtocol(&text), S_OK);
  EXPECT_EQ(narrow(text), "http");
  EXPECT_EQ(error->GetProtocol(nullptr), E_INVALIDARG);

  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_state(job.get(), BG_JOB_STATE_TRANSFERRING));
  com_ptr<IBackgroundCopyError> none;
  EXPECT_EQ(job->GetError(none.put()), view().no_error_now);
  EXPECT_EQ(error->GetError(&context, &code), S_OK) << "an error object that is held keeps its values";
  EXPECT_EQ(code, BG_E_HTTP_ERROR_404);
}

TEST_P(Errors, http_403_is_the_remote_files_fault_in_both_views) {
  origin.serve("/x", {.rules = {origin::always(origin::status(403))}});
  const auto ear = make_object<Ear>();
  BG_ERROR_CONTEXT context{};
  HRESULT code = S_OK;
  ear->on_error = [&](IBackgroundCopyJob*, IBackgroundCopyError* error) { return error->GetError(&context, &code); };
  const auto job = job_for("/x", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_errors(1));
  EXPECT_EQ(context, BG_ERROR_CONTEXT_REMOTE_FILE);
  EXPECT_EQ(code, BG_E_HTTP_ERROR_403);
}

TEST_P(Errors, a_transient_error_is_shown_and_not_told) {
  origin.serve("/x", {.rules = {origin::always(origin::unavailable("3600"))}});
  const auto ear = make_object<Ear>();
  const auto job = job_for("/x", ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_state(job.get(), BG_JOB_STATE_TRANSIENT_ERROR));
  com_ptr<IBackgroundCopyError> error;
  EXPECT_EQ(job->GetError(error.put()), S_OK);
  EXPECT_EQ(job->Complete(), BG_S_PARTIAL_COMPLETE);
  EXPECT_EQ(ear->counts().errors, 0);
}

}  // namespace
}  // namespace dosvc
