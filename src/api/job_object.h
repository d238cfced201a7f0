#pragma once

#include "api/job_calls.h"

#include <deliveryoptimization.h>

namespace dosvc {

class CallbackListener;

// A job of the queue: all interfaces of it are one object. Holds nothing of its own beside the calls. What its methods
// do stands, by idea, in
//   job.cpp             files, commands, state
//   job_properties.cpp  what describes the job and how long it may take
//   job_settings.cpp    the properties that have a number ("IBackgroundCopyJob5 interface")
//   job_notify.cpp      who is told what
//   job_http.cpp        how its requests are made
//   job_delivery.cpp    what Delivery Optimization adds
class JobObject final : public Object<IBackgroundCopyJob5, IBackgroundCopyJobHttpOptions3, IDeliveryOptimizationJob,
                                      IDeliveryOptimizationJob2> {
 public:
  explicit JobObject(JobCalls on) : on_(std::move(on)) {}

  // "IBackgroundCopyJob interface"
  HRESULT STDMETHODCALLTYPE AddFileSet(ULONG count, BG_FILE_INFO* files) override;
  HRESULT STDMETHODCALLTYPE AddFile(LPCWSTR remote_url, LPCWSTR local_name) override;
  HRESULT STDMETHODCALLTYPE EnumFiles(IEnumBackgroundCopyFiles** files) override;
  HRESULT STDMETHODCALLTYPE Suspend() override;
  HRESULT STDMETHODCALLTYPE Resume() override;
  HRESULT STDMETHODCALLTYPE Cancel() override;
  HRESULT STDMETHODCALLTYPE Complete() override;
  HRESULT STDMETHODCALLTYPE GetId(GUID* id) override;
  HRESULT STDMETHODCALLTYPE GetType(BG_JOB_TYPE* type) override;
  HRESULT STDMETHODCALLTYPE GetProgress(BG_JOB_PROGRESS* progress) override;
  HRESULT STDMETHODCALLTYPE GetTimes(BG_JOB_TIMES* times) override;
  HRESULT STDMETHODCALLTYPE GetState(BG_JOB_STATE* state) override;
  HRESULT STDMETHODCALLTYPE GetError(IBackgroundCopyError** error) override;
  HRESULT STDMETHODCALLTYPE GetOwner(LPWSTR* owner) override;
  HRESULT STDMETHODCALLTYPE SetDisplayName(LPCWSTR name) override;
  HRESULT STDMETHODCALLTYPE GetDisplayName(LPWSTR* name) override;
  HRESULT STDMETHODCALLTYPE SetDescription(LPCWSTR description) override;
  HRESULT STDMETHODCALLTYPE GetDescription(LPWSTR* description) override;
  HRESULT STDMETHODCALLTYPE SetPriority(BG_JOB_PRIORITY priority) override;
  HRESULT STDMETHODCALLTYPE GetPriority(BG_JOB_PRIORITY* priority) override;
  HRESULT STDMETHODCALLTYPE SetNotifyFlags(ULONG flags) override;
  HRESULT STDMETHODCALLTYPE GetNotifyFlags(ULONG* flags) override;
  HRESULT STDMETHODCALLTYPE SetNotifyInterface(IUnknown* program) override;
  HRESULT STDMETHODCALLTYPE GetNotifyInterface(IUnknown** program) override;
  HRESULT STDMETHODCALLTYPE SetMinimumRetryDelay(ULONG seconds) override;
  HRESULT STDMETHODCALLTYPE GetMinimumRetryDelay(ULONG* seconds) override;
  HRESULT STDMETHODCALLTYPE SetNoProgressTimeout(ULONG seconds) override;
  HRESULT STDMETHODCALLTYPE GetNoProgressTimeout(ULONG* seconds) override;
  HRESULT STDMETHODCALLTYPE GetErrorCount(ULONG* count) override;
  HRESULT STDMETHODCALLTYPE SetProxySettings(BG_JOB_PROXY_USAGE usage, const WCHAR* proxies,
                                             const WCHAR* bypass) override;
  HRESULT STDMETHODCALLTYPE GetProxySettings(BG_JOB_PROXY_USAGE* usage, LPWSTR* proxies, LPWSTR* bypass) override;
  HRESULT STDMETHODCALLTYPE TakeOwnership() override;

  // "IBackgroundCopyJob2 interface"
  HRESULT STDMETHODCALLTYPE SetNotifyCmdLine(LPCWSTR program, LPCWSTR parameters) override;
  HRESULT STDMETHODCALLTYPE GetNotifyCmdLine(LPWSTR* program, LPWSTR* parameters) override;
  HRESULT STDMETHODCALLTYPE GetReplyProgress(BG_JOB_REPLY_PROGRESS* progress) override;
  HRESULT STDMETHODCALLTYPE GetReplyData(BYTE** buffer, UINT64* length) override;
  HRESULT STDMETHODCALLTYPE SetReplyFileName(LPCWSTR name) override;
  HRESULT STDMETHODCALLTYPE GetReplyFileName(LPWSTR* name) override;
  HRESULT STDMETHODCALLTYPE SetCredentials(BG_AUTH_CREDENTIALS* credentials) override;
  HRESULT STDMETHODCALLTYPE RemoveCredentials(BG_AUTH_TARGET target, BG_AUTH_SCHEME scheme) override;

  // "IBackgroundCopyJob3 interface"
  HRESULT STDMETHODCALLTYPE ReplaceRemotePrefix(LPCWSTR old_prefix, LPCWSTR new_prefix) override;
  HRESULT STDMETHODCALLTYPE AddFileWithRanges(LPCWSTR remote_url, LPCWSTR local_name, DWORD count,
                                              BG_FILE_RANGE ranges[]) override;
  HRESULT STDMETHODCALLTYPE SetFileACLFlags(DWORD flags) override;
  HRESULT STDMETHODCALLTYPE GetFileACLFlags(DWORD* flags) override;

  // "IBackgroundCopyJob4 interface"
  HRESULT STDMETHODCALLTYPE SetPeerCachingFlags(DWORD flags) override;
  HRESULT STDMETHODCALLTYPE GetPeerCachingFlags(DWORD* flags) override;
  HRESULT STDMETHODCALLTYPE GetOwnerIntegrityLevel(ULONG* level) override;
  HRESULT STDMETHODCALLTYPE GetOwnerElevationState(BOOL* elevated) override;
  HRESULT STDMETHODCALLTYPE SetMaximumDownloadTime(ULONG seconds) override;
  HRESULT STDMETHODCALLTYPE GetMaximumDownloadTime(ULONG* seconds) override;

  // "IBackgroundCopyJob5 interface"
  HRESULT STDMETHODCALLTYPE SetProperty(BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE value) override;
  HRESULT STDMETHODCALLTYPE GetProperty(BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE* value) override;

  // "IBackgroundCopyJobHttpOptions interface", and 2 and 3
  HRESULT STDMETHODCALLTYPE SetClientCertificateByID(BG_CERT_STORE_LOCATION location, LPCWSTR store,
                                                     BYTE* hash) override;
  HRESULT STDMETHODCALLTYPE SetClientCertificateByName(BG_CERT_STORE_LOCATION location, LPCWSTR store,
                                                       LPCWSTR subject) override;
  HRESULT STDMETHODCALLTYPE RemoveClientCertificate() override;
  HRESULT STDMETHODCALLTYPE GetClientCertificate(BG_CERT_STORE_LOCATION* location, LPWSTR* store, BYTE** hash,
                                                 LPWSTR* subject) override;
  HRESULT STDMETHODCALLTYPE SetCustomHeaders(LPCWSTR headers) override;
  HRESULT STDMETHODCALLTYPE GetCustomHeaders(LPWSTR* headers) override;
  HRESULT STDMETHODCALLTYPE SetSecurityFlags(ULONG flags) override;
  HRESULT STDMETHODCALLTYPE GetSecurityFlags(ULONG* flags) override;
  HRESULT STDMETHODCALLTYPE SetHttpMethod(LPCWSTR method) override;
  HRESULT STDMETHODCALLTYPE GetHttpMethod(LPWSTR* method) override;
  HRESULT STDMETHODCALLTYPE SetServerCertificateValidationInterface(IUnknown* callback) override;
  HRESULT STDMETHODCALLTYPE MakeCustomHeadersWriteOnly() override;

  // "IDeliveryOptimizationJob interface", and 2
  HRESULT STDMETHODCALLTYPE AddFileWithRanges(LPCWSTR file_id, LPCWSTR remote_url, LPCWSTR local_name, DWORD count,
                                              BG_FILE_RANGE ranges[], ULONG64 file_size) override;
  HRESULT STDMETHODCALLTYPE AddFile(LPCWSTR file_id, LPCWSTR remote_url, DWORD count, BG_FILE_RANGE ranges[],
                                    REFIID riid, void** file) override;
  HRESULT STDMETHODCALLTYPE GetProperty(DOJobPropertyId id, VARIANT* value) override;
  HRESULT STDMETHODCALLTYPE SetProperty(DOJobPropertyId id, const VARIANT* value) override;

 private:
  HRESULT set(JobChange change);
  HRESULT command(JobCommand command);
  Result<void> listen(std::shared_ptr<CallbackListener> listener);
  Result<void> set_certificate(BG_CERT_STORE_LOCATION location, LPCWSTR store, CertificateChoice choice);
  Result<void> choose_certificate(std::optional<CertificateChoice> choice);

  const JobCalls on_;
};

}  // namespace dosvc
