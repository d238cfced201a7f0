#pragma once

// Downloads of one file each: from CoCreateInstance with CLSID_DeliveryOptimization. Objects given out are released
// by the caller; methods may be called from any thread, and from within the callback.

#include <dosvc/do_types.h>
#include <dosvc/stream.h>

// One file, or portions of it. ("IDODownload interface")
struct IDODownload : IUnknown {
  // Starts, or goes on after Pause or an error. NULL: what is missing of what was asked for, at first the whole file;
  // no ranges: the whole file. Ranges are appended to what earlier starts have brought, packed in their order, and take
  // the place of what the last one has not. With BlockingMode it returns when the download is Transferred, or with its
  // error; E_ABORT: it was paused or aborted meanwhile.
  // DO_E_DOWNLOAD_NO_URI, DO_E_FILE_DOWNLOADSINK_UNSPECIFIED, DO_E_INTEGRITYCHECKINFO_UNSPECIFIED: something must be
  // set first. DO_E_INVALID_RANGE, DO_E_OVERLAPPING_RANGES. DO_E_DOWNLOAD_RANGES_EXPECTED: a stream needs ranges.
  // DO_E_DOWNLOAD_RANGES_UNEXPECTED: only a whole file can be checked. E_ACCESSDENIED, E_INVALIDARG and others: the
  // file can't be made. DO_E_INVALID_STATE: final.
  virtual HRESULT STDMETHODCALLTYPE Start(const DO_DOWNLOAD_RANGES_INFO* ranges) = 0;
  // Keeps what is there. DO_E_INVALID_STATE: final.
  virtual HRESULT STDMETHODCALLTYPE Pause() = 0;
  // Ends the download and deletes what is there. DO_E_INVALID_STATE: finalized.
  virtual HRESULT STDMETHODCALLTYPE Abort() = 0;
  // Gives the file its name and ends the download. DO_E_INVALID_STATE: not Transferred.
  virtual HRESULT STDMETHODCALLTYPE Finalize() = 0;
  // E_INVALIDARG: NULL.
  virtual HRESULT STDMETHODCALLTYPE GetStatus(DO_DOWNLOAD_STATUS* status) = 0;
  // *value is the caller's, freed with VariantClear. DO_E_UNKNOWN_PROPERTY_ID, DO_E_WRITE_ONLY_PROPERTY. E_NOT_SET.
  // E_POINTER: NULL.
  virtual HRESULT STDMETHODCALLTYPE GetProperty(DODownloadProperty id, VARIANT* value) = 0;
  // Copies the value. DO_E_UNKNOWN_PROPERTY_ID, DO_E_READ_ONLY_PROPERTY. DO_E_INVALID_STATE: not in this state.
  // E_INVALIDARG: wrong type or value. INET_E_INVALID_URL: no address. E_NOINTERFACE: not an object of this kind.
  // DO_E_FILE_DOWNLOADSINK_ALREADY_SET: a download has a local path or a stream. CRYPT_E_FILE_ERROR: no certificate
  // with its key. E_NOTIMPL: DecryptionInfo. E_POINTER: NULL.
  virtual HRESULT STDMETHODCALLTYPE SetProperty(DODownloadProperty id, const VARIANT* value) = 0;
};
DOSVC_INTERFACE_ID(IDODownload, IUnknown, "FBBD7FC0-C147-4727-A38D-827EF071EE77")

// Implemented by the program and set as DODownloadProperty_CallbackInterface. ("IDODownloadStatusCallback interface")
struct IDODownloadStatusCallback : IUnknown {
  // The state or an error changed, or so many bytes moved as CallbackFreqPercent and CallbackFreqSeconds say. One call
  // at a time; none for Finalized and Aborted, nor after them. Both arguments are borrowed; the answer is ignored.
  virtual HRESULT STDMETHODCALLTYPE OnStatusChange(IDODownload* download, const DO_DOWNLOAD_STATUS* status) = 0;
};
DOSVC_INTERFACE_ID(IDODownloadStatusCallback, IUnknown, "D166E8E3-A90E-4392-8E87-05E996D3747D")

// "IDOManager interface".
struct IDOManager : IUnknown {
  // In state Created; nothing is transferred before Start. BG_E_TOO_MANY_JOBS_PER_USER,
  // HRESULT_FROM_WIN32(ERROR_NOT_ENOUGH_QUOTA): over the limits that policy sets on a user's jobs and their files.
  virtual HRESULT STDMETHODCALLTYPE CreateDownload(IDODownload** download) = 0;
  // The caller's downloads, all (NULL) or those of a category; the items answer IDODownload. DO_E_NO_DOWNLOADS: none.
  // E_INVALIDARG: not a property to search by.
  virtual HRESULT STDMETHODCALLTYPE EnumDownloads(const DO_DOWNLOAD_ENUM_CATEGORY* category,
                                                  IEnumUnknown** downloads) = 0;
};
DOSVC_INTERFACE_ID(IDOManager, IUnknown, "400E2D4A-1431-4C1A-A748-39CA472CFDB1")

// Gives IDOManager, and IBackgroundCopyManager in the manner of Delivery Optimization.
DOSVC_CLASS_ID(DeliveryOptimization, "5B99FA76-721C-423C-ADAC-56D03C8A8007")
