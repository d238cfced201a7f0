// How a job's requests are made: proxies, credentials, certificates, headers. What is secret never comes out again.

#include "api/header_text.h"
#include "api/job_object.h"
#include "base/sha256.h"
#include "com/task_memory.h"
#include "core/names.h"

#include <algorithm>

namespace dosvc {
namespace {

constexpr std::size_t kSha1Bytes = 20;
constexpr std::size_t kMaxStoreName = 256;  // "IBackgroundCopyJobHttpOptions::SetClientCertificateByName"

Result<AuthTarget> in_target(BG_AUTH_TARGET target) {
  if (target == BG_AUTH_TARGET_SERVER || target == BG_AUTH_TARGET_PROXY) return static_cast<AuthTarget>(target);
  return failed_with(BG_E_INVALID_AUTH_TARGET, "credentials are for the server or for the proxy");
}

// Nobody runs a Passport any more.
Result<AuthScheme> in_scheme(BG_AUTH_SCHEME scheme) {
  if (scheme >= BG_AUTH_SCHEME_BASIC && scheme <= BG_AUTH_SCHEME_NEGOTIATE) return static_cast<AuthScheme>(scheme);
  return failed_with(BG_E_INVALID_AUTH_SCHEME, "credentials are for Basic, Digest, NTLM or Negotiate");
}

Result<Credentials> in_credentials(const BG_AUTH_CREDENTIALS& given) {
  Credentials credentials;
  credentials.target = DO_TRY(in_target(given.Target));
  credentials.scheme = DO_TRY(in_scheme(given.Scheme));
  const auto& [user, password] = given.Credentials.Basic;
  const bool may_be_implied = credentials.scheme == AuthScheme::ntlm || credentials.scheme == AuthScheme::negotiate;
  if (!user && !password && may_be_implied) return credentials;
  credentials.user = DO_TRY(in_string(user));
  credentials.password = DO_TRY(in_string(password));
  return credentials;
}

bool has_credentials(const Job& job, AuthTarget target, AuthScheme scheme) {
  return std::any_of(job.http.credentials.begin(), job.http.credentials.end(),
                     [&](const Credentials& each) { return each.target == target && each.scheme == scheme; });
}

}  // namespace

// ---- Proxies ----

HRESULT JobObject::SetProxySettings(BG_JOB_PROXY_USAGE usage, const WCHAR* proxies, const WCHAR* bypass) {
  return on_.edge([&]() -> Result<void> {
    if (usage < BG_JOB_PROXY_USAGE_PRECONFIG || usage > BG_JOB_PROXY_USAGE_AUTODETECT) return failed_with(E_NOTIMPL);
    if (usage != BG_JOB_PROXY_USAGE_OVERRIDE && (proxies || bypass)) {
      return failed_with(E_INVALIDARG, "lists of proxies go with BG_JOB_PROXY_USAGE_OVERRIDE only");
    }
    ProxySettings settings{static_cast<ProxyUsage>(usage), {}, {}};
    settings.proxies = DO_TRY(in_optional_string(proxies));
    settings.bypass = DO_TRY(in_optional_string(bypass));
    return on_.change({.proxy = std::move(settings)});
  });
}

HRESULT JobObject::GetProxySettings(BG_JOB_PROXY_USAGE* usage, LPWSTR* proxies, LPWSTR* bypass) {
  return on_.edge([&]() -> Result<void> {
    if (usage) *usage = BG_JOB_PROXY_USAGE_PRECONFIG;
    if (proxies) *proxies = nullptr;
    if (bypass) *bypass = nullptr;
    if (!usage || !proxies || !bypass) return failed_with(E_INVALIDARG);
    const JobSnapshotPtr now = on_.now();
    const ProxySettings& settings = now->job.http.proxy;
    TaskString list, exceptions;
    if (settings.usage == ProxyUsage::listed) {
      list.reset(task_string(settings.proxies));
      exceptions.reset(task_string(settings.bypass));
    }
    *usage = static_cast<BG_JOB_PROXY_USAGE>(settings.usage);
    *proxies = list.release();
    *bypass = exceptions.release();
    return {};
  });
}

// ---- Credentials ----

HRESULT JobObject::SetCredentials(BG_AUTH_CREDENTIALS* credentials) {
  return on_.edge([&]() -> Result<void> {
    if (!credentials) return failed_with(E_INVALIDARG, "no credentials");
    return on_.change({.set_credentials = DO_TRY(in_credentials(*credentials))});
  });
}

HRESULT JobObject::RemoveCredentials(BG_AUTH_TARGET target, BG_AUTH_SCHEME scheme) {
  return on_.edge([&]() -> Result<HRESULT> {
    const std::pair pair{DO_TRY(in_target(target)), DO_TRY(in_scheme(scheme))};
    const bool there = has_credentials(on_.now()->job, pair.first, pair.second);
    DO_TRY(on_.change({.remove_credentials = pair}));
    return there ? S_OK : S_FALSE;
  });
}

// ---- Client certificate ----

HRESULT JobObject::SetClientCertificateByID(BG_CERT_STORE_LOCATION location, LPCWSTR store, BYTE* hash) {
  return on_.edge([&]() -> Result<void> {
    if (!hash) return failed_with(RPC_X_NULL_REF_POINTER, "no hash of a certificate");
    CertificateChoice choice;
    choice.sha1 = to_hex(std::as_bytes(std::span(hash, kSha1Bytes)));
    return set_certificate(location, store, std::move(choice));
  });
}

HRESULT JobObject::SetClientCertificateByName(BG_CERT_STORE_LOCATION location, LPCWSTR store, LPCWSTR subject) {
  return on_.edge([&]() -> Result<void> {
    if (!subject) return failed_with(RPC_X_NULL_REF_POINTER, "no name of a certificate");
    CertificateChoice choice;
    choice.subject = DO_TRY(in_string(subject));
    if (choice.subject.empty()) return failed_with(E_INVALIDARG, "the name of the certificate is empty");
    DO_TRY(check_text(choice.subject, kMaxStoreName, "the name of the certificate"));
    return set_certificate(location, store, std::move(choice));
  });
}

Result<void> JobObject::set_certificate(BG_CERT_STORE_LOCATION location, LPCWSTR store, CertificateChoice choice) {
  if (location < BG_CERT_STORE_LOCATION_CURRENT_USER || location > BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE) {
    return failed_with(E_NOTIMPL, "no such place of certificate stores");
  }
  if (!store) return failed_with(RPC_X_NULL_REF_POINTER, "no name of a certificate store");
  choice.store_location = static_cast<std::uint32_t>(location);
  choice.store = DO_TRY(in_string(store));
  DO_TRY(check_text(choice.store, kMaxStoreName, "the name of the certificate store"));
  return choose_certificate(std::move(choice));
}

HRESULT JobObject::RemoveClientCertificate() {
  return on_.edge([&]() -> Result<HRESULT> {
    const bool there = on_.now()->job.http.client_certificate.has_value();
    DO_TRY(choose_certificate(std::nullopt));
    return there ? S_OK : S_FALSE;
  });
}

Result<void> JobObject::choose_certificate(std::optional<CertificateChoice> choice) {
  return on_.ask<void>([&](JobService& service, const Caller& caller, const JobId& id, auto reply) {
    service.set_client_certificate(caller, id, std::move(choice), std::move(reply));
  });
}

HRESULT JobObject::GetClientCertificate(BG_CERT_STORE_LOCATION* location, LPWSTR* store, BYTE** hash, LPWSTR* subject) {
  return on_.edge([&]() -> Result<void> {
    if (location) *location = BG_CERT_STORE_LOCATION_CURRENT_USER;
    if (store) *store = nullptr;
    if (hash) *hash = nullptr;
    if (subject) *subject = nullptr;
    if (!location || !store || !hash || !subject) return failed_with(RPC_X_NULL_REF_POINTER);
    const JobSnapshotPtr now = on_.now();
    const std::optional<ClientCertificate>& certificate = now->job.http.client_certificate;
    if (!certificate) return failed_with(RPC_X_BAD_STUB_DATA, "the job has no client certificate");
    const std::string bytes = from_hex(certificate->sha1).value_or(std::string(kSha1Bytes, '\0'));
    TaskString store_name(task_string(certificate->store));
    TaskString subject_name(task_string(certificate->subject));
    *hash = task_array(std::span(reinterpret_cast<const BYTE*>(bytes.data()), bytes.size())).release();
    *store = store_name.release();
    *subject = subject_name.release();
    *location = static_cast<BG_CERT_STORE_LOCATION>(certificate->store_location);
    return {};
  });
}

// A program is asked about a certificate while the handshake waits, on the thread that serves all transfers, and curl
// offers no other moment: docs/decisions.md.
HRESULT JobObject::SetServerCertificateValidationInterface(IUnknown*) {
  return on_.edge([]() -> Result<void> { return failed_with(E_NOTIMPL); });
}

// ---- Requests ----

HRESULT JobObject::SetCustomHeaders(LPCWSTR headers) {
  return on_.edge(
      [&]() -> Result<void> { return on_.change({.headers = split_headers(DO_TRY(in_optional_string(headers)))}); });
}

HRESULT JobObject::GetCustomHeaders(LPWSTR* headers) {
  return on_.edge([&]() -> Result<HRESULT> {
    if (!headers) return failed_with(RPC_X_NULL_REF_POINTER);
    *headers = nullptr;
    const JobSnapshotPtr now = on_.now();
    const HttpOptions& http = now->job.http;
    if (http.headers_hidden) return failed_with(E_ACCESSDENIED, "the program wants the headers never to be read back");
    if (Caller::this_process().uid != now->job.owner) return failed_with(E_ACCESSDENIED, "another user's headers");
    if (http.headers.empty()) return S_FALSE;
    *headers = task_string(joined_headers(http.headers));
    return S_OK;
  });
}

HRESULT JobObject::MakeCustomHeadersWriteOnly() { return set({.hide_headers = true}); }

HRESULT JobObject::SetSecurityFlags(ULONG flags) { return set({.security_flags = flags}); }

HRESULT JobObject::GetSecurityFlags(ULONG* flags) {
  return on_.read(flags, [](const JobSnapshot& job) { return ULONG{job.job.http.security_flags}; });
}

HRESULT JobObject::SetHttpMethod(LPCWSTR method) {
  return on_.edge([&]() -> Result<void> { return on_.change({.method = DO_TRY(in_string(method))}); });
}

HRESULT JobObject::GetHttpMethod(LPWSTR* method) {
  return on_.read(method, [](const JobSnapshot& job) {
    return task_string(job.job.http.method.empty() ? std::string("GET") : job.job.http.method);
  });
}

}  // namespace dosvc
