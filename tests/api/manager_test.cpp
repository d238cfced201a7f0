#include "api/api_fixture.h"

#include <grp.h>
#include <unistd.h>

#include <cwchar>
#include <set>

// "IBackgroundCopyManager interface", and the classes that give it.

namespace dosvc {
namespace {

// "{5B99FA76-721C-423C-ADAC-56D03C8A8007}", with braces or without.
GUID guid_of(const wchar_t* text) {
  GUID id{};
  unsigned part[11] = {};
  if (*text == L'{') ++text;
  EXPECT_EQ(std::swscanf(text, L"%8x-%4x-%4x-%2x%2x-%2x%2x%2x%2x%2x%2x", &part[0], &part[1], &part[2], &part[3],
                         &part[4], &part[5], &part[6], &part[7], &part[8], &part[9], &part[10]),
            11);
  id.Data1 = part[0];
  id.Data2 = static_cast<std::uint16_t>(part[1]);
  id.Data3 = static_cast<std::uint16_t>(part[2]);
  for (int i = 0; i < 8; ++i) id.Data4[i] = static_cast<std::uint8_t>(part[3 + i]);
  return id;
}

class Manager : public BothViews {};
FOR_BOTH_VIEWS(Manager);

TEST_P(Manager, the_manager_refuses_bad_arguments) {
  GUID id{};
  com_ptr<IBackgroundCopyJob> job;
  EXPECT_EQ(manager->CreateJob(nullptr, BG_JOB_TYPE_DOWNLOAD, &id, job.put()), E_INVALIDARG);
  EXPECT_EQ(manager->CreateJob(L"x", BG_JOB_TYPE_DOWNLOAD, nullptr, job.put()), E_INVALIDARG);
  EXPECT_EQ(manager->CreateJob(L"x", BG_JOB_TYPE_DOWNLOAD, &id, nullptr), E_INVALIDARG);
  EXPECT_EQ(manager->CreateJob(L"x", BG_JOB_TYPE_UPLOAD, &id, job.put()), E_NOTIMPL);
  EXPECT_EQ(manager->CreateJob(L"x", BG_JOB_TYPE_UPLOAD_REPLY, &id, job.put()), E_NOTIMPL);
  EXPECT_EQ(manager->CreateJob(L"x", static_cast<BG_JOB_TYPE>(3), &id, job.put()), E_INVALIDARG);
  EXPECT_EQ(manager->CreateJob(std::wstring(257, L'n').c_str(), BG_JOB_TYPE_DOWNLOAD, &id, job.put()), E_INVALIDARG);
  EXPECT_EQ(manager->CreateJob(std::wstring(300, L'n').c_str(), BG_JOB_TYPE_DOWNLOAD, &id, job.put()), E_INVALIDARG);
  const wchar_t no_text[] = {static_cast<wchar_t>(0xD800), 0};
  EXPECT_EQ(manager->CreateJob(no_text, BG_JOB_TYPE_DOWNLOAD, &id, job.put()), E_INVALIDARG);
  EXPECT_FALSE(job);
  EXPECT_EQ(manager->CreateJob(std::wstring(256, L'n').c_str(), BG_JOB_TYPE_DOWNLOAD, &id, job.put()), S_OK);

  com_ptr<IEnumBackgroundCopyJobs> jobs;
  EXPECT_EQ(manager->GetJob(id, nullptr), E_INVALIDARG);
  EXPECT_EQ(manager->EnumJobs(0, nullptr), E_INVALIDARG);
  EXPECT_EQ(manager->EnumJobs(2, jobs.put()), E_INVALIDARG);
  EXPECT_FALSE(jobs);
  EXPECT_EQ(manager->QueryInterface(IID_IUnknown, nullptr), E_POINTER);
}

TEST_P(Manager, an_unknown_job_is_not_found) {
  auto* job = reinterpret_cast<IBackgroundCopyJob*>(this);
  EXPECT_EQ(manager->GetJob(GUID_NULL, &job), view().not_found);
  EXPECT_EQ(job, nullptr);
}

TEST_P(Manager, an_owner_finds_the_job_again) {
  const auto job = new_job();
  GUID id{}, again{};
  ASSERT_EQ(job->GetId(&id), S_OK);
  com_ptr<IBackgroundCopyJob> found;
  ASSERT_EQ(manager->GetJob(id, found.put()), S_OK);
  EXPECT_EQ(found->GetId(&again), S_OK);
  EXPECT_EQ(id, again);
  EXPECT_EQ(job->Cancel(), S_OK);
  EXPECT_EQ(manager->GetJob(id, found.put()), view().not_found);
}

TEST_P(Manager, every_users_jobs_are_for_administrators) {
  if (::geteuid() == 0) {
    // Any other user does. The queue was opened before.
    com_ptr<IEnumBackgroundCopyJobs> all;
    EXPECT_EQ(manager->EnumJobs(BG_JOB_ENUM_ALL_USERS, all.put()), S_OK);
    ASSERT_EQ(::seteuid(65534), 0);
    EXPECT_EQ(manager->EnumJobs(BG_JOB_ENUM_ALL_USERS, all.put()), E_ACCESSDENIED);
    EXPECT_FALSE(all);
    ASSERT_EQ(::seteuid(0), 0);
  } else {
    com_ptr<IEnumBackgroundCopyJobs> all;
    EXPECT_EQ(manager->EnumJobs(BG_JOB_ENUM_ALL_USERS, all.put()), E_ACCESSDENIED);
  }
}

TEST_P(Manager, jobs_are_enumerated_without_the_final_ones) {
  const auto one = new_job(), two = new_job(), gone = new_job();
  EXPECT_EQ(gone->Cancel(), S_OK);
  com_ptr<IEnumBackgroundCopyJobs> jobs;
  ASSERT_EQ(manager->EnumJobs(0, jobs.put()), S_OK);
  IBackgroundCopyJob* out[3] = {};
  ULONG fetched = 0;
  EXPECT_EQ(jobs->Next(3, out, &fetched), S_FALSE);
  ASSERT_EQ(fetched, 2u);
  std::set<std::string> found, expected;
  const auto text_of = [](IBackgroundCopyJob& job) {
    GUID id{};
    EXPECT_EQ(job.GetId(&id), S_OK);
    return std::string(reinterpret_cast<const char*>(&id), sizeof id);
  };
  for (ULONG i = 0; i < fetched; ++i) {
    found.insert(text_of(*out[i]));
    out[i]->Release();
  }
  expected = {text_of(*one), text_of(*two)};
  EXPECT_EQ(found, expected);
}

TEST_P(Manager, downloads_are_no_jobs) {
  com_ptr<IDOManager> downloads;
  com_ptr<IDODownload> download;
  ASSERT_EQ(CoCreateInstance(CLSID_DeliveryOptimization, nullptr, CLSCTX_LOCAL_SERVER, IID_PPV_ARGS(downloads.put())),
            S_OK);
  ASSERT_EQ(downloads->CreateDownload(download.put()), S_OK);
  VARIANT id{};
  ASSERT_EQ(download->GetProperty(DODownloadProperty_Id, &id), S_OK);
  const GUID guid = guid_of(id.bstrVal);
  VariantClear(&id);
  com_ptr<IBackgroundCopyJob> job;
  EXPECT_EQ(manager->GetJob(guid, job.put()), view().not_found);
  com_ptr<IEnumBackgroundCopyJobs> jobs;
  ULONG count = 9;
  ASSERT_EQ(manager->EnumJobs(0, jobs.put()), S_OK);
  EXPECT_EQ(jobs->GetCount(&count), S_OK);
  EXPECT_EQ(count, 0u);
  EXPECT_EQ(download->Abort(), S_OK);
}

// ---- Descriptions

TEST_P(Manager, result_codes_have_a_description) {
  LPWSTR text = nullptr;
  EXPECT_EQ(manager->GetErrorDescription(BG_E_EMPTY, 0x0409, &text), S_OK);
  EXPECT_EQ(narrow(text), "The job has no files.");
  EXPECT_EQ(manager->GetErrorDescription(BG_E_HTTP_ERROR_404, 0x0407, &text), S_OK);
  EXPECT_NE(narrow(text).find("404"), std::string::npos);
  EXPECT_EQ(manager->GetErrorDescription(BG_E_EMPTY, 0, &text), E_INVALIDARG);
  EXPECT_EQ(text, nullptr);
  EXPECT_EQ(manager->GetErrorDescription(static_cast<HRESULT>(0x8BADF00Du), 0x0409, &text), E_INVALIDARG);
  EXPECT_EQ(manager->GetErrorDescription(BG_E_EMPTY, 0x0409, nullptr), E_INVALIDARG);
}

// ---- The classes

TEST_F(ApiTest, every_version_of_the_bits_class_makes_a_manager) {
  for (const CLSID& clsid :
       {CLSID_BackgroundCopyManager, CLSID_BackgroundCopyManager1_5, CLSID_BackgroundCopyManager2_0,
        CLSID_BackgroundCopyManager2_5, CLSID_BackgroundCopyManager3_0, CLSID_BackgroundCopyManager4_0,
        CLSID_BackgroundCopyManager5_0, CLSID_BackgroundCopyManager10_0, CLSID_BackgroundCopyManager10_1,
        CLSID_BackgroundCopyManager10_2, CLSID_BackgroundCopyManager10_3}) {
    const auto manager = manager_of(clsid);
    ASSERT_TRUE(manager);
    const auto job = new_job(*manager);
    EXPECT_EQ(job->Resume(), BG_E_EMPTY);
  }
}

TEST_F(ApiTest, a_job_speaks_as_the_class_that_made_it) {
  const auto bits = manager_of(CLSID_BackgroundCopyManager);
  const auto job = new_job(*manager_of(CLSID_DeliveryOptimization));
  GUID id{};
  ASSERT_EQ(job->GetId(&id), S_OK);
  com_ptr<IBackgroundCopyJob> found;
  ASSERT_EQ(bits->GetJob(id, found.put()), S_OK);
  EXPECT_EQ(found->Resume(), DO_E_JOB_EMPTY);
}

}  // namespace
}  // namespace dosvc
