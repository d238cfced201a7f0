#include "transport/tls_rules.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace dosvc {
namespace {

constexpr std::uint32_t kForgiving = security::kIgnoreDate | security::kIgnoreUnknownCa | security::kIgnoreUsage;

// Where a context keeps its job's flags.
int flags_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

std::uint32_t flags_of(X509_STORE_CTX* chain) {
  const void* ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
  const SSL_CTX* context = SSL_get_SSL_CTX(static_cast<const SSL*>(ssl));
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(SSL_CTX_get_ex_data(context, flags_index())));
}

// Called for every error in a chain of certificates; 0 ends the handshake.
int look_at(int good, X509_STORE_CTX* chain) {
  if (good) return 1;
  if (!forgives(flags_of(chain), X509_STORE_CTX_get_error(chain))) return 0;
  X509_STORE_CTX_set_error(chain, X509_V_OK);
  return 1;
}

CURLcode set_up_context(CURL*, void* context_pointer, void* flags) {
  auto* context = static_cast<SSL_CTX*>(context_pointer);
  if (flags_index() < 0 || SSL_CTX_set_ex_data(context, flags_index(), flags) != 1) return CURLE_OUT_OF_MEMORY;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, &look_at);
  return CURLE_OK;
}

// The contexts of other libraries look the same from here.
bool is_openssl() {
  const char* library = curl_version_info(CURLVERSION_NOW)->ssl_version;
  return library && std::string_view(library).starts_with("OpenSSL/");
}

// Whether the job's requests need connections of their own: what a connection was made with (laxer checks, the job's
// certificate, Kerberos, which logs in a connection and not a request) must not serve another job, and libcurl doesn't
// compare all of it.
bool needs_own_connection(const HttpOptions& http) {
  const bool logs_in_connections = std::any_of(http.credentials.begin(), http.credentials.end(),
                                               [](const Credentials& c) { return c.scheme == AuthScheme::negotiate; });
  return logs_in_connections || http.client_certificate ||
         (http.security_flags & (kForgiving | security::kIgnoreName)) != 0;
}

curl_blob blob_of(const std::string& pem) { return {const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY}; }

}  // namespace

bool forgives(std::uint32_t security_flags, int x509_error) {
  switch (x509_error) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return security_flags & security::kIgnoreDate;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
      return security_flags & security::kIgnoreUnknownCa;
    case X509_V_ERR_INVALID_PURPOSE:
      return security_flags & security::kIgnoreUsage;
    default:
      return false;
  }
}

void set_tls(CurlOptions& to, const HttpOptions& http, const std::string* trusted) {
  const auto flags = http.security_flags;
  if (trusted) {
    curl_blob pem = blob_of(*trusted);
    to.set(CURLOPT_CAINFO_BLOB, &pem);
    to.set(CURLOPT_CAPATH, nullptr);  // in place of the system's, not beside them
  }
  if (flags & security::kIgnoreName) to.set(CURLOPT_SSL_VERIFYHOST, 0L);
  if (flags & security::kCheckRevocation) to.set(CURLOPT_SSL_VERIFYSTATUS, 1L);
  if (http.client_certificate) {
    curl_blob pem = blob_of(http.client_certificate->pem);
    to.set(CURLOPT_SSLCERT_BLOB, &pem);
    to.set(CURLOPT_SSLKEY_BLOB, &pem);
  }
  if (needs_own_connection(http)) {
    to.set(CURLOPT_FRESH_CONNECT, 1L);
    to.set(CURLOPT_FORBID_REUSE, 1L);
    to.set(CURLOPT_SSL_SESSIONID_CACHE, 0L);                    // a resumed session isn't looked at again
    to.set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});  // in HTTP/2 several requests share one at a time
  }
}

void set_forgiveness(CurlOptions& to, const HttpOptions& http, std::string_view proxy) {
  if ((http.security_flags & kForgiving) == 0) return;
  const bool strict = same_but_for_case(proxy.substr(0, 6), "https:");
  if (!is_openssl()) return to.fail(CURLE_NOT_BUILT_IN);
  const auto flags = static_cast<std::uintptr_t>(strict ? 0 : http.security_flags);
  to.set(CURLOPT_SSL_CTX_FUNCTION, &set_up_context);
  to.set(CURLOPT_SSL_CTX_DATA, reinterpret_cast<void*>(flags));
}

}  // namespace dosvc
