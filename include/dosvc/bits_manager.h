#pragma once

#include <dosvc/bits_job.h>

// The queue: makes and finds jobs. From CoCreateInstance with one of the classes below, or with
// CLSID_DeliveryOptimization for jobs that behave as Delivery Optimization documents it. ("IBackgroundCopyManager
// interface")
struct IBackgroundCopyManager : IUnknown {
  // A job without files, SUSPENDED. E_INVALIDARG: the name is NULL or longer than 256 characters.
  // BG_E_TOO_MANY_JOBS_PER_MACHINE, BG_E_TOO_MANY_JOBS_PER_USER: over the limit that policy sets.
  virtual HRESULT STDMETHODCALLTYPE CreateJob(LPCWSTR display_name, BG_JOB_TYPE type, GUID* id,
                                              IBackgroundCopyJob** job) = 0;
  // BG_E_NOT_FOUND or DO_E_JOB_NOT_FOUND: no such job, or it is final. E_ACCESSDENIED: another user's.
  virtual HRESULT STDMETHODCALLTYPE GetJob(REFGUID id, IBackgroundCopyJob** job) = 0;
  // The caller's jobs, or with BG_JOB_ENUM_ALL_USERS everybody's. E_ACCESSDENIED: that is for administrators.
  virtual HRESULT STDMETHODCALLTYPE EnumJobs(DWORD flags, IEnumBackgroundCopyJobs** jobs) = 0;
  // A sentence for a result code, freed with CoTaskMemFree. E_INVALIDARG: a code that is not ours.
  // HRESULT_FROM_WIN32(ERROR_RESOURCE_LANG_NOT_FOUND): no text in that language.
  virtual HRESULT STDMETHODCALLTYPE GetErrorDescription(HRESULT code, DWORD language, LPWSTR* description) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyManager, IUnknown, "5CE34C0D-0DC9-4C1F-897C-DAA1B78CEE7C")

// One class for each version that Windows had, so that a program can probe for it; all give the same object.
DOSVC_CLASS_ID(BackgroundCopyManager, "4991D34B-80A1-4291-83B6-3328366B9097")
DOSVC_CLASS_ID(BackgroundCopyManager1_5, "F087771F-D74F-4C1A-BB8A-E16ACA9124EA")
DOSVC_CLASS_ID(BackgroundCopyManager2_0, "6D18AD12-BDE3-4393-B311-099C346E6DF9")
DOSVC_CLASS_ID(BackgroundCopyManager2_5, "03CA98D6-FF5D-49B8-ABC6-03DD84127020")
DOSVC_CLASS_ID(BackgroundCopyManager3_0, "659CDEA7-489E-11D9-A9CD-000D56965251")
DOSVC_CLASS_ID(BackgroundCopyManager4_0, "BB6DF56B-CACE-11DC-9992-0019B93A3A84")
DOSVC_CLASS_ID(BackgroundCopyManager5_0, "1ECCA34C-E88A-44E3-8D6A-8921BDE9E452")
DOSVC_CLASS_ID(BackgroundCopyManager10_0, "4D233817-B456-4E75-83D2-B17DEC544D12")
DOSVC_CLASS_ID(BackgroundCopyManager10_1, "4BD3E4E1-7BD4-4A2B-9964-496400DE5193")
DOSVC_CLASS_ID(BackgroundCopyManager10_2, "4575438F-A6C8-4976-B0FE-2F26B80D959E")
DOSVC_CLASS_ID(BackgroundCopyManager10_3, "5FD42AD5-C04E-4D36-ADC7-E08FF15737AD")
