#include "api/api_fixture.h"

#include <atomic>
#include <vector>

// "IBackgroundCopyCallback2::FileTransferred", "IBackgroundCopyCallback3::FileRangesTransferred". When a refused call
// is repeated is tested in the engine, where time is a fake; here once, in real time.

namespace dosvc {
namespace {

// Writes down what it is told, in order; answers as a test wants.
class FileEar final : public Object<IBackgroundCopyCallback3> {
 public:
  std::function<HRESULT(IBackgroundCopyJob*, IBackgroundCopyFile*)> on_file;

  std::vector<std::string> heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  bool wait_for(const std::string& what) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience,
                             [&] { return std::find(heard_.begin(), heard_.end(), what) != heard_.end(); });
  }

  HRESULT STDMETHODCALLTYPE JobTransferred(IBackgroundCopyJob*) override { return note("transferred", S_OK); }
  HRESULT STDMETHODCALLTYPE JobError(IBackgroundCopyJob*, IBackgroundCopyError*) override {
    return note("error", S_OK);
  }
  HRESULT STDMETHODCALLTYPE JobModification(IBackgroundCopyJob*, DWORD) override { return S_OK; }
  HRESULT STDMETHODCALLTYPE FileTransferred(IBackgroundCopyJob* job, IBackgroundCopyFile* file) override {
    const HRESULT answer = on_file ? on_file(job, file) : S_OK;
    return note("file " + name_of(*file), answer);
  }
  HRESULT STDMETHODCALLTYPE FileRangesTransferred(IBackgroundCopyJob*, IBackgroundCopyFile* file, DWORD count,
                                                  const BG_FILE_RANGE ranges[]) override {
    for (DWORD i = 0; i < count; ++i) {
      note("range " + name_of(*file) + " " + std::to_string(ranges[i].InitialOffset) + "+" +
               std::to_string(ranges[i].Length),
           S_OK);
    }
    return S_OK;
  }

 private:
  static std::string name_of(IBackgroundCopyFile& file) {
    LPWSTR path = nullptr;
    if (file.GetLocalName(&path) != S_OK) return "?";
    const std::filesystem::path local(path);
    CoTaskMemFree(path);
    return local.filename().string();
  }
  HRESULT note(const std::string& what, HRESULT answer) {
    const std::lock_guard lock(mutex_);
    heard_.push_back(what);
    changed_.notify_all();
    return answer;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> heard_;
};

constexpr ULONG kAll = BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR | BG_NOTIFY_FILE_TRANSFERRED;

class FileCallback : public BothViews {
 protected:
  void SetUp() override {
    BothViews::SetUp();
    origin.serve("/good", {.size = 10'000, .seed = 1});
    origin.serve("/missing", {.rules = {origin::always(origin::status(404))}});
  }
  com_ptr<IBackgroundCopyJob> job_with(const std::vector<std::pair<std::string, std::string>>& files, IUnknown* to,
                                       ULONG flags = kAll) {
    const auto job = new_job();
    for (const auto& [path, name] : files) EXPECT_EQ(add(*job, path, name), S_OK);
    EXPECT_EQ(job->SetNotifyFlags(flags), S_OK);
    EXPECT_EQ(job->SetNotifyInterface(to), S_OK);
    return job;
  }

  const com_ptr<FileEar> ear = make_object<FileEar>();
};
FOR_BOTH_VIEWS(FileCallback);

TEST_P(FileCallback, each_file_is_told_once_and_before_the_job) {
  const auto job = job_with({{"/good", "a"}, {"/good", "b"}}, ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for("transferred"));
  auto heard = ear->heard();
  ASSERT_EQ(heard.size(), 3u);
  EXPECT_EQ(heard.back(), "transferred");
  std::sort(heard.begin(), heard.end());
  EXPECT_EQ(heard, (std::vector<std::string>{"file a", "file b", "transferred"}));
}

TEST_P(FileCallback, a_file_is_told_before_the_error_of_another) {
  const auto job = job_with({{"/good", "a"}}, ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for("transferred"));
  ASSERT_EQ(add(*job, "/missing", "b"), S_OK);
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for("error"));
  EXPECT_EQ(ear->heard(), (std::vector<std::string>{"file a", "transferred", "error"}));
}

TEST_P(FileCallback, nothing_but_s_ok_is_taken) {
  std::atomic<int> calls = 0;
  ear->on_file = [&](IBackgroundCopyJob*, IBackgroundCopyFile*) { return ++calls == 1 ? E_FAIL : S_OK; };
  const auto job = job_with({{"/good", "a"}}, ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for("transferred"));
  EXPECT_EQ(ear->heard(), (std::vector<std::string>{"file a", "file a", "transferred"}));
}

TEST_P(FileCallback, the_content_can_be_judged_from_inside) {
  std::atomic<int> calls = 0;
  std::vector<HRESULT> results;
  ear->on_file = [&](IBackgroundCopyJob*, IBackgroundCopyFile* file) {
    com_ptr<IBackgroundCopyFile3> judged;
    results.push_back(file->QueryInterface(IID_PPV_ARGS(judged.put())));
    LPWSTR name = nullptr;
    results.push_back(judged->GetTemporaryName(&name));
    if (origin::first_difference(narrow(name), 1, 10'000)) results.push_back(E_FAIL);
    results.push_back(judged->SetValidationState(++calls == 1 ? FALSE : TRUE));
    return S_OK;
  };
  const auto job = job_with({{"/good", "a"}}, ear.get());
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for("error"));
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for("transferred"));
  EXPECT_EQ(results, std::vector<HRESULT>(6, S_OK));
}

TEST_P(FileCallback, programs_without_the_interface_are_told_the_rest) {
  const auto old = make_object<Ear>();
  const auto job = job_with({{"/good", "a"}}, old.get());
  ASSERT_EQ(job->Resume(), S_OK);
  EXPECT_TRUE(old->wait_for_transferred());
}

TEST_P(FileCallback, without_the_flag_no_file_is_told) {
  const auto job = job_with({{"/good", "a"}}, ear.get(), BG_NOTIFY_JOB_TRANSFERRED);
  ASSERT_EQ(job->Resume(), S_OK);
  ASSERT_TRUE(ear->wait_for("transferred"));
  EXPECT_EQ(ear->heard(), (std::vector<std::string>{"transferred"}));
}

// On demand ("IBackgroundCopyFile6::RequestFileRanges"). The pages of Delivery Optimization call the flag not
// supported.
TEST_P(FileCallback, ranges_that_were_asked_for_are_told) {
  com_ptr<IBackgroundCopyJob5> job;
  ASSERT_EQ(new_job().as(job), S_OK);
  BITS_JOB_PROPERTY_VALUE on_demand;
  on_demand.Enable = TRUE;
  ASSERT_EQ(job->SetProperty(BITS_JOB_PROPERTY_ON_DEMAND_MODE, on_demand), S_OK);
  ASSERT_EQ(add(*job, "/good", "a"), S_OK);
  if (!view().bits()) {
    EXPECT_EQ(job->SetNotifyFlags(BG_NOTIFY_FILE_RANGES_TRANSFERRED), E_NOTIMPL);
    return;
  }
  ASSERT_EQ(job->SetNotifyFlags(BG_NOTIFY_FILE_RANGES_TRANSFERRED), S_OK);
  ASSERT_EQ(job->SetNotifyInterface(ear.get()), S_OK);
  const BG_FILE_RANGE ranges[] = {{5000, 10}, {100, 50}};
  ASSERT_EQ(first_file(*job).try_as<IBackgroundCopyFile6>()->RequestFileRanges(2, ranges), S_OK);
  ASSERT_EQ(job->Resume(), S_OK);
  EXPECT_TRUE(ear->wait_for("range a 5000+10"));
  EXPECT_TRUE(ear->wait_for("range a 100+50"));
}

}  // namespace
}  // namespace dosvc
