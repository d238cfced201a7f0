// A file's names and progress, and what the program finds of its content.

#include "api/file.h"

#include "api/file_object.h"
#include "com/task_memory.h"

namespace dosvc {

com_ptr<IBackgroundCopyFile> make_file(JobCalls job, std::shared_ptr<FileView> file) {
  return make_object<FileObject>(std::move(job), std::move(file));
}

Result<void> FileObject::change(FileChange change) const {
  return on_.change_file(file_->snapshot()->file.index, std::move(change));
}

HRESULT FileObject::GetRemoteName(LPWSTR* name) {
  return read(name, [](const FileSnapshot& file) { return task_string(file.shown_name); });
}

HRESULT FileObject::SetRemoteName(LPCWSTR name) {
  return on_.edge([&]() -> Result<void> { return change({.remote_name = DO_TRY(in_string(name))}); });
}

HRESULT FileObject::GetLocalName(LPWSTR* name) {
  return read(name, [](const FileSnapshot& file) { return task_string(file.file.local_name); });
}

HRESULT FileObject::GetTemporaryName(LPWSTR* name) {
  return read(name, [](const FileSnapshot& file) -> Result<LPWSTR> {
    if (file.file.temp_name.empty()) return failed_with(DO_E_LOCALPATH_NOT_SET, "the file has no local name yet");
    return task_string(file.file.temp_name);
  });
}

HRESULT FileObject::GetProgress(BG_FILE_PROGRESS* progress) {
  return read(progress, [](const FileSnapshot& file) {
    return BG_FILE_PROGRESS{file.bytes_total.value_or(BG_SIZE_UNKNOWN), file.bytes_transferred,
                            file.file.stage == FileStage::completed ? TRUE : FALSE};
  });
}

HRESULT FileObject::SetValidationState(BOOL valid) {
  return on_.edge(
      [&]() -> Result<void> { return change({.verdict = valid != FALSE ? Verdict::valid : Verdict::invalid}); });
}

HRESULT FileObject::GetValidationState(BOOL* valid) {
  return read(valid, [](const FileSnapshot& file) { return file.file.verdict == Verdict::valid ? TRUE : FALSE; });
}

HRESULT FileObject::IsDownloadedFromPeer(BOOL* from_peer) {
  return on_.give(from_peer, [] { return BOOL{FALSE}; });
}

HRESULT FileObject::GetPeerDownloadStats(UINT64* from_origin, UINT64* from_peers) {
  return on_.edge([&]() -> Result<void> {
    if (from_origin) *from_origin = 0;
    if (from_peers) *from_peers = 0;
    if (!from_origin || !from_peers) return failed_with(E_INVALIDARG);
    *from_origin = file_->snapshot()->file.fetched;
    return {};
  });
}

HRESULT FileObject::SetProperty(BITS_FILE_PROPERTY_ID id, BITS_FILE_PROPERTY_VALUE) {
  return on_.edge([&]() -> Result<void> {
    return failed_with(id == BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS ? BG_E_READ_ONLY_PROPERTY
                                                                         : BG_E_UNKNOWN_PROPERTY_ID);
  });
}

// Before the first answer the text is empty.
HRESULT FileObject::GetProperty(BITS_FILE_PROPERTY_ID id, BITS_FILE_PROPERTY_VALUE* value) {
  return read(value, [&](const FileSnapshot& file) -> Result<BITS_FILE_PROPERTY_VALUE> {
    if (id != BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS) return failed_with(BG_E_UNKNOWN_PROPERTY_ID);
    return BITS_FILE_PROPERTY_VALUE{task_string(file.file.answer.headers)};
  });
}

}  // namespace dosvc
