#include "api/api_fixture.h"

// "IEnumBackgroundCopyFiles interface", "IEnumBackgroundCopyJobs interface".

namespace dosvc {
namespace {

class Enumerators : public BothViews {};
FOR_BOTH_VIEWS(Enumerators);

TEST_P(Enumerators, files_are_enumerated_in_order) {
  const auto job = new_job();
  for (const char* name : {"a", "b", "c"}) ASSERT_EQ(add(*job, std::string("/") + name, name), S_OK);
  com_ptr<IEnumBackgroundCopyFiles> files;
  ASSERT_EQ(job->EnumFiles(files.put()), S_OK);
  ASSERT_EQ(add(*job, "/d", "d"), S_OK);  // not in the snapshot
  ULONG count = 0;
  EXPECT_EQ(files->GetCount(&count), S_OK);
  EXPECT_EQ(count, 3u);

  IBackgroundCopyFile* out[4] = {};
  EXPECT_EQ(files->Next(2, out, nullptr), E_INVALIDARG);
  EXPECT_EQ(files->Next(1, nullptr, nullptr), E_INVALIDARG);
  ASSERT_EQ(files->Next(1, out, nullptr), S_OK);
  LPWSTR text = nullptr;
  EXPECT_EQ(out[0]->GetLocalName(&text), S_OK);
  EXPECT_EQ(narrow(text), local("a"));
  EXPECT_EQ(out[0]->GetRemoteName(&text), S_OK);
  EXPECT_EQ(narrow(text), origin.url("/a"));
  BG_FILE_PROGRESS progress{};
  EXPECT_EQ(out[0]->GetProgress(&progress), S_OK);
  EXPECT_EQ(progress.BytesTotal, BG_SIZE_UNKNOWN);
  EXPECT_EQ(progress.BytesTransferred, 0u);
  EXPECT_EQ(progress.Completed, FALSE);
  EXPECT_EQ(out[0]->GetLocalName(nullptr), E_INVALIDARG);
  EXPECT_EQ(out[0]->GetProgress(nullptr), E_INVALIDARG);
  out[0]->Release();

  com_ptr<IEnumBackgroundCopyFiles> clone;
  ASSERT_EQ(files->Clone(clone.put()), S_OK);
  EXPECT_EQ(files->Clone(nullptr), E_INVALIDARG);
  ULONG fetched = 9;
  EXPECT_EQ(files->Next(4, out, &fetched), S_FALSE);
  ASSERT_EQ(fetched, 2u);
  for (ULONG i = 0; i < fetched; ++i) out[i]->Release();
  EXPECT_EQ(files->Next(1, out, &fetched), S_FALSE);
  EXPECT_EQ(fetched, 0u);

  EXPECT_EQ(clone->Skip(1), S_OK);
  ASSERT_EQ(clone->Next(1, out, &fetched), S_OK);
  EXPECT_EQ(out[0]->GetLocalName(&text), S_OK);
  EXPECT_EQ(narrow(text), local("c"));
  out[0]->Release();
  EXPECT_EQ(clone->Skip(1), S_FALSE);
  EXPECT_EQ(files->Reset(), S_OK);
  EXPECT_EQ(files->Skip(3), S_OK);
  EXPECT_EQ(files->GetCount(nullptr), E_INVALIDARG);
}

TEST_P(Enumerators, jobs_are_walked_by_the_same_rules) {
  const auto one = new_job(), two = new_job();
  com_ptr<IEnumBackgroundCopyJobs> jobs, clone;
  ASSERT_EQ(manager->EnumJobs(0, jobs.put()), S_OK);
  const auto three = new_job();  // not in the snapshot
  ULONG count = 0, fetched = 9;
  EXPECT_EQ(jobs->GetCount(&count), S_OK);
  EXPECT_EQ(count, 2u);
  EXPECT_EQ(jobs->GetCount(nullptr), E_INVALIDARG);
  IBackgroundCopyJob* out[3] = {};
  EXPECT_EQ(jobs->Next(2, out, nullptr), E_INVALIDARG);
  EXPECT_EQ(jobs->Next(1, nullptr, &fetched), E_INVALIDARG);
  EXPECT_EQ(fetched, 0u);
  EXPECT_EQ(jobs->Next(0, out, &fetched), S_OK);
  EXPECT_EQ(fetched, 0u);
  ASSERT_EQ(jobs->Next(1, out, nullptr), S_OK);
  out[0]->Release();
  EXPECT_EQ(jobs->Clone(nullptr), E_INVALIDARG);
  ASSERT_EQ(jobs->Clone(clone.put()), S_OK);
  ASSERT_EQ(jobs->Next(3, out, &fetched), S_FALSE);
  ASSERT_EQ(fetched, 1u);
  // What an enumerator gives is live, and the same job whichever of them gives it.
  EXPECT_EQ(out[0]->SetDescription(L"seen by both"), S_OK);
  com_ptr<IBackgroundCopyJob> same;
  ASSERT_EQ(clone->Next(1, same.put(), nullptr), S_OK);
  LPWSTR text = nullptr;
  EXPECT_EQ(same->GetDescription(&text), S_OK);
  EXPECT_EQ(narrow(text), "seen by both");
  out[0]->Release();
  EXPECT_EQ(clone->Skip(1), S_FALSE);
  EXPECT_EQ(jobs->Reset(), S_OK);
  EXPECT_EQ(jobs->Skip(2), S_OK);
  EXPECT_EQ(jobs->Skip(0), S_OK);
  EXPECT_EQ(jobs->Skip(1), S_FALSE);
}

}  // namespace
}  // namespace dosvc
