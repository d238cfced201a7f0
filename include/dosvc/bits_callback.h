#pragma once

// What a program implements to hear of its jobs (see dosvc::Object), one interface for each generation. Calls come on
// threads of the library, several at once for different jobs, and no lock is held while they run: every method of the
// job may be called from inside. The arguments are borrowed: valid during the call, AddRef to keep them.

#include <dosvc/bits_job.h>

// "IBackgroundCopyCallback interface". SetNotifyFlags chooses which methods are called.
struct IBackgroundCopyCallback : IUnknown {
  // All files are there; call Complete to have them. Called again until it answers S_OK.
  virtual HRESULT STDMETHODCALLTYPE JobTransferred(IBackgroundCopyJob* job) = 0;
  // The job is in ERROR; transient errors are not reported. Called again until it answers S_OK. What to do: Cancel, or
  // Complete to keep the finished files, or remove the cause and Resume.
  virtual HRESULT STDMETHODCALLTYPE JobError(IBackgroundCopyJob* job, IBackgroundCopyError* error) = 0;
  // Bytes moved, or the state or a property changed. May be left out under load; the answer is ignored.
  virtual HRESULT STDMETHODCALLTYPE JobModification(IBackgroundCopyJob* job, DWORD reserved) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyCallback, IUnknown, "97EA99C7-0186-4AD4-8DF9-C5B4E0ED6B22")

// "IBackgroundCopyCallback2 interface".
struct IBackgroundCopyCallback2 : IBackgroundCopyCallback {
  // One file of the job is there; comes before JobTransferred. Called again until it answers S_OK.
  virtual HRESULT STDMETHODCALLTYPE FileTransferred(IBackgroundCopyJob* job, IBackgroundCopyFile* file) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyCallback2, IBackgroundCopyCallback, "659CDEAC-489E-11D9-A9CD-000D56965251")

// "IBackgroundCopyCallback3 interface".
struct IBackgroundCopyCallback3 : IBackgroundCopyCallback2 {
  // These ranges of a job in on-demand mode are there. `ranges` is borrowed too.
  virtual HRESULT STDMETHODCALLTYPE FileRangesTransferred(IBackgroundCopyJob* job, IBackgroundCopyFile* file,
                                                          DWORD count, const BG_FILE_RANGE ranges[]) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyCallback3, IBackgroundCopyCallback2, "98C97BD2-E32B-4AD8-A528-95FD8B16BD42")

// "IBackgroundCopyServerCertificateValidationCallback interface". Declared so that sources compile; it can't be set.
struct IBackgroundCopyServerCertificateValidationCallback : IUnknown {
  // S_OK accepts the server's certificate. Both blocks of bytes are borrowed; lengths are in bytes.
  virtual HRESULT STDMETHODCALLTYPE ValidateServerCertificate(IBackgroundCopyJob* job, IBackgroundCopyFile* file,
                                                              DWORD certificate_length, const BYTE certificate[],
                                                              DWORD encoding_type, DWORD store_length,
                                                              const BYTE store[]) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyServerCertificateValidationCallback, IUnknown, "4CEC0D02-DEF7-4158-813A-C32A46945FF7")
