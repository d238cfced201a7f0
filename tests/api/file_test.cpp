#include "api/api_fixture.h"

#include <fstream>
#include <span>
#include <sstream>
#include <vector>

// Files of a job ("IBackgroundCopyFile interface" to "IBackgroundCopyFile6 interface", "IBackgroundCopyJob3
// interface"): their names, their parts, and what the program may say of them.

namespace dosvc {
namespace {

std::string content_of_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class Files : public BothViews {
 protected:
  void SetUp() override {
    BothViews::SetUp();
    origin.serve("/x", {.size = kSize, .seed = kSeed});
    origin.serve("/missing", {.rules = {origin::always(origin::status(404))}});
  }
  void TearDown() override {
    job_ = nullptr;
    BothViews::TearDown();
  }
  // One file at `path`; its ear hears of the end.
  com_ptr<IBackgroundCopyFile6> file_for(const std::string& path) { return file_of(job_for(path, ear.get())); }
  com_ptr<IBackgroundCopyFile6> file_of(com_ptr<IBackgroundCopyJob> job) {
    com_ptr<IBackgroundCopyFile6> file;
    EXPECT_EQ(first_file(*job).as(file), S_OK);
    EXPECT_EQ(job.as(job_), S_OK);
    return file;
  }
  void download() {
    ASSERT_EQ(job_->Resume(), S_OK);
    ASSERT_TRUE(ear->wait_for_transferred());
  }
  static std::string text(IBackgroundCopyFile6& file, HRESULT (IBackgroundCopyFile3::*get)(LPWSTR*)) {
    LPWSTR name = nullptr;
    EXPECT_EQ((file.*get)(&name), S_OK);
    return narrow(name);
  }
  std::string bytes(std::uint64_t from, std::uint64_t count) const {
    std::string all(count, '\0');
    origin::fill_content(kSeed, from, std::as_writable_bytes(std::span(all)));
    return all;
  }
  static std::vector<std::pair<UINT64, UINT64>> taken(DWORD count, BG_FILE_RANGE* ranges) {
    std::vector<std::pair<UINT64, UINT64>> list;
    for (DWORD i = 0; i < count; ++i) list.emplace_back(ranges[i].InitialOffset, ranges[i].Length);
    CoTaskMemFree(ranges);
    return list;
  }

  static constexpr std::uint64_t kSize = 200'000;
  static constexpr std::uint64_t kSeed = 6;
  const com_ptr<Ear> ear = make_object<Ear>();
  com_ptr<IBackgroundCopyJob5> job_;
};
FOR_BOTH_VIEWS(Files);
using Ranges = std::vector<std::pair<UINT64, UINT64>>;

// ---- Names

TEST_P(Files, the_temporary_file_can_be_read_before_complete) {
  const auto file = file_for("/x");
  const std::string name = text(*file, &IBackgroundCopyFile3::GetTemporaryName);
  EXPECT_EQ(std::filesystem::path(name).parent_path(), folder / "dl");
  EXPECT_FALSE(std::filesystem::exists(name)) << "not begun";
  download();
  EXPECT_EQ(origin::first_difference(name, kSeed, kSize), std::nullopt);
  EXPECT_EQ(job_->Complete(), S_OK);
  EXPECT_FALSE(std::filesystem::exists(name));
  EXPECT_EQ(text(*file, &IBackgroundCopyFile3::GetTemporaryName), name) << "goes on answering";
}

TEST_P(Files, another_remote_name_mends_a_job_in_error) {
  const auto file = file_for("/missing");
  ASSERT_EQ(job_->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for_errors(1));
  EXPECT_EQ(file->SetRemoteName(wide(origin.url("/x")).c_str()), S_OK);
  LPWSTR name = nullptr;
  EXPECT_EQ(file->GetRemoteName(&name), S_OK);
  EXPECT_EQ(narrow(name), origin.url("/x"));
  download();
}

TEST_P(Files, a_prefix_is_replaced_in_all_remote_names_that_have_it) {
  const auto job = job_for("/missing", ear.get());
  ASSERT_EQ(add(*job, "/x", "second"), S_OK);
  const auto file = file_of(job);
  const std::wstring missing = wide(origin.url("/missing")), x = wide(origin.url("/x"));
  EXPECT_EQ(job_->ReplaceRemotePrefix(L"HTTP://", L"http://"), S_FALSE) << "the case counts";
  EXPECT_EQ(job_->ReplaceRemotePrefix(missing.c_str(), L"ftp://h/x"), E_INVALIDARG);
  EXPECT_EQ(job_->ReplaceRemotePrefix(missing.c_str(), (L"http://h/" + std::wstring(2200, L'x')).c_str()),
            E_INVALIDARG);
  EXPECT_EQ(job_->ReplaceRemotePrefix(missing.c_str(), x.c_str()), S_OK);
  EXPECT_EQ(job_->ReplaceRemotePrefix(missing.c_str(), x.c_str()), S_FALSE);
  download();
}

// ---- What came

TEST_P(Files, the_last_answers_headers_are_told) {
  const auto file = file_for("/x");
  BITS_FILE_PROPERTY_VALUE value{};
  ASSERT_EQ(file->GetProperty(BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, &value), S_OK);
  EXPECT_EQ(narrow(value.String), "");
  download();
  ASSERT_EQ(file->GetProperty(BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, &value), S_OK);
  const std::string headers = narrow(value.String);
  EXPECT_TRUE(headers.starts_with("HTTP/1.1 200 ")) << headers;
  EXPECT_NE(headers.find("Content-Length: 200000\r\n"), std::string::npos) << headers;
}

TEST_P(Files, all_bytes_come_from_the_origin) {
  const auto file = file_for("/x");
  download();
  UINT64 from_origin = 9, from_peers = 9;
  EXPECT_EQ(file->GetPeerDownloadStats(&from_origin, &from_peers), S_OK);
  EXPECT_EQ(from_origin, kSize);
  EXPECT_EQ(from_peers, 0u);
  BOOL from_peer = 9;
  EXPECT_EQ(file->IsDownloadedFromPeer(&from_peer), S_OK);
  EXPECT_EQ(from_peer, FALSE);
}

TEST_P(Files, content_that_the_program_finds_wrong_is_fetched_again) {
  const auto file = file_for("/x");
  download();
  ASSERT_EQ(file->SetValidationState(FALSE), S_OK);
  com_ptr<IBackgroundCopyError> error;
  BG_ERROR_CONTEXT context{};
  HRESULT code = S_OK;
  ASSERT_EQ(job_->GetError(error.put()), S_OK);
  EXPECT_EQ(error->GetError(&context, &code), S_OK);
  EXPECT_EQ(code, BG_E_VALIDATION_FAILED);
  BG_FILE_PROGRESS progress{};
  EXPECT_EQ(file->GetProgress(&progress), S_OK);
  EXPECT_EQ(progress.BytesTransferred, 0u);
  ASSERT_EQ(job_->Resume(), S_OK);
  EXPECT_TRUE(ear->wait_for_transferred(2));
  EXPECT_EQ(origin.requests_of("/x").size(), 2u);
}

// ---- Ranges ("IBackgroundCopyJob3::AddFileWithRanges")

TEST_P(Files, ranges_stand_in_the_local_file_in_the_order_given) {
  com_ptr<IBackgroundCopyJob3> job;
  ASSERT_EQ(new_job().as(job), S_OK);
  BG_FILE_RANGE ranges[] = {{100'000, 100}, {199'000, BG_LENGTH_TO_EOF}, {0, 10}};
  ASSERT_EQ(job->AddFileWithRanges(wide(origin.url("/x")).c_str(), wide(local("parts")).c_str(), 3, ranges), S_OK);
  ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
  const auto file = file_of(job);
  DWORD count = 0;
  BG_FILE_RANGE* list = nullptr;
  ASSERT_EQ(file->GetFileRanges(&count, &list), S_OK);
  EXPECT_EQ(taken(count, list), (Ranges{{100'000, 100}, {199'000, BG_LENGTH_TO_EOF}, {0, 10}}));
  EXPECT_EQ(file->GetFilledFileRanges(&count, &list), BG_E_RANDOM_ACCESS_NOT_SUPPORTED);
  EXPECT_EQ(list, nullptr);
  download();
  BG_FILE_PROGRESS progress{};
  EXPECT_EQ(file->GetProgress(&progress), S_OK);
  EXPECT_EQ(progress.BytesTotal, 1110u);
  EXPECT_EQ(progress.BytesTransferred, 1110u);
  EXPECT_EQ(job_->Complete(), S_OK);
  EXPECT_EQ(content_of_file(local("parts")), bytes(100'000, 100) + bytes(199'000, 1000) + bytes(0, 10));
}

TEST_P(Files, ranges_beyond_the_file_and_servers_without_ranges_are_errors) {
  origin.serve("/whole", {.size = 1000, .rules = {origin::always({.range = origin::RangeAnswer::ignored})}});
  const struct {
    const char* path;
    BG_FILE_RANGE range;
    HRESULT code;
  } kCases[] = {{"/x", {kSize, 1}, BG_E_INVALID_RANGE},
                {"/x", {kSize - 1, 2}, BG_E_INVALID_RANGE},
                {"/whole", {10, 10}, BG_E_INSUFFICIENT_RANGE_SUPPORT}};
  int errors = 0;
  for (const auto& each : kCases) {
    com_ptr<IBackgroundCopyJob3> job;
    ASSERT_EQ(new_job().as(job), S_OK);
    BG_FILE_RANGE range = each.range;
    ASSERT_EQ(job->AddFileWithRanges(wide(origin.url(each.path)).c_str(), wide(local("part")).c_str(), 1, &range),
              S_OK);
    ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
    ASSERT_EQ(job->Resume(), S_OK);
    ASSERT_TRUE(ear->wait_for_errors(++errors));
    com_ptr<IBackgroundCopyError> error;
    BG_ERROR_CONTEXT context{};
    HRESULT code = S_OK;
    ASSERT_EQ(job->GetError(error.put()), S_OK);
    EXPECT_EQ(error->GetError(&context, &code), S_OK);
    const HRESULT said = code == DO_E_INSUFFICIENT_RANGE_SUPPORT ? BG_E_INSUFFICIENT_RANGE_SUPPORT : code;
    EXPECT_EQ(view().said(said), view().said(each.code)) << each.path << " " << each.range.InitialOffset;
  }
}

// ---- On demand ("IBackgroundCopyFile6 interface")

class OnDemand : public Files {
 protected:
  com_ptr<IBackgroundCopyFile6> file_on_demand() {
    com_ptr<IBackgroundCopyJob5> job;
    EXPECT_EQ(new_job().as(job), S_OK);
    BITS_JOB_PROPERTY_VALUE value;
    value.Enable = TRUE;
    EXPECT_EQ(job->SetProperty(BITS_JOB_PROPERTY_ON_DEMAND_MODE, value), S_OK);
    EXPECT_EQ(add(*job, "/x", "x"), S_OK);
    EXPECT_EQ(job->SetNotifyFlags(BG_NOTIFY_JOB_MODIFICATION | BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR), S_OK);
    EXPECT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
    return file_of(job);
  }
  Ranges filled(IBackgroundCopyFile6& file) {
    DWORD count = 0;
    BG_FILE_RANGE* list = nullptr;
    EXPECT_EQ(file.GetFilledFileRanges(&count, &list), S_OK);
    return taken(count, list);
  }
};
FOR_BOTH_VIEWS(OnDemand);

TEST_P(OnDemand, only_what_was_asked_for_comes_and_the_rest_later) {
  const auto file = file_on_demand();
  EXPECT_EQ(filled(*file), Ranges{});
  const BG_FILE_RANGE some[] = {{50'000, 1000}, {100, 100}, {150, 100}};
  ASSERT_EQ(file->RequestFileRanges(3, some), S_OK) << "they may overlap";
  ASSERT_EQ(file->UpdateDownloadPosition(50'000), S_OK);
  ASSERT_EQ(job_->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_until([&] { return filled(*file) == Ranges{{100, 150}, {50'000, 1000}}; }));
  ASSERT_TRUE(ear->wait_for_state(job_.get(), BG_JOB_STATE_SUSPENDED));
  const BG_FILE_RANGE beyond{kSize - 1, 2};
  EXPECT_EQ(file->RequestFileRanges(1, &beyond), view().said(BG_E_INVALID_RANGE));
  EXPECT_EQ(file->UpdateDownloadPosition(kSize), view().said(BG_E_INVALID_RANGE));
  const BG_FILE_RANGE all{0, BG_LENGTH_TO_EOF};
  ASSERT_EQ(file->RequestFileRanges(1, &all), S_OK);
  download();
  EXPECT_EQ(filled(*file), (Ranges{{0, kSize}}));
  EXPECT_EQ(job_->Complete(), S_OK);
  EXPECT_EQ(origin::first_difference(local("x"), kSeed, kSize), std::nullopt);
}

TEST_P(OnDemand, a_plain_file_tells_what_is_there) {
  const auto file = file_for("/x");
  EXPECT_EQ(filled(*file), Ranges{});
  download();
  EXPECT_EQ(filled(*file), (Ranges{{0, kSize}}));
}

}  // namespace
}  // namespace dosvc
