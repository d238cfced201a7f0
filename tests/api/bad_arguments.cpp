#include "api/job_methods.h"

#include <optional>

namespace dosvc {
namespace {

std::wstring long_text(std::size_t length) { return std::wstring(length, L'x'); }

// ---- Names of files, for every method that adds one

struct BadName {
  const char* what;
  std::wstring url;
  std::wstring local;
  HRESULT expected = E_INVALIDARG;
};

std::vector<BadName> bad_names() {
  const std::wstring url = L"http://h/x", local = L"/tmp/x";
  const std::wstring no_text = {static_cast<wchar_t>(0xD800)};
  return {
      {"empty address", L"", local},
      {"unknown scheme", L"gopher://h/x", local},
      {"file scheme", L"file:///etc/passwd", local},
      {"address without host", L"http:///x", local},
      {"address that is too long", L"http://h/" + long_text(3000), local},
      {"address that is no text", L"http://h/" + no_text, local},
      {"relative path", url, L"x"},
      {"path of Windows", url, L"C:\\folder\\x"},
      {"folder", url, L"/tmp/"},
      {"way up", url, L"/tmp/../x"},
      {"control character", url, L"/tmp/new\nline"},
      {"name that is too long", url, L"/tmp/" + long_text(300)},
      {"path that is too long", url,
       [] {
         std::wstring path;
         for (int i = 0; i < 50; ++i) path += L"/" + long_text(100);
         return path;
       }()},
      {"path that is no text", url, L"/tmp/" + no_text},
  };
}

HRESULT add_set(const Faces& on, std::wstring url, std::wstring local) {
  std::wstring good_url = L"http://h/x", good = on.local;
  BG_FILE_INFO files[] = {{good_url.data(), good.data()}, {url.data(), local.data()}};
  return on.job->AddFileSet(2, files);
}

std::vector<BadArgument> of_names() {
  std::vector<BadArgument> all;
  for (const BadName& bad : bad_names()) {
    const std::wstring url = bad.url, local = bad.local;
    all.push_back({"IBackgroundCopyJob::AddFile", bad.what, bad.expected,
                   [=](const Faces& on) { return on.job->AddFile(url.c_str(), local.c_str()); }});
    all.push_back({"IBackgroundCopyJob::AddFileSet", bad.what, bad.expected,
                   [=](const Faces& on) { return add_set(on, url, local); }});
    all.push_back({"IBackgroundCopyJob3::AddFileWithRanges", bad.what, bad.expected, [=](const Faces& on) {
                     BG_FILE_RANGE range{0, 1};
                     return on.job->AddFileWithRanges(url.c_str(), local.c_str(), 1, &range);
                   }});
    all.push_back({"IDeliveryOptimizationJob::AddFileWithRanges", bad.what, bad.expected, [=](const Faces& on) {
                     return on.delivery->AddFileWithRanges(L"id", url.c_str(), local.c_str(), 0, nullptr, 0);
                   }});
  }
  return all;
}

const std::vector<BadArgument> kOfNullNames = {
    {"IBackgroundCopyJob::AddFile", "NULL address", E_INVALIDARG,
     [](const Faces& on) { return on.job->AddFile(nullptr, on.local.c_str()); }},
    {"IBackgroundCopyJob::AddFile", "NULL path", E_INVALIDARG,
     [](const Faces& on) { return on.job->AddFile(on.url.c_str(), nullptr); }},
    {"IBackgroundCopyJob::AddFile", "empty path", E_INVALIDARG,
     [](const Faces& on) { return on.job->AddFile(on.url.c_str(), L""); }},
    {"IBackgroundCopyJob::AddFileSet", "no files", E_INVALIDARG,
     [](const Faces& on) {
       BG_FILE_INFO file{};
       return on.job->AddFileSet(0, &file);
     }},
    {"IBackgroundCopyJob::AddFileSet", "NULL files", E_INVALIDARG,
     [](const Faces& on) { return on.job->AddFileSet(1, nullptr); }},
    {"IBackgroundCopyJob::AddFileSet", "file of NULLs", E_INVALIDARG,
     [](const Faces& on) {
       BG_FILE_INFO file{};
       return on.job->AddFileSet(1, &file);
     }},
    {"IDeliveryOptimizationJob::AddFileWithRanges", "NULL id", E_INVALIDARG,
     [](const Faces& on) {
       return on.delivery->AddFileWithRanges(nullptr, on.url.c_str(), on.local.c_str(), 0, nullptr, 0);
     }},
    {"IDeliveryOptimizationJob::AddFileWithRanges", "NULL path", E_INVALIDARG,
     [](const Faces& on) { return on.delivery->AddFileWithRanges(L"id", on.url.c_str(), nullptr, 0, nullptr, 0); }},
    {"IDeliveryOptimizationJob::AddFileWithRanges", "empty path", E_INVALIDARG,
     [](const Faces& on) { return on.delivery->AddFileWithRanges(L"id", on.url.c_str(), L"", 0, nullptr, 0); }},
    {"IDeliveryOptimizationJob::AddFileWithRanges", "size beyond files", E_INVALIDARG,
     [](const Faces& on) {
       return on.delivery->AddFileWithRanges(L"id", on.url.c_str(), on.local.c_str(), 0, nullptr, 1ull << 63);
     }},
    {"IDeliveryOptimizationJob2::AddFile", "NULL address", E_INVALIDARG,
     [](const Faces& on) {
       com_ptr<IDeliveryOptimizationFile> file;
       return on.delivery2->AddFile(L"id", nullptr, 0, nullptr, IID_PPV_ARGS(file.put()));
     }},
    {"IDeliveryOptimizationJob2::AddFile", "NULL object", E_INVALIDARG,
     [](const Faces& on) {
       return on.delivery2->AddFile(L"id", on.url.c_str(), 0, nullptr, IID_IDeliveryOptimizationFile, nullptr);
     }},
    {"IDeliveryOptimizationJob2::AddFile", "another interface", E_NOINTERFACE,
     [](const Faces& on) {
       void* file = before_the_call<void*>();
       const HRESULT result = on.delivery2->AddFile(L"id", on.url.c_str(), 0, nullptr, IID_IUnknown, &file);
       EXPECT_EQ(file, nullptr);
       return result;
     }},
};

// ---- Ranges, for every method that takes some

std::vector<BadArgument> of_ranges() {
  using Ranges = std::vector<BG_FILE_RANGE>;
  constexpr UINT64 kEnd = BG_LENGTH_TO_EOF;
  const struct {
    const char* what;
    Ranges ranges;
    HRESULT expected;
  } kCases[] = {
      {"empty range", {{5, 0}}, BG_E_INVALID_RANGE},
      {"range that begins at the end", {{kEnd, 1}}, BG_E_INVALID_RANGE},
      {"range beyond files", {{1ull << 62, 1ull << 62}, {1ull << 63, 1}}, BG_E_INVALID_RANGE},
      {"ranges that overlap", {{0, 10}, {5, 10}}, BG_E_OVERLAPPING_RANGES},
      {"ranges that overlap, the later first", {{5, 10}, {0, 10}}, BG_E_OVERLAPPING_RANGES},
      {"range twice", {{7, 3}, {7, 3}}, BG_E_OVERLAPPING_RANGES},
      {"range behind one to the end", {{5, kEnd}, {100, 1}}, BG_E_OVERLAPPING_RANGES},
  };
  std::vector<BadArgument> all;
  for (const auto& bad : kCases) {
    const Ranges ranges = bad.ranges;
    const DWORD count = static_cast<DWORD>(ranges.size());
    all.push_back({"IBackgroundCopyJob3::AddFileWithRanges", bad.what, bad.expected, [=](const Faces& on) {
                     Ranges given = ranges;
                     return on.job->AddFileWithRanges(on.url.c_str(), on.local.c_str(), count, given.data());
                   }});
    all.push_back({"IDeliveryOptimizationJob::AddFileWithRanges", bad.what, bad.expected, [=](const Faces& on) {
                     Ranges given = ranges;
                     return on.delivery->AddFileWithRanges(L"id", on.url.c_str(), on.local.c_str(), count, given.data(),
                                                           DO_UNKNOWN_FILE_SIZE);
                   }});
    all.push_back({"IDeliveryOptimizationJob2::AddFile", bad.what, bad.expected, [=](const Faces& on) {
                     Ranges given = ranges;
                     com_ptr<IDeliveryOptimizationFile> file;
                     return on.delivery2->AddFile(L"id", on.url.c_str(), count, given.data(), IID_PPV_ARGS(file.put()));
                   }});
  }
  all.push_back({"IBackgroundCopyJob3::AddFileWithRanges", "no ranges", E_INVALIDARG, [](const Faces& on) {
                   return on.job->AddFileWithRanges(on.url.c_str(), on.local.c_str(), 0, nullptr);
                 }});
  all.push_back({"IBackgroundCopyJob3::AddFileWithRanges", "NULL ranges", E_INVALIDARG, [](const Faces& on) {
                   return on.job->AddFileWithRanges(on.url.c_str(), on.local.c_str(), 1, nullptr);
                 }});
  all.push_back({"IDeliveryOptimizationJob::AddFileWithRanges", "NULL ranges", E_INVALIDARG, [](const Faces& on) {
                   return on.delivery->AddFileWithRanges(L"id", on.url.c_str(), on.local.c_str(), 1, nullptr, 0);
                 }});
  all.push_back({"IBackgroundCopyFile6::RequestFileRanges", "no ranges", E_INVALIDARG,
                 [](const Faces& on) { return on.file->RequestFileRanges(0, nullptr); }});
  all.push_back({"IBackgroundCopyFile6::RequestFileRanges", "NULL ranges", E_INVALIDARG,
                 [](const Faces& on) { return on.file->RequestFileRanges(1, nullptr); }});
  all.push_back({"IBackgroundCopyFile6::RequestFileRanges", "empty range", BG_E_INVALID_RANGE, [](const Faces& on) {
                   const BG_FILE_RANGE range{1, 0};
                   return on.file->RequestFileRanges(1, &range);
                 }});
  return all;
}

// ---- What describes a job

HRESULT set_property(const Faces& on, int id, DWORD number) {
  BITS_JOB_PROPERTY_VALUE value;
  value.Uint64 = number;
  return on.job->SetProperty(static_cast<BITS_JOB_PROPERTY_ID>(id), value);
}

const std::vector<BadArgument> kOfProperties = {
    {"IBackgroundCopyJob::SetDisplayName", "NULL", E_INVALIDARG,
     [](const Faces& on) { return on.job->SetDisplayName(nullptr); }},
    {"IBackgroundCopyJob::SetDisplayName", "too long", BG_E_STRING_TOO_LONG,
     [](const Faces& on) { return on.job->SetDisplayName(long_text(257).c_str()); }},
    {"IBackgroundCopyJob::SetDescription", "NULL", E_INVALIDARG,
     [](const Faces& on) { return on.job->SetDescription(nullptr); }},
    {"IBackgroundCopyJob::SetDescription", "too long", BG_E_STRING_TOO_LONG,
     [](const Faces& on) { return on.job->SetDescription(long_text(1025).c_str()); }},
    {"IBackgroundCopyJob::SetPriority", "4", E_NOTIMPL,
     [](const Faces& on) { return on.job->SetPriority(static_cast<BG_JOB_PRIORITY>(4)); }},
    {"IBackgroundCopyJob::SetPriority", "-1", E_NOTIMPL,
     [](const Faces& on) { return on.job->SetPriority(static_cast<BG_JOB_PRIORITY>(-1)); }},
    {"IBackgroundCopyJob::SetNotifyFlags", "unknown flag", E_NOTIMPL,
     [](const Faces& on) { return on.job->SetNotifyFlags(0x40); }},
    {"IBackgroundCopyJob::SetNotifyInterface", "no callback", E_NOINTERFACE,
     [](const Faces& on) { return on.job->SetNotifyInterface(on.http.get()); }},
    {"IBackgroundCopyJob2::SetNotifyCmdLine", "parameters alone", E_INVALIDARG,
     [](const Faces& on) { return on.job->SetNotifyCmdLine(nullptr, L"x"); }},
    {"IBackgroundCopyJob2::SetNotifyCmdLine", "relative program", E_INVALIDARG,
     [](const Faces& on) { return on.job->SetNotifyCmdLine(L"true", nullptr); }},
    {"IBackgroundCopyJob2::SetNotifyCmdLine", "long program", BG_E_STRING_TOO_LONG,
     [](const Faces& on) { return on.job->SetNotifyCmdLine((L"/" + long_text(5000)).c_str(), nullptr); }},
    {"IBackgroundCopyJob2::SetNotifyCmdLine", "long parameters", BG_E_STRING_TOO_LONG,
     [](const Faces& on) { return on.job->SetNotifyCmdLine(L"/bin/true", long_text(4001).c_str()); }},
    {"IBackgroundCopyJob2::SetReplyFileName", "no upload", E_NOTIMPL,
     [](const Faces& on) { return on.job->SetReplyFileName(on.local.c_str()); }},
    {"IBackgroundCopyJob3::ReplaceRemotePrefix", "NULL", E_INVALIDARG,
     [](const Faces& on) { return on.job->ReplaceRemotePrefix(nullptr, L"http://"); }},
    {"IBackgroundCopyJob3::ReplaceRemotePrefix", "by NULL", E_INVALIDARG,
     [](const Faces& on) { return on.job->ReplaceRemotePrefix(L"http://", nullptr); }},
    {"IBackgroundCopyJob3::ReplaceRemotePrefix", "nothing", E_INVALIDARG,
     [](const Faces& on) { return on.job->ReplaceRemotePrefix(L"", L"http://"); }},
    {"IBackgroundCopyJob3::ReplaceRemotePrefix", "by nothing", E_INVALIDARG,
     [](const Faces& on) { return on.job->ReplaceRemotePrefix(L"http://", L""); }},
    {"IBackgroundCopyJob3::SetFileACLFlags", "unknown flag", E_INVALIDARG,
     [](const Faces& on) { return on.job->SetFileACLFlags(16); }},
    {"IBackgroundCopyJob3::SetFileACLFlags", "without SMB", E_NOTIMPL,
     [](const Faces& on) { return on.job->SetFileACLFlags(BG_COPY_FILE_OWNER); }},
    {"IBackgroundCopyJob4::SetPeerCachingFlags", "unknown flag", E_NOTIMPL,
     [](const Faces& on) { return on.job->SetPeerCachingFlags(8); }},
    {"IBackgroundCopyJob5::SetProperty", "no cost", E_INVALIDARG,
     [](const Faces& on) { return set_property(on, BITS_JOB_PROPERTY_ID_COST_FLAGS, 0); }},
    {"IBackgroundCopyJob5::SetProperty", "unknown cost", E_INVALIDARG,
     [](const Faces& on) { return set_property(on, BITS_JOB_PROPERTY_ID_COST_FLAGS, 0x100); }},
    {"IBackgroundCopyJob5::SetProperty", "no size", BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE,
     [](const Faces& on) { return set_property(on, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, 0); }},
    {"IBackgroundCopyJob5::SetProperty", "stored for the server", BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED,
     [](const Faces& on) { return set_property(on, BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, BG_AUTH_TARGET_SERVER); }},
};

std::vector<BadArgument> of_unknown_properties() {
  std::vector<BadArgument> all;
  for (int id : {-1, 0, 6, 8, 11}) {
    all.push_back({"IBackgroundCopyJob5::SetProperty", "unknown id", BG_E_UNKNOWN_PROPERTY_ID,
                   [=](const Faces& on) { return set_property(on, id, 1); }});
    all.push_back({"IBackgroundCopyJob5::GetProperty", "unknown id", BG_E_UNKNOWN_PROPERTY_ID, [=](const Faces& on) {
                     BITS_JOB_PROPERTY_VALUE value;
                     return on.job->GetProperty(static_cast<BITS_JOB_PROPERTY_ID>(id), &value);
                   }});
  }
  return all;
}

// ---- How requests are made

HRESULT set_credentials(const Faces& on, int target, int scheme, std::optional<std::wstring> user,
                        std::optional<std::wstring> password) {
  BG_AUTH_CREDENTIALS credentials{static_cast<BG_AUTH_TARGET>(target),
                                  static_cast<BG_AUTH_SCHEME>(scheme),
                                  {{user ? user->data() : nullptr, password ? password->data() : nullptr}}};
  return on.job->SetCredentials(&credentials);
}

std::vector<BadArgument> of_credentials() {
  const struct {
    const char* what;
    int target, scheme;
    std::optional<std::wstring> user, password;
    HRESULT expected;
  } kCases[] = {
      {"no target", 0, 1, L"u", L"p", BG_E_INVALID_AUTH_TARGET},
      {"unknown target", 3, 1, L"u", L"p", BG_E_INVALID_AUTH_TARGET},
      {"no scheme", 1, 0, L"u", L"p", BG_E_INVALID_AUTH_SCHEME},
      {"Passport", 1, BG_AUTH_SCHEME_PASSPORT, L"u", L"p", BG_E_INVALID_AUTH_SCHEME},
      {"unknown scheme", 2, 6, L"u", L"p", BG_E_INVALID_AUTH_SCHEME},
      {"Basic without names", 1, BG_AUTH_SCHEME_BASIC, {}, {}, E_INVALIDARG},
      {"Basic without user", 1, BG_AUTH_SCHEME_BASIC, {}, L"p", E_INVALIDARG},
      {"Digest without password", 2, BG_AUTH_SCHEME_DIGEST, L"u", {}, E_INVALIDARG},
      {"NTLM with half of them", 1, BG_AUTH_SCHEME_NTLM, L"u", {}, E_INVALIDARG},
      {"long user", 1, 1, long_text(301), L"p", BG_E_USERNAME_TOO_LARGE},
      {"long password", 1, 1, L"u", long_text(65'537), BG_E_PASSWORD_TOO_LARGE},
  };
  std::vector<BadArgument> all;
  for (const auto& bad : kCases) {
    all.push_back({"IBackgroundCopyJob2::SetCredentials", bad.what, bad.expected, [bad](const Faces& on) {
                     return set_credentials(on, bad.target, bad.scheme, bad.user, bad.password);
                   }});
  }
  all.push_back({"IBackgroundCopyJob2::SetCredentials", "NULL", E_INVALIDARG,
                 [](const Faces& on) { return on.job->SetCredentials(nullptr); }});
  all.push_back(
      {"IBackgroundCopyJob2::RemoveCredentials", "unknown target", BG_E_INVALID_AUTH_TARGET, [](const Faces& on) {
         return on.job->RemoveCredentials(static_cast<BG_AUTH_TARGET>(0), BG_AUTH_SCHEME_BASIC);
       }});
  all.push_back(
      {"IBackgroundCopyJob2::RemoveCredentials", "unknown scheme", BG_E_INVALID_AUTH_SCHEME, [](const Faces& on) {
         return on.job->RemoveCredentials(BG_AUTH_TARGET_SERVER, static_cast<BG_AUTH_SCHEME>(9));
       }});
  return all;
}

std::vector<BadArgument> of_proxies() {
  const auto proxy = [](const char* what, int usage, const wchar_t* list, const wchar_t* bypass, HRESULT expected) {
    return BadArgument{"IBackgroundCopyJob::SetProxySettings", what, expected, [=](const Faces& on) {
                         return on.job->SetProxySettings(static_cast<BG_JOB_PROXY_USAGE>(usage), list, bypass);
                       }};
  };
  static const std::wstring kLong = long_text(40'000);
  return {
      proxy("unknown usage", 4, nullptr, nullptr, E_NOTIMPL),
      proxy("no usage", -1, nullptr, nullptr, E_NOTIMPL),
      proxy("override by NULL", BG_JOB_PROXY_USAGE_OVERRIDE, nullptr, nullptr, E_INVALIDARG),
      proxy("override by nothing", BG_JOB_PROXY_USAGE_OVERRIDE, L"", nullptr, E_INVALIDARG),
      proxy("list without need", BG_JOB_PROXY_USAGE_PRECONFIG, L"p:1", nullptr, E_INVALIDARG),
      proxy("bypass without need", BG_JOB_PROXY_USAGE_NO_PROXY, nullptr, L"h", E_INVALIDARG),
      proxy("lists to detect", BG_JOB_PROXY_USAGE_AUTODETECT, L"p:1", L"h", E_INVALIDARG),
      proxy("long list", BG_JOB_PROXY_USAGE_OVERRIDE, kLong.c_str(), nullptr, BG_E_PROXY_LIST_TOO_LARGE),
      proxy("long bypass", BG_JOB_PROXY_USAGE_OVERRIDE, L"p:1", kLong.c_str(), BG_E_PROXY_BYPASS_LIST_TOO_LARGE),
  };
}

BYTE* a_hash() {
  static BYTE hash[20] = {1, 2, 3};
  return hash;
}

constexpr auto kNoPlace = static_cast<BG_CERT_STORE_LOCATION>(8);
constexpr auto kUser = BG_CERT_STORE_LOCATION_CURRENT_USER;

const std::vector<BadArgument> kOfRequests = {
    {"IBackgroundCopyJobHttpOptions::SetClientCertificateByID", "unknown place", E_NOTIMPL,
     [](const Faces& on) { return on.http->SetClientCertificateByID(kNoPlace, L"MY", a_hash()); }},
    {"IBackgroundCopyJobHttpOptions::SetClientCertificateByID", "NULL store", RPC_X_NULL_REF_POINTER,
     [](const Faces& on) { return on.http->SetClientCertificateByID(kUser, nullptr, a_hash()); }},
    {"IBackgroundCopyJobHttpOptions::SetClientCertificateByID", "NULL hash", RPC_X_NULL_REF_POINTER,
     [](const Faces& on) { return on.http->SetClientCertificateByID(kUser, L"MY", nullptr); }},
    {"IBackgroundCopyJobHttpOptions::SetClientCertificateByID", "long store", BG_E_STRING_TOO_LONG,
     [](const Faces& on) { return on.http->SetClientCertificateByID(kUser, long_text(257).c_str(), a_hash()); }},
    {"IBackgroundCopyJobHttpOptions::SetClientCertificateByName", "unknown place", E_NOTIMPL,
     [](const Faces& on) { return on.http->SetClientCertificateByName(kNoPlace, L"MY", L"me"); }},
    {"IBackgroundCopyJobHttpOptions::SetClientCertificateByName", "NULL store", RPC_X_NULL_REF_POINTER,
     [](const Faces& on) { return on.http->SetClientCertificateByName(kUser, nullptr, L"me"); }},
    {"IBackgroundCopyJobHttpOptions::SetClientCertificateByName", "NULL name", RPC_X_NULL_REF_POINTER,
     [](const Faces& on) { return on.http->SetClientCertificateByName(kUser, L"MY", nullptr); }},
    {"IBackgroundCopyJobHttpOptions::SetClientCertificateByName", "empty name", E_INVALIDARG,
     [](const Faces& on) { return on.http->SetClientCertificateByName(kUser, L"MY", L""); }},
    {"IBackgroundCopyJobHttpOptions::SetClientCertificateByName", "long name", BG_E_STRING_TOO_LONG,
     [](const Faces& on) { return on.http->SetClientCertificateByName(kUser, L"MY", long_text(257).c_str()); }},
    {"IBackgroundCopyJobHttpOptions::SetCustomHeaders", "no header", E_INVALIDARG,
     [](const Faces& on) { return on.http->SetCustomHeaders(L"words\r\n"); }},
    {"IBackgroundCopyJobHttpOptions::SetCustomHeaders", "CR in a line", E_INVALIDARG,
     [](const Faces& on) { return on.http->SetCustomHeaders(L"A: 1\rB: 2\r\n"); }},
    {"IBackgroundCopyJobHttpOptions::SetCustomHeaders", "too long", BG_E_STRING_TOO_LONG,
     [](const Faces& on) { return on.http->SetCustomHeaders((L"A: " + long_text(16'380) + L"\r\n").c_str()); }},
    {"IBackgroundCopyJobHttpOptions::SetSecurityFlags", "unknown flag", E_NOTIMPL,
     [](const Faces& on) { return on.http->SetSecurityFlags(0x20); }},
    {"IBackgroundCopyJobHttpOptions::SetSecurityFlags", "unknown redirect policy", E_NOTIMPL,
     [](const Faces& on) { return on.http->SetSecurityFlags(0x300); }},
    {"IBackgroundCopyJobHttpOptions2::SetHttpMethod", "NULL", E_INVALIDARG,
     [](const Faces& on) { return on.http->SetHttpMethod(nullptr); }},
    {"IBackgroundCopyJobHttpOptions2::SetHttpMethod", "empty", E_INVALIDARG,
     [](const Faces& on) { return on.http->SetHttpMethod(L""); }},
    {"IBackgroundCopyJobHttpOptions2::SetHttpMethod", "two words", E_INVALIDARG,
     [](const Faces& on) { return on.http->SetHttpMethod(L"GET /"); }},
    {"IBackgroundCopyJobHttpOptions3::SetServerCertificateValidationInterface", "any", E_NOTIMPL,
     [](const Faces& on) { return on.http->SetServerCertificateValidationInterface(on.ear.get()); }},
};

// ---- Properties of files, and of Delivery Optimization

HRESULT set_file_property(const Faces& on, int id, VARTYPE type, const wchar_t* text = nullptr) {
  VARIANT value{};
  value.vt = type;
  if (type == VT_BSTR) value.bstrVal = SysAllocString(text);
  const HRESULT result = on.file2->SetProperty(static_cast<DOFilePropertyId>(id), &value);
  VariantClear(&value);
  return result;
}

BadArgument set(const char* what, int id, VARTYPE type, const wchar_t* text, HRESULT expected) {
  return {"IDeliveryOptimizationFile2::SetProperty", what, expected,
          [=](const Faces& on) { return set_file_property(on, id, type, text); }};
}

BadArgument get(const char* what, int id, HRESULT expected) {
  return {"IDeliveryOptimizationFile2::GetProperty", what, expected, [=](const Faces& on) {
            VARIANT value{};
            return on.file2->GetProperty(static_cast<DOFilePropertyId>(id), &value);
          }};
}

const std::vector<BadArgument> kOfFiles = {
    {"IBackgroundCopyFile2::SetRemoteName", "NULL", E_INVALIDARG,
     [](const Faces& on) { return on.file->SetRemoteName(nullptr); }},
    {"IBackgroundCopyFile2::SetRemoteName", "unknown scheme", E_INVALIDARG,
     [](const Faces& on) { return on.file->SetRemoteName(L"ftp://h/x"); }},
    {"IBackgroundCopyFile2::SetRemoteName", "too long", E_INVALIDARG,
     [](const Faces& on) { return on.file->SetRemoteName((L"http://h/" + long_text(2200)).c_str()); }},
    {"IBackgroundCopyFile5::SetProperty", "headers", BG_E_READ_ONLY_PROPERTY,
     [](const Faces& on) { return on.file->SetProperty(BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, {}); }},
    {"IBackgroundCopyFile5::SetProperty", "unknown id", BG_E_UNKNOWN_PROPERTY_ID,
     [](const Faces& on) { return on.file->SetProperty(static_cast<BITS_FILE_PROPERTY_ID>(2), {}); }},
    {"IBackgroundCopyFile5::GetProperty", "unknown id", BG_E_UNKNOWN_PROPERTY_ID,
     [](const Faces& on) {
       BITS_FILE_PROPERTY_VALUE value{};
       return on.file->GetProperty(static_cast<BITS_FILE_PROPERTY_ID>(0), &value);
     }},
    {"IDeliveryOptimizationFile2::SetProperty", "NULL", E_INVALIDARG,
     [](const Faces& on) { return on.file2->SetProperty(DOFilePropertyId_TotalSizeBytes, nullptr); }},
    set("unknown id", 7, VT_BSTR, L"", DO_E_UNKNOWN_PROPERTY_ID),
    set("key to decrypt with", DOFilePropertyId_DecryptionInfo, VT_BSTR, L"{}", E_NOTIMPL),
    set("an object to write to", DOFilePropertyId_DownloadSinkInterface, VT_UNKNOWN, nullptr, E_NOTIMPL),
    set("memory", DOFilePropertyId_DownloadSinkMemoryStream, VT_UNKNOWN, nullptr,
        DO_E_MEMORYSTREAM_DOWNLOAD_NOT_SUPPORTED),
    set("check of another type", DOFilePropertyId_IntegrityCheckInfo, VT_BOOL, nullptr, E_INVALIDARG),
    set("check that is no JSON", DOFilePropertyId_IntegrityCheckInfo, VT_BSTR, L"{", E_INVALIDARG),
    set("check without an address", DOFilePropertyId_IntegrityCheckInfo, VT_BSTR, L"{}", E_INVALIDARG),
    set("mandatory of another type", DOFilePropertyId_IntegrityCheckMandatory, VT_UI4, nullptr, E_INVALIDARG),
    set("size of another type", DOFilePropertyId_TotalSizeBytes, VT_UI4, nullptr, E_INVALIDARG),
    set("relative path", DOFilePropertyId_DownloadSinkFilePath, VT_BSTR, L"x", E_INVALIDARG),
    set("path of another type", DOFilePropertyId_DownloadSinkFilePath, VT_EMPTY, nullptr, E_INVALIDARG),
    get("unknown id", -1, DO_E_UNKNOWN_PROPERTY_ID),
    get("key to decrypt with", DOFilePropertyId_DecryptionInfo, DO_E_WRITE_ONLY_PROPERTY),
    get("check", DOFilePropertyId_IntegrityCheckInfo, DO_E_WRITE_ONLY_PROPERTY),
    get("an object to write to", DOFilePropertyId_DownloadSinkInterface, E_NOTIMPL),
    get("memory", DOFilePropertyId_DownloadSinkMemoryStream, DO_E_MEMORYSTREAM_DOWNLOAD_NOT_SUPPORTED),
    {"IDeliveryOptimizationJob2::GetProperty", "NULL", E_INVALIDARG,
     [](const Faces& on) { return on.delivery2->GetProperty(DOJobPropertyId_ExtendedErrorInfo, nullptr); }},
    {"IDeliveryOptimizationJob2::GetProperty", "unknown id", DO_E_UNKNOWN_PROPERTY_ID,
     [](const Faces& on) {
       VARIANT value{};
       return on.delivery2->GetProperty(static_cast<DOJobPropertyId>(1), &value);
     }},
    {"IDeliveryOptimizationJob2::SetProperty", "error", DO_E_READ_ONLY_PROPERTY,
     [](const Faces& on) {
       const VARIANT value{};
       return on.delivery2->SetProperty(DOJobPropertyId_ExtendedErrorInfo, &value);
     }},
    {"IDeliveryOptimizationJob2::SetProperty", "unknown id", DO_E_UNKNOWN_PROPERTY_ID,
     [](const Faces& on) { return on.delivery2->SetProperty(static_cast<DOJobPropertyId>(1), nullptr); }},
};

}  // namespace

const std::vector<BadArgument>& bad_arguments() {
  static const auto* const table = [] {
    auto* const all = new std::vector<BadArgument>;
    for (const auto& some : {of_names(), kOfNullNames, of_ranges(), kOfProperties, of_unknown_properties(),
                             of_credentials(), of_proxies(), kOfRequests, kOfFiles}) {
      all->insert(all->end(), some.begin(), some.end());
    }
    return all;
  }();
  return *table;
}

}  // namespace dosvc
