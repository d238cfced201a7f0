#include "api/api_fixture.h"

// What Delivery Optimization adds to jobs and files ("IDeliveryOptimizationJob interface" and 2,
// "IDeliveryOptimizationFile interface" and 2). Works in both views.

namespace dosvc {
namespace {

class Delivery : public BothViews {
 protected:
  void SetUp() override {
    BothViews::SetUp();
    origin.serve("/x", {.size = kSize, .seed = 2});
    job = new_job();
    ASSERT_EQ(job.as(job1), S_OK);
    ASSERT_EQ(job.as(job2), S_OK);
    ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
  }
  void TearDown() override {
    job = nullptr;
    job1 = nullptr;
    job2 = nullptr;
    BothViews::TearDown();
  }
  std::wstring url(const char* path = "/x") const { return wide(origin.url(path)); }
  void download() {
    ASSERT_EQ(job->Resume(), S_OK);
    ASSERT_TRUE(ear->wait_for_transferred());
  }
  static DOSwarmStats stats_of(IDeliveryOptimizationFile& file) {
    DOSwarmStats stats{};
    EXPECT_EQ(file.GetStats(&stats), S_OK);
    return stats;
  }
  static HRESULT set(IDeliveryOptimizationFile2& file, DOFilePropertyId id, const std::string& text) {
    VARIANT value{};
    value.vt = VT_BSTR;
    value.bstrVal = SysAllocString(wide(text).c_str());
    const HRESULT result = file.SetProperty(id, &value);
    VariantClear(&value);
    return result;
  }

  static constexpr std::uint64_t kSize = 100'000;
  const com_ptr<Ear> ear = make_object<Ear>();
  com_ptr<IBackgroundCopyJob> job;
  com_ptr<IDeliveryOptimizationJob> job1;
  com_ptr<IDeliveryOptimizationJob2> job2;
};
FOR_BOTH_VIEWS(Delivery);

TEST_P(Delivery, a_file_of_known_size_is_part_of_the_jobs_size_at_once) {
  ASSERT_EQ(job1->AddFileWithRanges(L"content-1", url().c_str(), wide(local("x")).c_str(), 0, nullptr, kSize), S_OK);
  BG_JOB_PROGRESS progress{};
  EXPECT_EQ(job->GetProgress(&progress), S_OK);
  EXPECT_EQ(progress.BytesTotal, kSize);
  for (const UINT64 unknown : {DO_UNKNOWN_FILE_SIZE, UINT64{0}}) {
    ASSERT_EQ(job1->AddFileWithRanges(L"content-2", url().c_str(), wide(local(std::to_string(unknown))).c_str(), 0,
                                      nullptr, unknown),
              S_OK);
    EXPECT_EQ(job->GetProgress(&progress), S_OK);
    EXPECT_EQ(progress.BytesTotal, BG_SIZE_UNKNOWN);
  }
}

TEST_P(Delivery, ranges_may_be_given_or_not) {
  BG_FILE_RANGE ranges[] = {{500, 10}, {0, 20}};
  ASSERT_EQ(job1->AddFileWithRanges(L"parts", url().c_str(), wide(local("x")).c_str(), 2, ranges, kSize), S_OK);
  com_ptr<IBackgroundCopyFile2> file;
  ASSERT_EQ(first_file(*job).as(file), S_OK);
  DWORD count = 0;
  BG_FILE_RANGE* list = nullptr;
  EXPECT_EQ(file->GetFileRanges(&count, &list), S_OK);
  EXPECT_EQ(count, 2u);
  CoTaskMemFree(list);
  download();
  EXPECT_EQ(job->Complete(), S_OK);
  EXPECT_EQ(std::filesystem::file_size(local("x")), 30u);
}

// "DOSwarmStats structure"
TEST_P(Delivery, statistics_tell_where_bytes_came_from) {
  ASSERT_EQ(
      job1->AddFileWithRanges(L"content-1", url().c_str(), wide(local("x")).c_str(), 0, nullptr, DO_UNKNOWN_FILE_SIZE),
      S_OK);
  com_ptr<IDeliveryOptimizationFile> file;
  ASSERT_EQ(first_file(*job).as(file), S_OK);
  DOSwarmStats stats = stats_of(*file);
  EXPECT_EQ(narrow(stats.fileId), "content-1");
  EXPECT_EQ(narrow(stats.sourceURL), origin.url("/x"));
  EXPECT_EQ(stats.fileSize, DO_UNKNOWN_FILE_SIZE);
  EXPECT_EQ(stats.totalBytesDownloaded, 0u);
  EXPECT_EQ(stats.status, SwarmStatus_Paused);
  EXPECT_EQ(stats.isBackground, TRUE);
  EXPECT_EQ(stats.downloadMode, DownloadMode_Simple);
  download();
  ASSERT_EQ(job->SetPriority(BG_JOB_PRIORITY_FOREGROUND), S_OK);
  stats = stats_of(*file);
  EXPECT_EQ(stats.fileSize, kSize);
  EXPECT_EQ(stats.totalBytesDownloaded, kSize);
  EXPECT_EQ(stats.bytesFromHttp, kSize);
  EXPECT_EQ(stats.bytesFromLanPeers + stats.bytesFromGroupPeers + stats.bytesFromInternetPeers + stats.bytesFromDoinc,
            0u);
  EXPECT_EQ(stats.httpConnectionCount, 0u);
  EXPECT_EQ(stats.status, SwarmStatus_Complete);
  EXPECT_EQ(stats.isBackground, FALSE);
  CoTaskMemFree(stats.fileId);
  CoTaskMemFree(stats.sourceURL);
}

TEST_P(Delivery, statistics_of_a_file_on_its_way) {
  origin.serve("/stalls", {.size = kSize, .rules = {origin::always(origin::cut_after(1000, origin::Ending::stall))}});
  ASSERT_EQ(job->SetNotifyFlags(BG_NOTIFY_JOB_MODIFICATION), S_OK);
  ASSERT_EQ(job1->AddFileWithRanges(L"id", url("/stalls").c_str(), wide(local("x")).c_str(), 0, nullptr, 0), S_OK);
  com_ptr<IDeliveryOptimizationFile> file;
  ASSERT_EQ(first_file(*job).as(file), S_OK);
  ASSERT_EQ(job->Resume(), S_OK);
  DOSwarmStats stats{};
  ASSERT_TRUE(ear->wait_until([&] {
    CoTaskMemFree(stats.fileId);
    CoTaskMemFree(stats.sourceURL);
    stats = stats_of(*file);
    return stats.bytesFromHttp == 1000;
  }));
  EXPECT_EQ(stats.status, SwarmStatus_Downloading);
  EXPECT_EQ(stats.httpConnectionCount, 1u);
  CoTaskMemFree(stats.fileId);
  CoTaskMemFree(stats.sourceURL);
}

// "IDeliveryOptimizationJob2::AddFile": where it goes is told later.
TEST_P(Delivery, a_file_without_a_local_name_gets_one_before_resume) {
  com_ptr<IDeliveryOptimizationFile> first, file;
  ASSERT_EQ(job2->AddFile(L"one", url().c_str(), 0, nullptr, IID_PPV_ARGS(first.put())), S_OK);
  BG_FILE_RANGE range{10, 100};
  ASSERT_EQ(job2->AddFile(L"two", url().c_str(), 1, &range, IID_PPV_ARGS(file.put())), S_OK);
  DOSwarmStats stats = stats_of(*file);
  EXPECT_EQ(narrow(stats.fileId), "two") << "the one that was added";
  CoTaskMemFree(stats.sourceURL);
  com_ptr<IBackgroundCopyFile3> names;
  com_ptr<IDeliveryOptimizationFile2> properties, of_first;
  ASSERT_EQ(file.as(names), S_OK);
  ASSERT_EQ(file.as(properties), S_OK);
  ASSERT_EQ(first.as(of_first), S_OK);

  LPWSTR name = nullptr;
  EXPECT_EQ(names->GetLocalName(&name), S_OK);
  EXPECT_EQ(narrow(name), "");
  EXPECT_EQ(names->GetTemporaryName(&name), DO_E_LOCALPATH_NOT_SET);
  EXPECT_EQ(name, nullptr);
  VARIANT value{};
  EXPECT_EQ(properties->GetProperty(DOFilePropertyId_DownloadSinkFilePath, &value), E_NOT_SET);
  EXPECT_EQ(job->Resume(), DO_E_LOCALPATH_NOT_SET);
  EXPECT_EQ(set(*properties, DOFilePropertyId_DownloadSinkFilePath, local("no/such/folder")),
            HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND));
  EXPECT_EQ(set(*properties, DOFilePropertyId_DownloadSinkFilePath, local("two")), S_OK);
  EXPECT_EQ(set(*properties, DOFilePropertyId_DownloadSinkFilePath, local("three")), view().invalid_state);
  EXPECT_EQ(properties->GetProperty(DOFilePropertyId_DownloadSinkFilePath, &value), S_OK);
  EXPECT_EQ(std::wstring(value.bstrVal), wide(local("two")));
  VariantClear(&value);
  EXPECT_EQ(job->Resume(), DO_E_LOCALPATH_NOT_SET) << "the first";
  EXPECT_EQ(set(*of_first, DOFilePropertyId_DownloadSinkFilePath, local("one")), S_OK);
  download();
  EXPECT_EQ(job->Complete(), S_OK);
  EXPECT_EQ(std::filesystem::file_size(local("one")), kSize);
  EXPECT_EQ(std::filesystem::file_size(local("two")), 100u);
}

TEST_P(Delivery, what_is_added_twice_is_two_files) {
  com_ptr<IDeliveryOptimizationFile> one, two;
  com_ptr<IDeliveryOptimizationFile2> of_one, of_two;
  ASSERT_EQ(job2->AddFile(L"same", url().c_str(), 0, nullptr, IID_PPV_ARGS(one.put())), S_OK);
  ASSERT_EQ(job2->AddFile(L"same", url().c_str(), 0, nullptr, IID_PPV_ARGS(two.put())), S_OK);
  ASSERT_EQ(one.as(of_one), S_OK);
  ASSERT_EQ(two.as(of_two), S_OK);
  EXPECT_EQ(set(*of_two, DOFilePropertyId_DownloadSinkFilePath, local("two")), S_OK);
  EXPECT_EQ(set(*of_one, DOFilePropertyId_DownloadSinkFilePath, local("one")), S_OK);
}

TEST_P(Delivery, properties_of_files_are_read_back) {
  ASSERT_EQ(job1->AddFileWithRanges(L"id", url().c_str(), wide(local("x")).c_str(), 0, nullptr, 0), S_OK);
  com_ptr<IDeliveryOptimizationFile2> file;
  ASSERT_EQ(first_file(*job).as(file), S_OK);
  VARIANT value{};
  EXPECT_EQ(file->GetProperty(DOFilePropertyId_TotalSizeBytes, &value), E_NOT_SET);
  EXPECT_EQ(value.vt, VT_EMPTY);
  value.vt = VT_UI8;
  value.ullVal = kSize;
  EXPECT_EQ(file->SetProperty(DOFilePropertyId_TotalSizeBytes, &value), S_OK);
  value = {};
  EXPECT_EQ(file->GetProperty(DOFilePropertyId_TotalSizeBytes, &value), S_OK);
  EXPECT_EQ(value.vt, VT_UI8);
  EXPECT_EQ(value.ullVal, kSize);
  EXPECT_EQ(file->GetProperty(DOFilePropertyId_IntegrityCheckMandatory, &value), S_OK);
  EXPECT_EQ(value.vt, VT_BOOL);
  EXPECT_EQ(value.boolVal, VARIANT_FALSE);
  value.boolVal = VARIANT_TRUE;
  EXPECT_EQ(file->SetProperty(DOFilePropertyId_IntegrityCheckMandatory, &value), S_OK);
  value = {};
  EXPECT_EQ(file->GetProperty(DOFilePropertyId_IntegrityCheckMandatory, &value), S_OK);
  EXPECT_EQ(value.boolVal, VARIANT_TRUE);
}

// A check that is wanted and can't be made is an error; docs/pieces-hash-file.md has the rest.
TEST_P(Delivery, a_mandatory_check_needs_its_hashes) {
  ASSERT_EQ(job1->AddFileWithRanges(L"id", url().c_str(), wide(local("x")).c_str(), 0, nullptr, 0), S_OK);
  com_ptr<IDeliveryOptimizationFile2> file;
  ASSERT_EQ(first_file(*job).as(file), S_OK);
  ASSERT_EQ(
      set(*file, DOFilePropertyId_IntegrityCheckInfo, R"({"PiecesHashFileUrl": ")" + origin.url("/no-hashes") + "\"}"),
      S_OK);
  VARIANT mandatory{};
  mandatory.vt = VT_BOOL;
  mandatory.boolVal = VARIANT_TRUE;
  ASSERT_EQ(file->SetProperty(DOFilePropertyId_IntegrityCheckMandatory, &mandatory), S_OK);
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_errors(1));
  VARIANT text{};
  EXPECT_EQ(job2->GetProperty(DOJobPropertyId_ExtendedErrorInfo, &text), S_OK);
  EXPECT_NE(std::wstring(text.bstrVal).find(L"hash"), std::wstring::npos);
  VariantClear(&text);
  EXPECT_TRUE(origin.requests_of("/x").empty());
}

}  // namespace
}  // namespace dosvc
