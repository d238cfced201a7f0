// Parts of a remote file: those that were asked for when it was added, and those of a job that works on demand.

#include "api/file_object.h"
#include "com/task_memory.h"

namespace dosvc {
namespace {

// S_FALSE when there are none. E_INVALIDARG: an out-parameter is NULL.
Result<HRESULT> give_ranges(DWORD* count, BG_FILE_RANGE** out, const std::vector<FileRange>& ranges) {
  auto copy = task_array(std::span<const BG_FILE_RANGE>(to_ranges(ranges)));
  *count = static_cast<DWORD>(ranges.size());
  *out = copy.release();
  return ranges.empty() ? S_FALSE : S_OK;
}

Result<void> clear(DWORD* count, BG_FILE_RANGE** ranges) {
  if (count) *count = 0;
  if (ranges) *ranges = nullptr;
  if (count && ranges) return {};
  return failed_with(E_INVALIDARG);
}

}  // namespace

HRESULT FileObject::GetFileRanges(DWORD* count, BG_FILE_RANGE** ranges) {
  return on_.edge([&]() -> Result<HRESULT> {
    DO_TRY(clear(count, ranges));
    return give_ranges(count, ranges, file_->snapshot()->file.ranges);
  });
}

HRESULT FileObject::UpdateDownloadPosition(UINT64 offset) {
  return on_.edge([&]() -> Result<void> { return change({.position = offset}); });
}

HRESULT FileObject::RequestFileRanges(DWORD count, const BG_FILE_RANGE ranges[]) {
  return on_.edge([&]() -> Result<void> {
    if (count == 0) return failed_with(E_INVALIDARG, "no ranges");
    return change({.wanted = DO_TRY(in_ranges(count, ranges))});
  });
}

// Any file that is fetched as a whole and can be continued tells, not those of a job on demand alone.
HRESULT FileObject::GetFilledFileRanges(DWORD* count, BG_FILE_RANGE** ranges) {
  return on_.edge([&]() -> Result<HRESULT> {
    DO_TRY(clear(count, ranges));
    const FileSnapshotPtr now = file_->snapshot();
    if (!now->file.ranges.empty() || on_.now()->job.dynamic_content) {
      return failed_with(BG_E_RANDOM_ACCESS_NOT_SUPPORTED, "only a whole file can be filled here and there");
    }
    std::vector<FileRange> filled;
    for (const ByteRange& range : now->received.ranges()) filled.push_back({range.begin, range.length()});
    (void)give_ranges(count, ranges, filled);
    return S_OK;
  });
}

}  // namespace dosvc
