// No apartment of its own, no message loop: the callback sets an event on a thread of the library, under a lock, while
// the main thread polls the job's state with a timer. The ways of telling ids and times.
#include <bits.h>
#include <stdio.h>
#include <string.h>
#include <tchar.h>
#include <windows.h>

struct Report {
  CRITICAL_SECTION lock;
  HANDLE done;
  HRESULT result;
};

class Callback final : public dosvc::Object<IBackgroundCopyCallback> {
 public:
  explicit Callback(Report* report) : m_report(report) {}
  HRESULT STDMETHODCALLTYPE JobTransferred(IBackgroundCopyJob* job) override {
    End(S_OK);
    return job->Complete();
  }
  HRESULT STDMETHODCALLTYPE JobError(IBackgroundCopyJob* job, IBackgroundCopyError* error) override {
    BG_ERROR_CONTEXT context;
    HRESULT code = E_FAIL;
    error->GetError(&context, &code);
    job->Cancel();
    End(code);
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE JobModification(IBackgroundCopyJob*, DWORD) override { return S_OK; }

 private:
  void End(HRESULT result) {
    EnterCriticalSection(&m_report->lock);
    m_report->result = result;
    LeaveCriticalSection(&m_report->lock);
    SetEvent(m_report->done);
  }
  Report* m_report;
};

static void ShowTimes(IBackgroundCopyJob* job) {
  BG_JOB_TIMES times;
  FILETIME now, local;
  SYSTEMTIME date;
  GetSystemTimeAsFileTime(&now);
  if (SUCCEEDED(job->GetTimes(&times)) && CompareFileTime(&times.CreationTime, &now) <= 0 &&
      FileTimeToLocalFileTime(&times.CreationTime, &local) && FileTimeToSystemTime(&local, &date)) {
    printf("created: %04u-%02u-%02u\n", date.wYear, date.wMonth, date.wDay);
  }
}

static void ShowProgress(IBackgroundCopyJob* job) {
  BG_JOB_PROGRESS progress;
  if (SUCCEEDED(job->GetProgress(&progress)))
    printf("%llu of %I64u bytes, %lu of %lu files\n", progress.BytesTransferred, progress.BytesTotal,
           progress.FilesTransferred, progress.FilesTotal);
}

static HRESULT Wait(IBackgroundCopyJob* job, Report* report) {
  const HANDLE timer = CreateWaitableTimer(NULL, FALSE, L"poll");
  LARGE_INTEGER due;
  due.QuadPart = -10000LL;
  SetWaitableTimer(timer, &due, 10, NULL, NULL, FALSE);
  const HANDLE objects[] = {report->done, timer};
  while (WaitForMultipleObjects(ARRAYSIZE(objects), objects, FALSE, INFINITE) != WAIT_OBJECT_0) {
    BG_JOB_STATE state;
    if (FAILED(job->GetState(&state))) break;
  }
  CloseHandle(timer);
  EnterCriticalSection(&report->lock);
  const HRESULT result = report->result;
  LeaveCriticalSection(&report->lock);
  return result;
}

static HRESULT Download(LPCWSTR url, LPCWSTR file, Report* report) {
  dosvc::com_ptr<IBackgroundCopyManager> queue;
  dosvc::com_ptr<IBackgroundCopyJob> job;
  GUID id, again;
  WCHAR text[39];
  HRESULT hr = CoCreateInstance(__uuidof(BackgroundCopyManager), NULL, CLSCTX_LOCAL_SERVER, IID_PPV_ARGS(queue.put()));
  if (SUCCEEDED(hr)) hr = queue->CreateJob(_T("event"), BG_JOB_TYPE_DOWNLOAD, &id, job.put());
  if (FAILED(hr)) return hr;
  StringFromGUID2(id, text, ARRAYSIZE(text));
  hr = CLSIDFromString(text, &again);
  if (FAILED(hr) || !IsEqualGUID(id, again)) return E_UNEXPECTED;
  hr = job->AddFile(url, file);
  if (SUCCEEDED(hr)) hr = job->SetNotifyInterface(dosvc::make_object<Callback>(report).get());
  if (SUCCEEDED(hr)) hr = job->Resume();
  if (FAILED(hr)) {
    job->Cancel();
    return hr;
  }
  ShowTimes(job.get());
  hr = Wait(job.get(), report);
  ShowProgress(job.get());
  return hr;
}

int _tmain(int argc, _TCHAR* argv[]) {
  if (argc != 3 || FAILED(CoInitializeEx(NULL, COINIT_MULTITHREADED))) return 2;
  Report report;
  ZeroMemory(&report, sizeof(report));
  InitializeCriticalSection(&report.lock);
  report.done = CreateEvent(NULL, TRUE, FALSE, NULL);
  const HRESULT hr = Download(argv[1], argv[2], &report);
  CoUninitialize();
  CloseHandle(report.done);
  DeleteCriticalSection(&report.lock);
  printf("result %08X\n", static_cast<unsigned>(hr));
  return SUCCEEDED(hr) ? 0 : 1;
}
