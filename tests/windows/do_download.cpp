// A client of Delivery Optimization: the proxy's blanket, properties as VARIANTs, a status callback that sets an event.
#include <DeliveryOptimization.h>
#include <Windows.h>
#include <oleauto.h>
#include <stdio.h>

class StatusCallback : public IDODownloadStatusCallback {
  LONG m_references = 1;
  HANDLE m_ended;

 public:
  explicit StatusCallback(HANDLE ended) : m_ended(ended) {}
  virtual ~StatusCallback() = default;

  IFACEMETHODIMP QueryInterface(REFIID riid, void** object) override {
    *object = NULL;
    if (!IsEqualIID(riid, IID_IUnknown) && !IsEqualIID(riid, __uuidof(IDODownloadStatusCallback))) return E_NOINTERFACE;
    *object = static_cast<IDODownloadStatusCallback*>(this);
    AddRef();
    return S_OK;
  }
  IFACEMETHODIMP_(ULONG) AddRef() override { return static_cast<ULONG>(InterlockedIncrement(&m_references)); }
  IFACEMETHODIMP_(ULONG) Release() override {
    const LONG left = InterlockedDecrement(&m_references);
    if (left == 0) delete this;
    return static_cast<ULONG>(left);
  }
  IFACEMETHODIMP OnStatusChange(IDODownload*, const DO_DOWNLOAD_STATUS* status) override {
    if (status->State == DODownloadState_Transferred ||
        (status->State == DODownloadState_Paused && FAILED(status->Error)))
      SetEvent(m_ended);
    return S_OK;
  }
};

static HRESULT SetText(IDODownload* download, DODownloadProperty id, LPCWSTR text) {
  VARIANT value;
  VariantInit(&value);
  V_VT(&value) = VT_BSTR;
  V_BSTR(&value) = SysAllocString(text);
  const HRESULT hr = V_BSTR(&value) ? download->SetProperty(id, &value) : E_OUTOFMEMORY;
  VariantClear(&value);
  return hr;
}

static HRESULT SetCallback(IDODownload* download, HANDLE ended) {
  VARIANT value;
  VariantInit(&value);
  V_VT(&value) = VT_UNKNOWN;
  V_UNKNOWN(&value) = new StatusCallback(ended);
  const HRESULT hr = download->SetProperty(DODownloadProperty_CallbackInterface, &value);
  VariantClear(&value);
  return hr;
}

static HRESULT Run(IDODownload* download, LPCWSTR url, LPCWSTR file, HANDLE ended) {
  HRESULT hr = SetText(download, DODownloadProperty_Uri, url);
  if (SUCCEEDED(hr)) hr = SetText(download, DODownloadProperty_LocalPath, file);
  if (SUCCEEDED(hr)) hr = SetText(download, DODownloadProperty_DisplayName, OLESTR("do"));
  if (SUCCEEDED(hr)) hr = SetCallback(download, ended);
  if (SUCCEEDED(hr)) hr = download->Start(NULL);
  if (FAILED(hr)) return hr;
  WaitForSingleObject(ended, INFINITE);
  DO_DOWNLOAD_STATUS status;
  hr = download->GetStatus(&status);
  if (FAILED(hr)) return hr;
  wprintf(L"%llu of %I64u bytes\n", status.BytesTransferred, status.BytesTotal);
  if (status.State == DODownloadState_Transferred) return download->Finalize();
  download->Abort();
  return status.Error;
}

int wmain(int argc, wchar_t* argv[]) {
  if (argc != 3 || FAILED(CoInitializeEx(NULL, COINIT_MULTITHREADED))) return 2;
  const HANDLE ended = CreateEvent(NULL, TRUE, FALSE, NULL);
  IDOManager* manager = NULL;
  IDODownload* download = NULL;
  HRESULT hr = CoCreateInstance(__uuidof(DeliveryOptimization), NULL, CLSCTX_LOCAL_SERVER, IID_PPV_ARGS(&manager));
  if (SUCCEEDED(hr)) hr = manager->CreateDownload(&download);
  if (SUCCEEDED(hr)) {
    hr = CoSetProxyBlanket(download, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_DEFAULT, COLE_DEFAULT_PRINCIPAL,
                           RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_STATIC_CLOAKING);
  }
  if (SUCCEEDED(hr)) hr = Run(download, argv[1], argv[2], ended);
  if (download) download->Release();
  if (manager) manager->Release();
  CoUninitialize();
  CloseHandle(ended);
  wprintf(L"result %08lX\n", static_cast<DWORD>(hr));
  return SUCCEEDED(hr) ? 0 : 1;
}
