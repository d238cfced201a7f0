// What Delivery Optimization adds to a file ("IDeliveryOptimizationFile interface", "IDeliveryOptimizationFile2
// interface"). The codes are its own, in both views: BITS has no such interfaces.

#include "api/file_object.h"
#include "api/integrity_info.h"
#include "api/variants.h"
#include "com/task_memory.h"

#include <algorithm>
#include <limits>

namespace dosvc {
namespace {

SwarmStatus status_of(const Job& job, const File& file) {
  if (file.stage != FileStage::waiting) return SwarmStatus_Complete;
  return job.state() == JobState::queued || is_running(job.state()) ? SwarmStatus_Downloading : SwarmStatus_Paused;
}

UINT to_milliseconds(std::chrono::milliseconds time) {
  return static_cast<UINT>(std::min<std::int64_t>(time.count(), std::numeric_limits<UINT>::max()));
}

// There are no peers and no cloud to ask for some, which is called the simple mode.
DOSwarmStats stats_of(const Job& job, const FileSnapshot& now) {
  const File& file = now.file;
  TaskString id(task_string(file.file_id));
  TaskString url(task_string(file.remote_name));
  DOSwarmStats stats{};
  stats.fileSize = file.size.value_or(DO_UNKNOWN_FILE_SIZE);
  stats.totalBytesDownloaded = now.bytes_transferred;
  stats.bytesFromHttp = file.fetched;
  stats.httpConnectionCount = now.on_the_line ? 1 : 0;
  stats.downloadDuration = to_milliseconds(file.fetching);
  stats.downloadMode = DownloadMode_Simple;
  stats.status = status_of(job, file);
  stats.isBackground = job.priority == Priority::foreground ? FALSE : TRUE;
  stats.fileId = id.release();
  stats.sourceURL = url.release();
  return stats;
}

Result<FileChange> to_change(DOFilePropertyId id, const VARIANT& value) {
  switch (id) {
    case DOFilePropertyId_IntegrityCheckInfo:
      return FileChange{.integrity = DO_TRY(parse_integrity_info(DO_TRY(text_of(value))))};
    case DOFilePropertyId_IntegrityCheckMandatory:
      return FileChange{.integrity_mandatory = DO_TRY(flag_of(value))};
    case DOFilePropertyId_DownloadSinkFilePath:
      return FileChange{.local_name = DO_TRY(text_of(value))};
    case DOFilePropertyId_TotalSizeBytes:
      return FileChange{.size = DO_TRY(size_of(value))};
    case DOFilePropertyId_DecryptionInfo:
      return failed_with(E_NOTIMPL, "content is not decrypted here");
    case DOFilePropertyId_DownloadSinkInterface:
      return failed_with(E_NOTIMPL, "a file of a job goes to a path: IDODownload brings one to a stream");
    case DOFilePropertyId_DownloadSinkMemoryStream:
      return failed_with(DO_E_MEMORYSTREAM_DOWNLOAD_NOT_SUPPORTED, "a file of a job goes to a path");
  }
  return failed_with(DO_E_UNKNOWN_PROPERTY_ID, "a file has no property of that number");
}

Result<VARIANT> to_value(DOFilePropertyId id, const File& file) {
  switch (id) {
    case DOFilePropertyId_DecryptionInfo:
    case DOFilePropertyId_IntegrityCheckInfo:
      return failed_with(DO_E_WRITE_ONLY_PROPERTY);
    case DOFilePropertyId_IntegrityCheckMandatory:
      return flag_variant(file.integrity_mandatory);
    case DOFilePropertyId_DownloadSinkFilePath:
      if (file.local_name.empty()) return failed_with(E_NOT_SET);
      return text_variant(file.local_name);
    case DOFilePropertyId_TotalSizeBytes:
      if (!file.size) return failed_with(E_NOT_SET);
      return size_variant(*file.size);
    case DOFilePropertyId_DownloadSinkInterface:
      return failed_with(E_NOTIMPL);
    case DOFilePropertyId_DownloadSinkMemoryStream:
      return failed_with(DO_E_MEMORYSTREAM_DOWNLOAD_NOT_SUPPORTED);
  }
  return failed_with(DO_E_UNKNOWN_PROPERTY_ID);
}

}  // namespace

HRESULT FileObject::GetStats(DOSwarmStats* stats) {
  return read(stats, [&](const FileSnapshot& file) { return stats_of(on_.now()->job, file); });
}

HRESULT FileObject::GetProperty(DOFilePropertyId id, VARIANT* value) {
  return read(value, [&](const FileSnapshot& file) { return to_value(id, file.file); });
}

HRESULT FileObject::SetProperty(DOFilePropertyId id, const VARIANT* value) {
  return on_.edge([&]() -> Result<void> {
    if (!value) return failed_with(E_INVALIDARG, "no value");
    return change(DO_TRY(to_change(id, *value)));
  });
}

}  // namespace dosvc
