#pragma once

#include <deliveryoptimization.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "api/ear.h"
#include "api/end_services.h"
#include "origin/content.h"
#include "origin/origin.h"

namespace dosvc {

// A program that uses libdosvc, an origin to download from, a folder to download into, and a queue of its own.
class ApiTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "dosvc-api.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    std::filesystem::create_directory(folder / "dl");
    ::setenv("DOSVC_STATE_DIR", (folder / "state").c_str(), 1);
    ::setenv("XDG_CONFIG_HOME", (folder / "config").c_str(), 1);
    ::setenv("DOSVC_MODE", "inproc", 0);  // unless the suite runs on a service
    for (const char* variable : {"DOSVC_ADDRESS", "http_proxy", "all_proxy", "ALL_PROXY"}) ::unsetenv(variable);
    ASSERT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
  }
  void TearDown() override {
    CoUninitialize();
    end_services(folder);
    std::filesystem::remove_all(folder);
  }

  // Whether the queue is in a service, and not in this process.
  static bool on_service() {
    const char* mode = ::getenv("DOSVC_MODE");
    return mode && std::string_view(mode) == "service";
  }

  static std::wstring wide(const std::string& ascii) { return {ascii.begin(), ascii.end()}; }
  static std::string narrow(LPWSTR out) {  // frees it
    std::string text;
    for (const wchar_t* c = out; c && *c; ++c) text += *c < 128 ? static_cast<char>(*c) : '?';
    CoTaskMemFree(out);
    return text;
  }

  com_ptr<IBackgroundCopyManager> manager_of(const CLSID& clsid) {
    com_ptr<IBackgroundCopyManager> manager;
    EXPECT_EQ(CoCreateInstance(clsid, nullptr, CLSCTX_LOCAL_SERVER, IID_PPV_ARGS(manager.put())), S_OK);
    return manager;
  }
  com_ptr<IBackgroundCopyJob> new_job(IBackgroundCopyManager& manager) {
    com_ptr<IBackgroundCopyJob> job;
    GUID id{};
    EXPECT_EQ(manager.CreateJob(L"a job", BG_JOB_TYPE_DOWNLOAD, &id, job.put()), S_OK);
    return job;
  }
  std::string local(const std::string& name) const { return (folder / "dl" / name).string(); }
  HRESULT add(IBackgroundCopyJob& job, const std::string& path, const std::string& name) {
    return job.AddFile(wide(origin.url(path)).c_str(), wide(local(name)).c_str());
  }
  BG_JOB_STATE state_of(IBackgroundCopyJob& job) {
    BG_JOB_STATE state = static_cast<BG_JOB_STATE>(-1);
    EXPECT_EQ(job.GetState(&state), S_OK);
    return state;
  }
  static com_ptr<IBackgroundCopyFile> first_file(IBackgroundCopyJob& job) {
    com_ptr<IEnumBackgroundCopyFiles> files;
    com_ptr<IBackgroundCopyFile> file;
    EXPECT_EQ(job.EnumFiles(files.put()), S_OK);
    EXPECT_EQ(files->Next(1, file.put(), nullptr), S_OK);
    return file;
  }
  // Ends what is behind the objects, and begins anew with what is on disk.
  com_ptr<IBackgroundCopyJob> after_a_restart(com_ptr<IBackgroundCopyJob> job, const CLSID& clsid) {
    GUID id{};
    EXPECT_EQ(job->GetId(&id), S_OK);
    job = nullptr;
    CoUninitialize();
    end_services(folder);
    EXPECT_EQ(CoInitializeEx(nullptr, COINIT_MULTITHREADED), S_OK);
    EXPECT_EQ(manager_of(clsid)->GetJob(id, job.put()), S_OK);
    return job;
  }
  std::size_t files_in_folder() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder / "dl")) ++count;
    return count;
  }

  origin::Origin origin;
  std::filesystem::path folder;
};

// The same for both class ids.
struct View {
  const char* name;
  const CLSID& clsid;
  HRESULT invalid_state, empty, not_found, no_error_now, file_not_available;
  BG_ERROR_CONTEXT context_of_404;

  bool bits() const { return clsid == CLSID_BackgroundCopyManager; }
  // A code of BITS in the words of this view (docs/api.md).
  HRESULT said(HRESULT code) const {
    static const std::map<HRESULT, HRESULT> kTwins = {
        {BG_E_NOT_FOUND, DO_E_JOB_NOT_FOUND},
        {BG_E_INVALID_STATE, DO_E_INVALID_STATE},
        {BG_E_EMPTY, DO_E_JOB_EMPTY},
        {BG_E_INVALID_RANGE, DO_E_INVALID_RANGE},
        {BG_E_OVERLAPPING_RANGES, DO_E_OVERLAPPING_RANGES},
        {BG_E_UNKNOWN_PROPERTY_ID, DO_E_UNKNOWN_PROPERTY_ID},
        {BG_E_READ_ONLY_PROPERTY, DO_E_READ_ONLY_PROPERTY},
    };
    const auto twin = kTwins.find(code);
    return bits() || twin == kTwins.end() ? code : twin->second;
  }
  friend std::ostream& operator<<(std::ostream& out, const View& view) { return out << view.name; }
};
inline const View kViews[] = {
    {"bits", CLSID_BackgroundCopyManager, BG_E_INVALID_STATE, BG_E_EMPTY, BG_E_NOT_FOUND,
     BG_E_ERROR_INFORMATION_UNAVAILABLE, BG_E_FILE_NOT_AVAILABLE, BG_ERROR_CONTEXT_REMOTE_FILE},
    {"delivery_optimization", CLSID_DeliveryOptimization, DO_E_INVALID_STATE, DO_E_JOB_EMPTY, DO_E_JOB_NOT_FOUND,
     DO_E_ERROR_INFORMATION_UNAVAILABLE, DO_E_FILE_NOT_AVAILABLE, BG_ERROR_CONTEXT_NONE},
};

class BothViews : public ApiTest, public testing::WithParamInterface<View> {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    manager = manager_of(view().clsid);
    ASSERT_TRUE(manager);
  }
  void TearDown() override {
    manager = nullptr;
    ApiTest::TearDown();
  }
  static const View& view() { return GetParam(); }
  com_ptr<IBackgroundCopyJob> new_job() { return ApiTest::new_job(*manager); }
  // One file at `path`, and `ear` to hear of it; not yet resumed.
  com_ptr<IBackgroundCopyJob> job_for(const std::string& path, Ear* ear = nullptr,
                                      ULONG flags = BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR |
                                                    BG_NOTIFY_JOB_MODIFICATION) {
    com_ptr<IBackgroundCopyJob> job = new_job();
    EXPECT_EQ(add(*job, path, path.substr(1)), S_OK);
    EXPECT_EQ(job->SetNotifyFlags(flags), S_OK);
    if (ear) {
      EXPECT_EQ(job->SetNotifyInterface(ear), S_OK);
    }
    return job;
  }

  com_ptr<IBackgroundCopyManager> manager;
};

#define FOR_BOTH_VIEWS(Suite)                                  \
  INSTANTIATE_TEST_SUITE_P(, Suite, testing::ValuesIn(kViews), \
                           [](const auto& each) { return std::string(each.param.name); })

}  // namespace dosvc
