// One apartment and a loop that gets messages until a callback has set a flag: nobody posts a message to it. Then an
// exchange of messages with a second thread.
#include <windows.h>

#include <bits1_5.h>
#include <stdio.h>

#include <thread>

class Callback final : public dosvc::Object<IBackgroundCopyCallback> {
 public:
  bool done = false;  // touched by the apartment's thread alone
  bool failed = false;

  HRESULT STDMETHODCALLTYPE JobTransferred(IBackgroundCopyJob* job) override {
    done = true;
    return job->Complete();
  }
  HRESULT STDMETHODCALLTYPE JobError(IBackgroundCopyJob* job, IBackgroundCopyError*) override {
    done = failed = true;
    return job->Cancel();
  }
  HRESULT STDMETHODCALLTYPE JobModification(IBackgroundCopyJob*, DWORD) override { return S_OK; }
};

static bool Download(LPCWSTR url, LPCWSTR file) {
  dosvc::com_ptr<IBackgroundCopyManager> queue;
  dosvc::com_ptr<IBackgroundCopyJob> job;
  GUID id{};
  const auto callback = dosvc::make_object<Callback>();
  if (FAILED(CoCreateInstance(CLSID_BackgroundCopyManager1_5, NULL, CLSCTX_ALL, IID_PPV_ARGS(queue.put()))) ||
      FAILED(queue->CreateJob(L"get", BG_JOB_TYPE_DOWNLOAD, &id, job.put())) || FAILED(job->AddFile(url, file)) ||
      FAILED(job->SetNotifyInterface(callback.get())) || FAILED(job->Resume())) {
    return false;
  }
  MSG message;
  while (!callback->done && GetMessage(&message, NULL, 0, 0) > 0) DispatchMessage(&message);
  return !callback->failed;
}

struct Echo {
  HANDLE ready;
  DWORD thread;
  DWORD asker;
};

// Posts back twice what it gets, until it is told to quit.
static void Answer(Echo* echo) {
  MSG message;
  PeekMessage(&message, NULL, WM_USER, WM_USER, PM_NOREMOVE);
  echo->thread = GetCurrentThreadId();
  SetEvent(echo->ready);
  while (GetMessage(&message, NULL, 0, 0) > 0) {
    TranslateMessage(&message);
    DispatchMessage(&message);
    PostThreadMessage(echo->asker, WM_APP, 2 * message.wParam, message.lParam);
  }
}

int wmain(int argc, wchar_t* argv[]) {
  if (argc != 3 || FAILED(CoInitialize(NULL))) return 2;
  const bool downloaded = Download(argv[1], argv[2]);
  CoUninitialize();
  if (!downloaded) return 1;

  Echo echo{CreateEvent(NULL, FALSE, FALSE, NULL), 0, GetCurrentThreadId()};
  std::thread answering(Answer, &echo);
  WaitForSingleObject(echo.ready, INFINITE);
  CloseHandle(echo.ready);
  MSG message{};
  PostThreadMessage(echo.thread, WM_APP, 21, -1);
  const BOOL got = GetMessage(&message, NULL, WM_APP, WM_APP);
  PostThreadMessage(echo.thread, WM_QUIT, 0, 0);
  answering.join();
  wprintf(L"got %d: %lu %ld\n", got, static_cast<DWORD>(message.wParam), static_cast<LONG>(message.lParam));
  return 0;
}
