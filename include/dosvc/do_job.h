#pragma once

// What Delivery Optimization adds to jobs and files; got by QueryInterface on them, however they were made. Conventions
// as in dosvc/bits_job.h.

#include <dosvc/bits_job.h>
#include <dosvc/do_types.h>

// "IDeliveryOptimizationJob interface".
struct IDeliveryOptimizationJob : IUnknown {
  // `file_id` names the content; nothing is done with it but giving it back. Without ranges (0, NULL) the whole file;
  // with them only these, one behind the other in the local file. `file_size` may be DO_UNKNOWN_FILE_SIZE, or 0, which
  // counts as that. E_INVALIDARG: no local name, or a bad one. E_ACCESSDENIED: the owner may not write there.
  // DO_E_INVALID_RANGE, DO_E_OVERLAPPING_RANGES, DO_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE AddFileWithRanges(LPCWSTR file_id, LPCWSTR remote_url, LPCWSTR local_name,
                                                      DWORD count, BG_FILE_RANGE ranges[], ULONG64 file_size) = 0;
};
DOSVC_INTERFACE_ID(IDeliveryOptimizationJob, IUnknown, "EE2584CF-A69C-4848-B633-2649962B3EF7")

// "IDeliveryOptimizationJob2 interface". Methods stand in the order in which the pages print them.
struct IDeliveryOptimizationJob2 : IUnknown {
  // A file whose local path is set later (DOFilePropertyId_DownloadSinkFilePath); Resume is DO_E_LOCALPATH_NOT_SET
  // until then. `riid` is IID_IDeliveryOptimizationFile (E_NOINTERFACE else); *file is the new file, with one
  // reference. Other codes as above.
  virtual HRESULT STDMETHODCALLTYPE AddFile(LPCWSTR file_id, LPCWSTR remote_url, DWORD count, BG_FILE_RANGE ranges[],
                                            REFIID riid, void** file) = 0;
  // *value is the caller's, freed with VariantClear. E_NOT_SET: the job has no error now. DO_E_UNKNOWN_PROPERTY_ID.
  virtual HRESULT STDMETHODCALLTYPE GetProperty(DOJobPropertyId id, VARIANT* value) = 0;
  // Always fails: DO_E_READ_ONLY_PROPERTY for ExtendedErrorInfo, else DO_E_UNKNOWN_PROPERTY_ID.
  virtual HRESULT STDMETHODCALLTYPE SetProperty(DOJobPropertyId id, const VARIANT* value) = 0;
};
DOSVC_INTERFACE_ID(IDeliveryOptimizationJob2, IUnknown, "18995A26-BF59-4ABE-9F8B-D5092D5A2405")

// "IDeliveryOptimizationFile interface".
struct IDeliveryOptimizationFile : IUnknown {
  virtual HRESULT STDMETHODCALLTYPE GetStats(DOSwarmStats* stats) = 0;
};
DOSVC_INTERFACE_ID(IDeliveryOptimizationFile, IUnknown, "B76B9699-E99E-4101-803F-A20E325D93E2")

// "IDeliveryOptimizationFile2 interface". Methods stand in the order in which the pages print them.
struct IDeliveryOptimizationFile2 : IUnknown {
  // *value is the caller's, freed with VariantClear. DO_E_UNKNOWN_PROPERTY_ID, DO_E_WRITE_ONLY_PROPERTY. E_NOT_SET.
  // E_NOTIMPL: DownloadSinkInterface. DO_E_MEMORYSTREAM_DOWNLOAD_NOT_SUPPORTED.
  virtual HRESULT STDMETHODCALLTYPE GetProperty(DOFilePropertyId id, VARIANT* value) = 0;
  // DO_E_UNKNOWN_PROPERTY_ID. E_INVALIDARG: wrong type or value. DO_E_INVALID_STATE: the file is being fetched, or
  // here, or has its path already. E_NOTIMPL: DecryptionInfo, DownloadSinkInterface.
  // DO_E_MEMORYSTREAM_DOWNLOAD_NOT_SUPPORTED.
  virtual HRESULT STDMETHODCALLTYPE SetProperty(DOFilePropertyId id, const VARIANT* value) = 0;
};
DOSVC_INTERFACE_ID(IDeliveryOptimizationFile2, IUnknown, "3A87296F-6EC2-4126-AB29-E3F8DC4CC390")
