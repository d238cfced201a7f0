// many_files_job URL FOLDER COUNT: one job of the DO view brings URL/0 … to FOLDER/0 …, as a program would do it.

#include <deliveryoptimization.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

namespace {

class Ear final : public dosvc::Object<IBackgroundCopyCallback> {
 public:
  std::promise<int> done;

  HRESULT JobTransferred(IBackgroundCopyJob* job) noexcept override {
    const HRESULT completed = job->Complete();
    done.set_value(completed == S_OK ? 0 : 1);
    return S_OK;
  }
  HRESULT JobError(IBackgroundCopyJob* job, IBackgroundCopyError* error) noexcept override {
    LPWSTR text = nullptr;
    if (error->GetErrorDescription(0x0409, &text) == S_OK) std::fprintf(stderr, "%ls\n", text);
    CoTaskMemFree(text);
    job->Cancel();
    done.set_value(1);
    return S_OK;
  }
  HRESULT JobModification(IBackgroundCopyJob*, DWORD) noexcept override { return S_OK; }
};

int refused(const char* call, HRESULT code) {
  std::fprintf(stderr, "%s: 0x%08X\n", call, static_cast<unsigned>(code));
  return 1;
}

HRESULT add_files(IBackgroundCopyJob& job, const std::wstring& url, const std::wstring& folder, int count) {
  std::vector<std::wstring> names;
  for (int i = 0; i < count; ++i) {
    names.push_back(url + L"/" + std::to_wstring(i));
    names.push_back(folder + L"/" + std::to_wstring(i));
  }
  std::vector<BG_FILE_INFO> files;
  for (std::size_t i = 0; i < names.size(); i += 2) files.push_back({names[i].data(), names[i + 1].data()});
  return job.AddFileSet(static_cast<ULONG>(files.size()), files.data());
}

int run(const std::wstring& url, const std::wstring& folder, int count) {
  dosvc::com_ptr<IBackgroundCopyManager> queue;
  HRESULT hr = CoCreateInstance(CLSID_DeliveryOptimization, nullptr, CLSCTX_LOCAL_SERVER, IID_PPV_ARGS(queue.put()));
  if (hr != S_OK) return refused("CoCreateInstance", hr);
  dosvc::com_ptr<IBackgroundCopyJob> job;
  GUID id;
  if (hr = queue->CreateJob(L"many files", BG_JOB_TYPE_DOWNLOAD, &id, job.put()); hr != S_OK) {
    return refused("CreateJob", hr);
  }
  if (hr = add_files(*job, url, folder, count); hr != S_OK) return refused("AddFileSet", hr);
  const auto ear = dosvc::make_object<Ear>();
  std::future<int> done = ear->done.get_future();
  if (hr = job->SetNotifyInterface(ear.get()); hr != S_OK) return refused("SetNotifyInterface", hr);
  if (hr = job->Resume(); hr != S_OK) return refused("Resume", hr);
  return done.get();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  CoInitializeEx(nullptr, COINIT_MULTITHREADED);
  const int status =
      run(std::filesystem::path(argv[1]).wstring(), std::filesystem::path(argv[2]).wstring(), std::atoi(argv[3]));
  CoUninitialize();
  return status;
}
