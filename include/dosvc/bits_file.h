#pragma once

// The files of a job, the error of a job, and the enumerator of files. Strings and arrays given out are freed by the
// caller with CoTaskMemFree, interfaces are released. Methods return S_OK, the codes named with them, E_INVALIDARG
// for a NULL out-pointer and generic codes. Each interface's reference page has its name, "IBackgroundCopyFile
// interface" and so on.

#include <dosvc/bits_types.h>

struct IBackgroundCopyFile : IUnknown {
  virtual HRESULT STDMETHODCALLTYPE GetRemoteName(LPWSTR* name) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetLocalName(LPWSTR* name) = 0;
  virtual HRESULT STDMETHODCALLTYPE GetProgress(BG_FILE_PROGRESS* progress) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyFile, IUnknown, "01B7BD23-FB88-4A77-8490-5891D3E4653A")

struct IBackgroundCopyFile2 : IBackgroundCopyFile {
  // The ranges that were asked for, in that order. S_FALSE, 0 and NULL: the whole file.
  virtual HRESULT STDMETHODCALLTYPE GetFileRanges(DWORD* count, BG_FILE_RANGE** ranges) = 0;
  // Another source of the same content; a transfer under way goes on from there. E_INVALIDARG: malformed or longer
  // than 2,200 characters. E_NOTIMPL: not a download. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetRemoteName(LPCWSTR name) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyFile2, IBackgroundCopyFile, "83E81B93-0873-474D-8A8C-F2018B1A939C")

struct IBackgroundCopyFile3 : IBackgroundCopyFile2 {
  // Full path of the file until Complete; its content may be read once the file is transferred. DO_E_LOCALPATH_NOT_SET:
  // where it goes is still to be told.
  virtual HRESULT STDMETHODCALLTYPE GetTemporaryName(LPWSTR* name) = 0;
  // The application's verdict on the content: FALSE moves the job to ERROR with BG_E_VALIDATION_FAILED, and Resume
  // fetches the file anew. E_PENDING: not all there yet. BG_E_INVALID_STATE.
  virtual HRESULT STDMETHODCALLTYPE SetValidationState(BOOL valid) = 0;
  // FALSE until it was said to be valid.
  virtual HRESULT STDMETHODCALLTYPE GetValidationState(BOOL* valid) = 0;
  virtual HRESULT STDMETHODCALLTYPE IsDownloadedFromPeer(BOOL* from_peer) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyFile3, IBackgroundCopyFile2, "659CDEAA-489E-11D9-A9CD-000D56965251")

struct IBackgroundCopyFile4 : IBackgroundCopyFile3 {
  // Bytes, by where they came from.
  virtual HRESULT STDMETHODCALLTYPE GetPeerDownloadStats(UINT64* from_origin, UINT64* from_peers) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyFile4, IBackgroundCopyFile3, "EF7E0655-7888-4960-B0E5-730846E03492")

struct IBackgroundCopyFile5 : IBackgroundCopyFile4 {
  // The union travels by value. BG_E_UNKNOWN_PROPERTY_ID, BG_E_READ_ONLY_PROPERTY.
  virtual HRESULT STDMETHODCALLTYPE SetProperty(BITS_FILE_PROPERTY_ID id, BITS_FILE_PROPERTY_VALUE value) = 0;
  // The text is empty before the server's first answer. BG_E_UNKNOWN_PROPERTY_ID.
  virtual HRESULT STDMETHODCALLTYPE GetProperty(BITS_FILE_PROPERTY_ID id, BITS_FILE_PROPERTY_VALUE* value) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyFile5, IBackgroundCopyFile4, "85C1657F-DAFC-40E8-8834-DF18EA25717E")

// Random access to a file of a job in on-demand mode. BG_E_RANDOM_ACCESS_NOT_SUPPORTED from all: the job is in another
// mode, or the file was added with ranges. BG_E_INVALID_STATE.
struct IBackgroundCopyFile6 : IBackgroundCopyFile5 {
  // Of what was requested and is missing, what lies from this offset on comes first. BG_E_INVALID_RANGE: the file ends
  // before.
  virtual HRESULT STDMETHODCALLTYPE UpdateDownloadPosition(UINT64 offset) = 0;
  // Fetches these ranges too; they may overlap. E_INVALIDARG: none. BG_E_INVALID_RANGE: not within the file.
  virtual HRESULT STDMETHODCALLTYPE RequestFileRanges(DWORD count, const BG_FILE_RANGE ranges[]) = 0;
  // What is there, merged and ordered by offset; of jobs in any mode.
  virtual HRESULT STDMETHODCALLTYPE GetFilledFileRanges(DWORD* count, BG_FILE_RANGE** ranges) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyFile6, IBackgroundCopyFile5, "CF6784F7-D677-49FD-9368-CB47AEE9D1AD")

// A snapshot: files added later are not in it, the values of those in it are live.
struct IEnumBackgroundCopyFiles : IUnknown {
  // S_FALSE: fewer than `count` were left. `fetched` may be NULL when `count` is 1.
  virtual HRESULT STDMETHODCALLTYPE Next(ULONG count, IBackgroundCopyFile** files, ULONG* fetched) = 0;
  // S_FALSE: fewer than `count` could be skipped.
  virtual HRESULT STDMETHODCALLTYPE Skip(ULONG count) = 0;
  virtual HRESULT STDMETHODCALLTYPE Reset() = 0;
  // A second enumerator, at the same place.
  virtual HRESULT STDMETHODCALLTYPE Clone(IEnumBackgroundCopyFiles** copy) = 0;
  // Of the whole collection, wherever the enumerator stands.
  virtual HRESULT STDMETHODCALLTYPE GetCount(ULONG* count) = 0;
};
DOSVC_INTERFACE_ID(IEnumBackgroundCopyFiles, IUnknown, "CA51E165-C365-424C-8D41-24AAA4FF3C40")

// Why a job is in ERROR or TRANSIENT_ERROR; keeps its values when the job goes on. `language` is a Windows language
// id (0x0409 is English).
struct IBackgroundCopyError : IUnknown {
  virtual HRESULT STDMETHODCALLTYPE GetError(BG_ERROR_CONTEXT* context, HRESULT* code) = 0;
  // BG_E_FILE_NOT_AVAILABLE or DO_E_FILE_NOT_AVAILABLE, with *file NULL: the error concerns no file.
  virtual HRESULT STDMETHODCALLTYPE GetFile(IBackgroundCopyFile** file) = 0;
  // E_INVALIDARG: language 0. HRESULT_FROM_WIN32(ERROR_RESOURCE_LANG_NOT_FOUND): no text in it.
  virtual HRESULT STDMETHODCALLTYPE GetErrorDescription(DWORD language, LPWSTR* description) = 0;
  // As above.
  virtual HRESULT STDMETHODCALLTYPE GetErrorContextDescription(DWORD language, LPWSTR* description) = 0;
  // "http" or "file". BG_E_PROTOCOL_NOT_AVAILABLE, with *protocol NULL: none was involved.
  virtual HRESULT STDMETHODCALLTYPE GetProtocol(LPWSTR* protocol) = 0;
};
DOSVC_INTERFACE_ID(IBackgroundCopyError, IUnknown, "19C613A0-FCB8-4F28-81AE-897C3D078F81")
