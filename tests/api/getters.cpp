#include "api/job_methods.h"

namespace dosvc {
namespace {

using Job = IBackgroundCopyJob;
using Http = IBackgroundCopyJobHttpOptions;

template <class Out, class Face, class Id>
Getter property_getter(const char* name, com_ptr<Face> Faces::*face, Id id, HRESULT expected = S_OK) {
  const auto call = [=](const Faces& on) {
    Out out{};
    const HRESULT result = (on.*face)->GetProperty(id, &out);
    if constexpr (std::is_same_v<Out, BITS_FILE_PROPERTY_VALUE>) CoTaskMemFree(out.String);
    if constexpr (std::is_same_v<Out, VARIANT>) VariantClear(&out);
    return result;
  };
  return {name, expected, E_INVALIDARG, call,
          [=](const Faces& on) { return (on.*face)->GetProperty(id, static_cast<Out*>(nullptr)); }};
}

const std::vector<Getter> kGetters = {
    getter("IBackgroundCopyJob::EnumFiles", &Faces::job, &Job::EnumFiles),
    getter("IBackgroundCopyJob::GetId", &Faces::job, &Job::GetId),
    getter("IBackgroundCopyJob::GetType", &Faces::job, &Job::GetType),
    getter("IBackgroundCopyJob::GetProgress", &Faces::job, &Job::GetProgress),
    getter("IBackgroundCopyJob::GetTimes", &Faces::job, &Job::GetTimes),
    getter("IBackgroundCopyJob::GetState", &Faces::job, &Job::GetState),
    getter("IBackgroundCopyJob::GetOwner", &Faces::job, &Job::GetOwner),
    getter("IBackgroundCopyJob::GetDisplayName", &Faces::job, &Job::GetDisplayName),
    getter("IBackgroundCopyJob::GetDescription", &Faces::job, &Job::GetDescription),
    getter("IBackgroundCopyJob::GetPriority", &Faces::job, &Job::GetPriority),
    getter("IBackgroundCopyJob::GetNotifyFlags", &Faces::job, &Job::GetNotifyFlags),
    getter("IBackgroundCopyJob::GetNotifyInterface", &Faces::job, &Job::GetNotifyInterface),
    getter("IBackgroundCopyJob::GetMinimumRetryDelay", &Faces::job, &Job::GetMinimumRetryDelay),
    getter("IBackgroundCopyJob::GetNoProgressTimeout", &Faces::job, &Job::GetNoProgressTimeout),
    getter("IBackgroundCopyJob::GetErrorCount", &Faces::job, &Job::GetErrorCount),
    getter("IBackgroundCopyJob::GetProxySettings", &Faces::job, &Job::GetProxySettings),

    getter("IBackgroundCopyJob2::GetNotifyCmdLine", &Faces::job, &IBackgroundCopyJob2::GetNotifyCmdLine),
    getter("IBackgroundCopyJob2::GetReplyProgress", &Faces::job, &IBackgroundCopyJob2::GetReplyProgress),
    getter("IBackgroundCopyJob2::GetReplyData", &Faces::job, &IBackgroundCopyJob2::GetReplyData, E_NOTIMPL),
    getter("IBackgroundCopyJob2::GetReplyFileName", &Faces::job, &IBackgroundCopyJob2::GetReplyFileName, E_NOTIMPL),
    getter("IBackgroundCopyJob3::GetFileACLFlags", &Faces::job, &IBackgroundCopyJob3::GetFileACLFlags),
    getter("IBackgroundCopyJob4::GetPeerCachingFlags", &Faces::job, &IBackgroundCopyJob4::GetPeerCachingFlags),
    getter("IBackgroundCopyJob4::GetOwnerIntegrityLevel", &Faces::job, &IBackgroundCopyJob4::GetOwnerIntegrityLevel),
    getter("IBackgroundCopyJob4::GetOwnerElevationState", &Faces::job, &IBackgroundCopyJob4::GetOwnerElevationState),
    getter("IBackgroundCopyJob4::GetMaximumDownloadTime", &Faces::job, &IBackgroundCopyJob4::GetMaximumDownloadTime),
    property_getter<BITS_JOB_PROPERTY_VALUE>("IBackgroundCopyJob5::GetProperty", &Faces::job,
                                             BITS_JOB_PROPERTY_ID_COST_FLAGS),

    getter("IBackgroundCopyJobHttpOptions::GetClientCertificate", &Faces::http, &Http::GetClientCertificate,
           RPC_X_BAD_STUB_DATA, RPC_X_NULL_REF_POINTER),
    getter("IBackgroundCopyJobHttpOptions::GetCustomHeaders", &Faces::http, &Http::GetCustomHeaders, S_FALSE,
           RPC_X_NULL_REF_POINTER),
    getter("IBackgroundCopyJobHttpOptions::GetSecurityFlags", &Faces::http, &Http::GetSecurityFlags),
    getter("IBackgroundCopyJobHttpOptions2::GetHttpMethod", &Faces::http,
           &IBackgroundCopyJobHttpOptions2::GetHttpMethod),

    getter("IBackgroundCopyFile::GetRemoteName", &Faces::file, &IBackgroundCopyFile::GetRemoteName),
    getter("IBackgroundCopyFile::GetLocalName", &Faces::file, &IBackgroundCopyFile::GetLocalName),
    getter("IBackgroundCopyFile::GetProgress", &Faces::file, &IBackgroundCopyFile::GetProgress),
    getter("IBackgroundCopyFile2::GetFileRanges", &Faces::file, &IBackgroundCopyFile2::GetFileRanges, S_FALSE),
    getter("IBackgroundCopyFile3::GetTemporaryName", &Faces::file, &IBackgroundCopyFile3::GetTemporaryName),
    getter("IBackgroundCopyFile3::GetValidationState", &Faces::file, &IBackgroundCopyFile3::GetValidationState),
    getter("IBackgroundCopyFile3::IsDownloadedFromPeer", &Faces::file, &IBackgroundCopyFile3::IsDownloadedFromPeer),
    getter("IBackgroundCopyFile4::GetPeerDownloadStats", &Faces::file, &IBackgroundCopyFile4::GetPeerDownloadStats),
    property_getter<BITS_FILE_PROPERTY_VALUE>("IBackgroundCopyFile5::GetProperty", &Faces::file,
                                              BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS),
    getter("IBackgroundCopyFile6::GetFilledFileRanges", &Faces::file, &IBackgroundCopyFile6::GetFilledFileRanges),

    getter("IDeliveryOptimizationFile::GetStats", &Faces::file_stats, &IDeliveryOptimizationFile::GetStats),
    property_getter<VARIANT>("IDeliveryOptimizationFile2::GetProperty", &Faces::file2,
                             DOFilePropertyId_DownloadSinkFilePath),
};

}  // namespace

const std::vector<Getter>& getters() { return kGetters; }

}  // namespace dosvc
