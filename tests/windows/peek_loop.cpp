// A client as those of Windows are: one apartment, a loop that peeks for messages, and a callback object that ends the
// loop by posting WM_QUIT to its own thread.
#include <Bits.h>
#include <SDKDDKVer.h>
#include <Windows.h>
#include <lm.h>
#include <stdio.h>
#include <strsafe.h>
#include <tchar.h>

class Callback : public IBackgroundCopyCallback2 {
  LONG m_references = 1;
  DWORD m_thread = GetCurrentThreadId();

 public:
  virtual ~Callback() = default;

  HRESULT __stdcall QueryInterface(REFIID riid, LPVOID* object) override {
    if (riid == __uuidof(IUnknown) || riid == __uuidof(IBackgroundCopyCallback) ||
        riid == __uuidof(IBackgroundCopyCallback2)) {
      *object = static_cast<IBackgroundCopyCallback2*>(this);
      AddRef();
      return NOERROR;
    }
    *object = NULL;
    return E_NOINTERFACE;
  }
  ULONG __stdcall AddRef() override { return static_cast<ULONG>(InterlockedIncrement(&m_references)); }
  ULONG __stdcall Release() override {
    const ULONG left = static_cast<ULONG>(InterlockedDecrement(&m_references));
    if (left == 0) delete this;
    return left;
  }

  HRESULT __stdcall JobTransferred(_In_ IBackgroundCopyJob* job) override {
    wprintf(L"transferred, on %s thread\n", GetCurrentThreadId() == m_thread ? L"its own" : L"another");
    const HRESULT hr = job->Complete();
    if (FAILED(hr)) wprintf(L"not completed: %x\n", static_cast<unsigned>(hr));
    PostMessage(NULL, WM_QUIT, 0, 0);
    return S_OK;
  }
  HRESULT __stdcall JobError(_In_ IBackgroundCopyJob* job, _In_ IBackgroundCopyError* error) override {
    WCHAR* name = NULL;
    WCHAR* description = NULL;
    if (SUCCEEDED(job->GetDisplayName(&name)) &&
        SUCCEEDED(error->GetErrorDescription(LANGIDFROMLCID(GetThreadLocale()), &description))) {
      wprintf(L"error of %s: %s\n", name, description);
    }
    CoTaskMemFree(name);
    CoTaskMemFree(description);
    job->Cancel();
    PostMessage(NULL, WM_QUIT, 1, 0);
    return S_OK;
  }
  HRESULT __stdcall JobModification(IBackgroundCopyJob*, DWORD) override { return S_OK; }
  HRESULT __stdcall FileTransferred(IBackgroundCopyJob*, IBackgroundCopyFile*) override { return S_OK; }
};

static HRESULT Begin(_In_ LPCWSTR url, _In_ LPCWSTR file, _Outptr_ IBackgroundCopyJob** job) {
  IBackgroundCopyManager* queue = NULL;
  HRESULT hr = CoCreateInstance(__uuidof(BackgroundCopyManager), NULL, CLSCTX_LOCAL_SERVER,
                                __uuidof(IBackgroundCopyManager), reinterpret_cast<void**>(&queue));
  if (FAILED(hr)) return hr;
  WCHAR name[MAX_PATH];
  GUID id;
  hr = StringCchPrintf(name, ARRAYSIZE(name), TEXT("peek %lu of %s"), 1UL, TEXT("many"));
  if (SUCCEEDED(hr)) hr = queue->CreateJob(name, BG_JOB_TYPE_DOWNLOAD, &id, job);
  queue->Release();
  if (FAILED(hr)) return hr;
  Callback* callback = new Callback;
  hr = (*job)->SetNotifyInterface(callback);
  callback->Release();
  if (SUCCEEDED(hr)) hr = (*job)->SetNotifyFlags(BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR);
  if (SUCCEEDED(hr)) hr = (*job)->AddFile(url, file);
  if (SUCCEEDED(hr)) hr = (*job)->Resume();
  if (SUCCEEDED(hr)) return hr;
  (*job)->Cancel();
  (*job)->Release();
  return hr;
}

int _cdecl _tmain(int argc, LPWSTR* argv) {
  if (argc != 3) {
    wprintf(L"usage: %s URL FILE\n", argv[0]);
    return 2;
  }
  HRESULT hr = CoInitializeEx(NULL, COINIT_APARTMENTTHREADED);
  if (FAILED(hr)) return 3;
  hr = CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_IMP_LEVEL_IMPERSONATE, NULL,
                            EOAC_NONE, 0);
  IBackgroundCopyJob* job = NULL;
  if (SUCCEEDED(hr)) hr = Begin(argv[1], argv[2], &job);
  if (FAILED(hr)) {
    wprintf(L"not begun: %x\n", static_cast<unsigned>(hr));
    CoUninitialize();
    return 4;
  }
  printf("begun: %ws\n", argv[2]);
  WPARAM code = 5;
  for (bool quit = false; !quit;) {
    MSG message;
    MsgWaitForMultipleObjects(0, NULL, FALSE, INFINITE, QS_ALLINPUT);
    while (PeekMessage(&message, NULL, 0, 0, PM_REMOVE)) {
      if (message.message == WM_QUIT) {
        quit = true;
        code = message.wParam;
      }
      DispatchMessage(&message);
    }
  }
  job->Release();
  CoUninitialize();
  return static_cast<int>(code);
}
