#include "api/job_methods.h"

namespace dosvc {
namespace {

BITS_JOB_PROPERTY_VALUE dword(DWORD number) {
  BITS_JOB_PROPERTY_VALUE value;
  value.Dword = number;
  return value;
}

BITS_JOB_PROPERTY_VALUE flag(BOOL enable) {
  BITS_JOB_PROPERTY_VALUE value;
  value.Enable = enable;
  return value;
}

HRESULT set_credentials(const Faces& on) {
  std::wstring user = L"user", password = L"secret";
  BG_AUTH_CREDENTIALS credentials{BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, {{user.data(), password.data()}}};
  return on.job->SetCredentials(&credentials);
}

HRESULT add_file_set(const Faces& on) {
  std::wstring url = on.url, local = on.local + L".set";
  BG_FILE_INFO file{url.data(), local.data()};
  return on.job->AddFileSet(1, &file);
}

HRESULT set_remote_name(const Faces& on) {
  LPWSTR name = nullptr;
  EXPECT_EQ(on.file->GetRemoteName(&name), S_OK);
  const HRESULT result = on.file->SetRemoteName(name);
  CoTaskMemFree(name);
  return result;
}

HRESULT set_local_path(const Faces& on) {
  VARIANT value{};
  value.vt = VT_BSTR;
  value.bstrVal = SysAllocString(on.local.c_str());
  const HRESULT result = on.file2->SetProperty(DOFilePropertyId_DownloadSinkFilePath, &value);
  VariantClear(&value);
  return result;
}

const std::vector<Setter> kOfJobs = {
    {"IBackgroundCopyJob::AddFileSet", S_OK, S_OK, add_file_set},
    {"IBackgroundCopyJob::AddFile", S_OK, S_OK,
     [](const Faces& on) { return on.job->AddFile(on.url.c_str(), on.local.c_str()); }},
    {"IBackgroundCopyJob::SetDisplayName", S_OK, S_OK, [](const Faces& on) { return on.job->SetDisplayName(L"x"); }},
    {"IBackgroundCopyJob::SetDescription", S_OK, S_OK, [](const Faces& on) { return on.job->SetDescription(L"x"); }},
    {"IBackgroundCopyJob::SetPriority", S_OK, S_OK,
     [](const Faces& on) { return on.job->SetPriority(BG_JOB_PRIORITY_LOW); }},
    {"IBackgroundCopyJob::SetNotifyFlags", S_OK, S_OK,
     [](const Faces& on) { return on.job->SetNotifyFlags(BG_NOTIFY_DISABLE); }},
    {"IBackgroundCopyJob::SetNotifyInterface", S_OK, S_OK,
     [](const Faces& on) { return on.job->SetNotifyInterface(on.ear.get()); }},
    {"IBackgroundCopyJob::SetNotifyInterface", S_OK, S_OK,
     [](const Faces& on) { return on.job->SetNotifyInterface(nullptr); }},
    {"IBackgroundCopyJob::SetMinimumRetryDelay", S_OK, S_OK,
     [](const Faces& on) { return on.job->SetMinimumRetryDelay(7200); }},
    {"IBackgroundCopyJob::SetNoProgressTimeout", S_OK, S_OK,
     [](const Faces& on) { return on.job->SetNoProgressTimeout(1'000'000); }},
    {"IBackgroundCopyJob::SetProxySettings", S_OK, S_OK,
     [](const Faces& on) { return on.job->SetProxySettings(BG_JOB_PROXY_USAGE_NO_PROXY, nullptr, nullptr); }},
    {"IBackgroundCopyJob2::SetNotifyCmdLine", S_OK, S_OK,
     [](const Faces& on) { return on.job->SetNotifyCmdLine(L"/bin/true", L"true"); }},
    {"IBackgroundCopyJob2::SetNotifyCmdLine", S_OK, S_OK,
     [](const Faces& on) { return on.job->SetNotifyCmdLine(nullptr, nullptr); }},
    {"IBackgroundCopyJob2::SetCredentials", S_OK, S_OK, set_credentials},
    {"IBackgroundCopyJob2::RemoveCredentials", S_OK, S_OK,
     [](const Faces& on) { return on.job->RemoveCredentials(BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC); }},
    {"IBackgroundCopyJob2::RemoveCredentials", S_FALSE, S_FALSE,
     [](const Faces& on) { return on.job->RemoveCredentials(BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_NTLM); }},
    {"IBackgroundCopyJob3::ReplaceRemotePrefix", S_FALSE, S_FALSE,
     [](const Faces& on) { return on.job->ReplaceRemotePrefix(L"ftp://", L"http://"); }},
    {"IBackgroundCopyJob3::AddFileWithRanges", S_OK, S_OK,
     [](const Faces& on) {
       BG_FILE_RANGE ranges[] = {{0, 10}, {100, BG_LENGTH_TO_EOF}};
       return on.job->AddFileWithRanges(on.url.c_str(), (on.local + L".parts").c_str(), 2, ranges);
     }},
    {"IBackgroundCopyJob3::SetFileACLFlags", S_OK, S_OK, [](const Faces& on) { return on.job->SetFileACLFlags(0); }},
    {"IBackgroundCopyJob4::SetPeerCachingFlags", S_OK, S_OK,
     [](const Faces& on) { return on.job->SetPeerCachingFlags(BG_JOB_DISABLE_BRANCH_CACHE); }},
    {"IBackgroundCopyJob4::SetMaximumDownloadTime", S_OK, S_OK,
     [](const Faces& on) { return on.job->SetMaximumDownloadTime(86'400); }},
    {"IDeliveryOptimizationJob::AddFileWithRanges", S_OK, S_OK,
     [](const Faces& on) {
       return on.delivery->AddFileWithRanges(L"id", on.url.c_str(), (on.local + L".whole").c_str(), 0, nullptr,
                                             DO_UNKNOWN_FILE_SIZE);
     }},
    {"IDeliveryOptimizationJob2::AddFile", S_OK, S_OK,
     [](const Faces& on) {
       com_ptr<IDeliveryOptimizationFile> file;
       return on.delivery2->AddFile(L"id", on.url.c_str(), 0, nullptr, IID_PPV_ARGS(file.put()));
     }},
};

// "BITS_JOB_PROPERTY_ID enumeration": which may be set when.
std::vector<Setter> of_properties() {
  const auto set = [](BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE value, HRESULT fresh, HRESULT known) {
    return Setter{"IBackgroundCopyJob5::SetProperty", fresh, known,
                  [=](const Faces& on) { return on.job->SetProperty(id, value); }};
  };
  BITS_JOB_PROPERTY_VALUE size, target, class_id;
  size.Uint64 = 1ull << 40;
  target.Target = BG_AUTH_TARGET_PROXY;
  class_id.ClsID = IID_IUnknown;
  return {
      set(BITS_JOB_PROPERTY_ID_COST_FLAGS, dword(BITS_JOB_TRANSFER_POLICY_STANDARD), S_OK, S_OK),
      set(BITS_JOB_PROPERTY_NOTIFICATION_CLSID, class_id, S_OK, S_OK),
      set(BITS_JOB_PROPERTY_DYNAMIC_CONTENT, flag(FALSE), S_OK, BG_E_READ_ONLY_PROPERTY_AFTER_RESUME),
      set(BITS_JOB_PROPERTY_HIGH_PERFORMANCE, flag(TRUE), BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE,
          BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE),
      set(BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, size, S_OK, BG_E_READ_ONLY_PROPERTY_AFTER_RESUME),
      set(BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, target, S_OK, S_OK),
      set(BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, dword(1000), S_OK, S_OK),
      set(BITS_JOB_PROPERTY_ON_DEMAND_MODE, flag(FALSE), S_OK, BG_E_READ_ONLY_PROPERTY_AFTER_RESUME),
  };
}

std::vector<Setter> of_requests() {
  return {
      {"IBackgroundCopyJobHttpOptions::SetCustomHeaders", S_OK, S_OK,
       [](const Faces& on) { return on.http->SetCustomHeaders(L"X-One: 1\r\nX-Two: 2\r\n"); }},
      {"IBackgroundCopyJobHttpOptions::SetCustomHeaders", S_OK, S_OK,
       [](const Faces& on) { return on.http->SetCustomHeaders(nullptr); }},
      {"IBackgroundCopyJobHttpOptions::SetSecurityFlags", S_OK, S_OK,
       [](const Faces& on) { return on.http->SetSecurityFlags(BG_SSL_IGNORE_UNKNOWN_CA); }},
      {"IBackgroundCopyJobHttpOptions::RemoveClientCertificate", S_FALSE, S_FALSE,
       [](const Faces& on) { return on.http->RemoveClientCertificate(); }},
      {"IBackgroundCopyJobHttpOptions2::SetHttpMethod", S_OK, BG_E_READ_ONLY_PROPERTY_AFTER_RESUME,
       [](const Faces& on) { return on.http->SetHttpMethod(L"GET"); }},
      {"IBackgroundCopyJobHttpOptions3::MakeCustomHeadersWriteOnly", S_OK, S_OK,
       [](const Faces& on) { return on.http->MakeCustomHeadersWriteOnly(); }},
  };
}

std::vector<Setter> of_files() {
  return {
      {"IBackgroundCopyFile2::SetRemoteName", S_OK, S_OK, set_remote_name},
      {"IBackgroundCopyFile6::UpdateDownloadPosition", BG_E_RANDOM_ACCESS_NOT_SUPPORTED,
       BG_E_RANDOM_ACCESS_NOT_SUPPORTED, [](const Faces& on) { return on.file->UpdateDownloadPosition(5); }},
      {"IBackgroundCopyFile6::RequestFileRanges", BG_E_RANDOM_ACCESS_NOT_SUPPORTED, BG_E_RANDOM_ACCESS_NOT_SUPPORTED,
       [](const Faces& on) {
         const BG_FILE_RANGE range{0, 5};
         return on.file->RequestFileRanges(1, &range);
       }},
      // The file has its place already.
      {"IDeliveryOptimizationFile2::SetProperty", BG_E_INVALID_STATE, BG_E_INVALID_STATE, set_local_path},
  };
}

}  // namespace

const std::vector<Setter>& setters() {
  static const auto* const table = [] {
    auto* const all = new std::vector<Setter>;
    for (const auto& some : {kOfJobs, of_properties(), of_requests(), of_files()}) {
      all->insert(all->end(), some.begin(), some.end());
    }
    return all;
  }();
  return *table;
}

}  // namespace dosvc
