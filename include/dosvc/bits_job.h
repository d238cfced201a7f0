#pragma once

// A job: files that are transferred together, owned by the user who created it, kept over restarts until Complete or
// Cancel. Methods may be called from any thread, and from within callbacks.
//
// Strings and arrays given out are freed by the caller with CoTaskMemFree, interfaces are released. Methods return
// S_OK, the codes named with them, E_INVALIDARG for a NULL out-pointer and generic codes; BG_E_INVALID_STATE and
// BG_E_EMPTY read DO_E_INVALID_STATE and DO_E_JOB_EMPTY on jobs made through CLSID_DeliveryOptimization. Each
// interface's reference page has its name, "IBackgroundCopyJob interface" and so on.

#include <dosvc/bits_file.h>

struct IBackgroundCopyJob : IUnknown {
  // All of the files or none. Codes as AddFile.
  virtual HRESULT STDMETHODCALLTYPE AddFileSet(ULONG count, BG_FILE_INFO* files) = 0;
  // `local_name` is a full path whose folder exists. E_INVALIDARG: a malformed name, an unsupported scheme, a relative
  // path. E_ACCESSDENIED: the owner may not write to the folder. BG_E_TOO_MANY_FILES: an upload has one file.
  // BG_E_TOO_MANY_FILES_IN_JOB: over the limit that policy sets. HRESULT_FROM_WIN32(ERROR_NOT_ENOUGH_QUOTA): over that
  // of all the user's jobs together. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE AddFile(LPCWSTR remote_url, LPCWSTR local_name) = 0;
  virtual HRESULT STDMETHODCALLTYPE EnumFiles(IEnumBackgroundCopyFiles** files) = 0;

  // Stops the transfer and keeps what is there. BG_E_INVALID_STATE: the job is final.
  virtual HRESULT STDMETHODCALLTYPE Suspend() = 0;
  // Starts a new job, goes on with a suspended one, tries one in error again. BG_E_EMPTY: no files yet.
  // BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE Resume() = 0;
  // Ends the job and deletes its temporary files before it returns. BG_S_UNABLE_TO_DELETE_FILES. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE Cancel() = 0;
  // Gives the transferred files their names and ends the job. BG_S_PARTIAL_COMPLETE: only some were finished; the
  // rest is deleted. BG_S_UNABLE_TO_DELETE_FILES. BG_E_INVALID_STATE. A failed rename returns its own code, the job
  // stays TRANSFERRED, and Complete may be called again.
  virtual HRESULT STDMETHODCALLTYPE Complete() = 0;

  virtual HRESULT STDMETHODCALLTYPE GetId(GUID* id) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetType(BG_JOB_TYPE* type) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetProgress(BG_JOB_PROGRESS* progress) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetTimes(BG_JOB_TIMES* times) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetState(BG_JOB_STATE* state) = 0;
  // In ERROR and TRANSIENT_ERROR. BG_E_/DO_E_ERROR_INFORMATION_UNAVAILABLE: the job has no error now.
  virtual HRESULT STDMETHODCALLTYPE GetError(IBackgroundCopyError** error) = 0;
  // The owner's id as text.
  virtual HRESULT STDMETHODCALLTYPE GetOwner(LPWSTR* owner) = 0;

  // At most 256 characters; need not be unique. E_INVALIDARG: NULL. BG_E_STRING_TOO_LONG. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetDisplayName(LPCWSTR name) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetDisplayName(LPWSTR* name) = 0;
  // At most 1,024 characters. E_INVALIDARG: NULL. BG_E_STRING_TOO_LONG. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetDescription(LPCWSTR description) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetDescription(LPWSTR* description) = 0;
  // Takes effect at once. E_NOTIMPL: no such priority. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetPriority(BG_JOB_PRIORITY priority) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetPriority(BG_JOB_PRIORITY* priority) = 0;

  // BG_NOTIFY_* bits. E_NOTIMPL: unknown bits, and BG_NOTIFY_FILE_RANGES_TRANSFERRED on jobs made through
  // CLSID_DeliveryOptimization. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetNotifyFlags(ULONG flags) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetNotifyFlags(ULONG* flags) = 0;
  // An object with IBackgroundCopyCallback (E_NOINTERFACE else); the last one set is called, NULL removes it. The job
  // holds a reference until then, and no longer than the process lives: set it again after a restart.
  // BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetNotifyInterface(IUnknown* callback) = 0;
  // *callback is NULL when none is set.
  virtual HRESULT STDMETHODCALLTYPE GetNotifyInterface(IUnknown** callback) = 0;

  // Seconds between a transient error and the next try. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetMinimumRetryDelay(ULONG seconds) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetMinimumRetryDelay(ULONG* seconds) = 0;
  // Seconds without a new byte after which a transient error becomes an error. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetNoProgressTimeout(ULONG seconds) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetNoProgressTimeout(ULONG* seconds) = 0;
  // How often the job was interrupted by an error of either kind.
  virtual HRESULT STDMETHODCALLTYPE GetErrorCount(ULONG* count) = 0;

  // Lists go with BG_JOB_PROXY_USAGE_OVERRIDE and are NULL otherwise (else E_INVALIDARG). E_NOTIMPL: no such usage.
  // BG_E_PROXY_LIST_TOO_LARGE, BG_E_PROXY_BYPASS_LIST_TOO_LARGE, BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetProxySettings(BG_JOB_PROXY_USAGE usage, const WCHAR* proxies,
                                                     const WCHAR* bypass) = 0;
  // The lists are NULL but for BG_JOB_PROXY_USAGE_OVERRIDE.
  virtual HRESULT STDMETHODCALLTYPE GetProxySettings(BG_JOB_PROXY_USAGE* usage, LPWSTR* proxies, LPWSTR* bypass) = 0;
  // Makes the caller, an administrator, the owner; what the owner before had entrusted to the job (credentials,
  // certificate, headers, command) is forgotten. The files stay those of who made the job. E_ACCESSDENIED.
  // BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE TakeOwnership() = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyJob, IUnknown, "37668D37-507E-4160-9316-26306D150B12")

struct IBackgroundCopyJob2 : IBackgroundCopyJob {
  // A program, by its full path, started on TRANSFERRED or ERROR when no callback answers; again after the retry delay
  // when it fails. The parameters are the whole command line, beginning with the program's name. NULL and NULL remove
  // it. E_INVALIDARG: parameters without a program, or no full path. BG_E_STRING_TOO_LONG, BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetNotifyCmdLine(LPCWSTR program, LPCWSTR parameters) = 0;
  // Both empty when there is none.
  virtual HRESULT STDMETHODCALLTYPE GetNotifyCmdLine(LPWSTR* program, LPWSTR* parameters) = 0;
  // Zeros for a job that has no reply.
  virtual HRESULT STDMETHODCALLTYPE GetReplyProgress(BG_JOB_REPLY_PROGRESS* progress) = 0;
  // The server's reply to an upload-reply job; *buffer is NULL when there is none. BG_E_TOO_LARGE: over 1 MiB, only
  // the length is given. E_NOTIMPL: another type of job. BG_E_INVALID_STATE: not TRANSFERRED.
  virtual HRESULT STDMETHODCALLTYPE GetReplyData(BYTE** buffer, UINT64* length) = 0;
  // E_NOTIMPL: not an upload-reply job. E_ACCESSDENIED, E_INVALIDARG. BG_E_INVALID_STATE: the reply is arriving.
  virtual HRESULT STDMETHODCALLTYPE SetReplyFileName(LPCWSTR name) = 0;
  // E_NOTIMPL: not an upload-reply job. *name may be NULL.
  virtual HRESULT STDMETHODCALLTYPE GetReplyFileName(LPWSTR* name) = 0;
  // One set for each pair of target and scheme; never readable again. NULL and NULL with NTLM or Negotiate: the
  // identity that the owner has. E_ACCESSDENIED: not the owner. BG_E_INVALID_AUTH_TARGET, BG_E_INVALID_AUTH_SCHEME
  // (Passport too), BG_E_USERNAME_TOO_LARGE, BG_E_PASSWORD_TOO_LARGE. E_INVALIDARG: NULL name or password.
  virtual HRESULT STDMETHODCALLTYPE SetCredentials(BG_AUTH_CREDENTIALS* credentials) = 0;
  // S_FALSE: there were none for the pair. Codes as above.
  virtual HRESULT STDMETHODCALLTYPE RemoveCredentials(BG_AUTH_TARGET target, BG_AUTH_SCHEME scheme) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyJob2, IBackgroundCopyJob, "54B50739-686F-45EB-9DFF-D6A9A0FAA9AF")

struct IBackgroundCopyJob3 : IBackgroundCopyJob2 {
  // Renames the source of every file whose address begins so. S_FALSE: none does. E_INVALIDARG: empty prefix, or an
  // address that is malformed or longer than 2,200 characters. E_NOTIMPL: not a download. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE ReplaceRemotePrefix(LPCWSTR old_prefix, LPCWSTR new_prefix) = 0;
  // Fetches these ranges only; they stand one behind the other in the local file, in the order given. E_INVALIDARG:
  // no ranges, or as AddFile. E_NOTIMPL: not a download. BG_E_INVALID_RANGE, BG_E_OVERLAPPING_RANGES,
  // BG_E_TOO_MANY_RANGES_IN_FILE, E_ACCESSDENIED, BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE AddFileWithRanges(LPCWSTR remote_url, LPCWSTR local_name, DWORD count,
                                                      BG_FILE_RANGE ranges[]) = 0;
  // BG_COPY_FILE_* bits: which rights are copied from an SMB server. There are none, so only 0 can be set.
  // E_INVALIDARG: unknown bits. E_NOTIMPL: known ones. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetFileACLFlags(DWORD flags) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetFileACLFlags(DWORD* flags) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyJob3, IBackgroundCopyJob2, "443C8934-90FF-48ED-BCDE-26F5C7450042")

struct IBackgroundCopyJob4 : IBackgroundCopyJob3 {
  // BG_JOB_*PEERCACHING* bits; kept and given back, for there are no peers. E_NOTIMPL: unknown bits.
  // BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetPeerCachingFlags(DWORD flags) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetPeerCachingFlags(DWORD* flags) = 0;
  // 0x2000 (medium), of root's jobs 0x3000 (high); and TRUE for those.
  virtual HRESULT STDMETHODCALLTYPE GetOwnerIntegrityLevel(ULONG* level) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetOwnerElevationState(BOOL* elevated) = 0;
  // Seconds of connecting and transferring since the last Resume; 90 days unless set.
  virtual HRESULT STDMETHODCALLTYPE SetMaximumDownloadTime(ULONG seconds) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetMaximumDownloadTime(ULONG* seconds) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyJob4, IBackgroundCopyJob3, "659CDEAE-489E-11D9-A9CD-000D56965251")

struct IBackgroundCopyJob5 : IBackgroundCopyJob4 {
  // The union travels by value. BG_E_UNKNOWN_PROPERTY_ID, BG_E_READ_ONLY_PROPERTY,
  // BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY, BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE,
  // BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE,
  // BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED. E_INVALIDARG: no such cost flags. BG_E_UNSUPPORTED_JOB_CONFIGURATION,
  // BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD: it doesn't go with what is set already. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetProperty(BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE value) = 0;
  // BG_E_UNKNOWN_PROPERTY_ID.
  virtual HRESULT STDMETHODCALLTYPE GetProperty(BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE* value) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyJob5, IBackgroundCopyJob4, "E847030C-BBBA-4657-AF6D-484AA42BF1FE")

// A snapshot in arbitrary order; the values of the jobs in it are live.
struct IEnumBackgroundCopyJobs : IUnknown {
  // S_FALSE: fewer than `count` were left. `fetched` may be NULL when `count` is 1.
  virtual HRESULT STDMETHODCALLTYPE Next(ULONG count, IBackgroundCopyJob** jobs, ULONG* fetched) = 0;
  // S_FALSE: fewer than `count` could be skipped.
  virtual HRESULT STDMETHODCALLTYPE Skip(ULONG count) = 0;
  virtual HRESULT STDMETHODCALLTYPE Reset() = 0;
  // A second enumerator, at the same place.
  virtual HRESULT STDMETHODCALLTYPE Clone(IEnumBackgroundCopyJobs** copy) = 0;
  // Of the whole collection, wherever the enumerator stands.
  virtual HRESULT STDMETHODCALLTYPE GetCount(ULONG* count) = 0;
};
DOSVC_INTERFACE_ID(IEnumBackgroundCopyJobs, IUnknown, "1AF4F612-3B71-466F-8F58-7B6F73AC57AD")
