#pragma once

#include "api/job_calls.h"

#include <deliveryoptimization.h>

namespace dosvc {

// A file of a job: all interfaces of it are one object. What its methods do stands, by idea, in
//   file.cpp           names, progress, what the program finds of the content
//   file_ranges.cpp    parts of the remote file
//   file_delivery.cpp  what Delivery Optimization adds
class FileObject final : public Object<IBackgroundCopyFile6, IDeliveryOptimizationFile, IDeliveryOptimizationFile2> {
 public:
  FileObject(JobCalls job, std::shared_ptr<FileView> file) : on_(std::move(job)), file_(std::move(file)) {}

  // "IBackgroundCopyFile interface"
  HRESULT STDMETHODCALLTYPE GetRemoteName(LPWSTR* name) override;
  HRESULT STDMETHODCALLTYPE GetLocalName(LPWSTR* name) override;
  HRESULT STDMETHODCALLTYPE GetProgress(BG_FILE_PROGRESS* progress) override;

  // "IBackgroundCopyFile2 interface"
  HRESULT STDMETHODCALLTYPE GetFileRanges(DWORD* count, BG_FILE_RANGE** ranges) override;
  HRESULT STDMETHODCALLTYPE SetRemoteName(LPCWSTR name) override;

  // "IBackgroundCopyFile3 interface"
  HRESULT STDMETHODCALLTYPE GetTemporaryName(LPWSTR* name) override;
  HRESULT STDMETHODCALLTYPE SetValidationState(BOOL valid) override;
  HRESULT STDMETHODCALLTYPE GetValidationState(BOOL* valid) override;
  HRESULT STDMETHODCALLTYPE IsDownloadedFromPeer(BOOL* from_peer) override;

  // "IBackgroundCopyFile4 interface", "IBackgroundCopyFile5 interface"
  HRESULT STDMETHODCALLTYPE GetPeerDownloadStats(UINT64* from_origin, UINT64* from_peers) override;
  HRESULT STDMETHODCALLTYPE SetProperty(BITS_FILE_PROPERTY_ID id, BITS_FILE_PROPERTY_VALUE value) override;
  HRESULT STDMETHODCALLTYPE GetProperty(BITS_FILE_PROPERTY_ID id, BITS_FILE_PROPERTY_VALUE* value) override;

  // "IBackgroundCopyFile6 interface"
  HRESULT STDMETHODCALLTYPE UpdateDownloadPosition(UINT64 offset) override;
  HRESULT STDMETHODCALLTYPE RequestFileRanges(DWORD count, const BG_FILE_RANGE ranges[]) override;
  HRESULT STDMETHODCALLTYPE GetFilledFileRanges(DWORD* count, BG_FILE_RANGE** ranges) override;

  // "IDeliveryOptimizationFile interface", and 2
  HRESULT STDMETHODCALLTYPE GetStats(DOSwarmStats* stats) override;
  HRESULT STDMETHODCALLTYPE GetProperty(DOFilePropertyId id, VARIANT* value) override;
  HRESULT STDMETHODCALLTYPE SetProperty(DOFilePropertyId id, const VARIANT* value) override;

 private:
  template <class T, class Look>
  HRESULT read(T* out, Look&& look) const {
    return on_.give(out, [&]() -> Result<T> { return look(*file_->snapshot()); });
  }
  Result<void> change(FileChange change) const;

  const JobCalls on_;
  const std::shared_ptr<FileView> file_;
};

}  // namespace dosvc
