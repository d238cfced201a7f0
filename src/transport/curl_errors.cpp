#include "transport/curl_errors.h"

#include <fmt/format.h>

#include <system_error>

#include "base/text.h"
#include "base/url.h"
#include "transport/proxy.h"

namespace dosvc {
namespace {

Failure transport_failure(HRESULT code, FailureClass failure_class, std::string message, FailureKind kind) {
  Failure failure;
  failure.error = Error{code, ErrorContext::transport, std::move(message)};
  failure.failure_class = failure_class;
  failure.kind = kind;
  return failure;
}

Failure transient(HRESULT code, std::string message, FailureKind kind = FailureKind::connection) {
  return transport_failure(code, FailureClass::transient, std::move(message), kind);
}

Failure fatal(HRESULT code, std::string message, FailureKind kind = FailureKind::other) {
  return transport_failure(code, FailureClass::fatal, std::move(message), kind);
}

std::string place(const CurlTrouble& trouble) {
  auto text = redacted(trouble.url);
  if (!trouble.reached.empty()) {
    if (const auto reached = redacted(trouble.reached); reached != text) text += " (redirected to " + reached + ")";
  }
  return text;
}

std::string in_brackets(const std::string& detail) { return detail.empty() ? "" : " (" + escaped(detail) + ")"; }

bool is_https(std::string_view url) { return url.starts_with("https://"); }

// Whether the TLS that failed was to be spoken with the proxy itself.
bool is_tls_of_proxy(const CurlTrouble& trouble) { return is_https(trouble.proxy) && trouble.proxy_status == 0; }

Failure refused_by_proxy(const CurlTrouble& trouble) {
  auto failure = transport_failure(
      http_status_code(trouble.proxy_status), classify_http_status(trouble.proxy_status),
      fmt::format("the proxy {} refused the way to {} with status {}: check the proxy setting and its password",
                  redacted_proxy(trouble.proxy), place(trouble), trouble.proxy_status),
      kind_of_http_status(trouble.proxy_status));
  failure.http_status = trouble.proxy_status;
  return failure;
}

Failure unusable_proxy(const CurlTrouble& trouble) {
  return fatal(
      BG_E_INVALID_PROXY_INFO,
      fmt::format("the proxy setting {} on the way to {} can't be used: check the proxy's scheme, name and port",
                  redacted_proxy(trouble.proxy), place(trouble)));
}

Failure name_unknown(const CurlTrouble& trouble) {
  return transient(
      WININET_E_NAME_NOT_RESOLVED,
      fmt::format("the name of the server of {} can't be found: check the address and the network", place(trouble)),
      FailureKind::name);
}

Failure proxy_name_unknown(const CurlTrouble& trouble) {
  return transient(WININET_E_NAME_NOT_RESOLVED,
                   fmt::format("the name of the proxy {} on the way to {} can't be found: check the proxy setting",
                               redacted_proxy(trouble.proxy), place(trouble)),
                   FailureKind::name);
}

Failure not_connected(const CurlTrouble& trouble) {
  const auto why = in_brackets(trouble.os_error ? std::generic_category().message(trouble.os_error) : std::string());
  if (!trouble.proxy.empty()) {
    return transient(WININET_E_CANNOT_CONNECT,
                     fmt::format("no connection to {} could be made through the proxy {}{}: check the proxy",
                                 place(trouble), redacted_proxy(trouble.proxy), why));
  }
  return transient(WININET_E_CANNOT_CONNECT,
                   fmt::format("no connection to {} could be made{}: check that the server runs and can be reached",
                               place(trouble), why));
}

Failure timed_out(const CurlTrouble& trouble) {
  std::string message;
  if (trouble.connected) {
    message = fmt::format("{} sent nothing for too long: check the network, or try later", place(trouble));
  } else if (trouble.proxy.empty()) {
    message = fmt::format("no connection to {} could be made in time: check that the server runs and can be reached",
                          place(trouble));
  } else {
    message = fmt::format("no connection to {} could be made in time through the proxy {}: check the proxy",
                          place(trouble), redacted_proxy(trouble.proxy));
  }
  return transient(WININET_E_TIMEOUT, std::move(message));
}

Failure connection_broke(const CurlTrouble& trouble) {
  return transient(WININET_E_CONNECTION_ABORTED,
                   fmt::format("the connection to {} broke{}: check the network, or try later", place(trouble),
                               in_brackets(trouble.detail)));
}

// A cut handshake may go better next time; an answer that isn't TLS stays what it is, and only OpenSSL's words tell.
Failure no_handshake(const CurlTrouble& trouble) {
  const auto says = [&](const char* words) { return trouble.detail.find(words) != std::string::npos; };
  if (!says("wrong version number") && !says("http request")) return connection_broke(trouble);
  if (is_tls_of_proxy(trouble)) {
    return fatal(BG_E_INVALID_PROXY_INFO, fmt::format("the proxy {} on the way to {} doesn't speak TLS: check the "
                                                      "proxy setting, which may have to begin with http://",
                                                      redacted_proxy(trouble.proxy), place(trouble)));
  }
  auto without_tls = redacted(trouble.reached.empty() ? trouble.url : trouble.reached);
  if (is_https(without_tls)) without_tls.erase(4, 1);
  return fatal(hresult_from_win32(ERROR_WINHTTP_SECURE_FAILURE),
               fmt::format("the server of {} doesn't speak TLS here: is it {}?", place(trouble), without_tls));
}

Failure not_trusted(const CurlTrouble& trouble) {
  const auto whose = is_tls_of_proxy(trouble) ? "the proxy " + redacted_proxy(trouble.proxy) : place(trouble);
  return fatal(hresult_from_win32(ERROR_WINHTTP_SECURE_FAILURE),
               fmt::format("the certificate of {} isn't trusted{}: check the address, the clock and the trusted "
                           "certificates",
                           whose, in_brackets(trouble.detail)),
               FailureKind::certificate);
}

// Only what the server sends along is looked at, and libcurl's sentence alone tells what it says.
Failure perhaps_revoked(const CurlTrouble& trouble) {
  if (trouble.detail.find("revocation reason") != std::string::npos) {
    return fatal(WININET_E_SEC_CERT_REVOKED,
                 fmt::format("the certificate of {} was revoked{}: its server isn't to be trusted", place(trouble),
                             in_brackets(trouble.detail)),
                 FailureKind::certificate);
  }
  return fatal(WININET_E_SEC_CERT_REV_FAILED,
               fmt::format("the server of {} doesn't prove that its certificate wasn't revoked{}: it has to send an "
                           "OCSP response along, or the job must not ask for it",
                           place(trouble), in_brackets(trouble.detail)),
               FailureKind::certificate);
}

// What a server says of the job's certificate comes as an alert, at the handshake or at the first read after it.
bool is_about_our_certificate(const CurlTrouble& trouble) {
  const auto says = [&](const char* words) { return trouble.detail.find(words) != std::string::npos; };
  if (trouble.code == CURLE_SSL_CLIENTCERT || says("alert certificate required")) return true;
  return trouble.has_certificate && says("alert") && (says("certificate") || says("unknown ca"));
}

Failure certificate_needed(const CurlTrouble& trouble) {
  const auto* what = trouble.has_certificate ? "doesn't accept the job's client certificate"
                                             : "wants a client certificate, and the job has none";
  return fatal(WININET_E_CLIENT_AUTH_CERT_NEEDED,
               fmt::format("the server of {} {}{}: give the job the right one", place(trouble), what,
                           in_brackets(trouble.detail)),
               FailureKind::certificate);
}

Failure bad_client_certificate(const CurlTrouble& trouble) {
  auto failure = fatal(CRYPT_E_FILE_ERROR,
                       fmt::format("the job's client certificate can't be used for {}{}: give the "
                                   "job another one",
                                   place(trouble), in_brackets(trouble.detail)),
                       FailureKind::certificate);
  failure.error.context = ErrorContext::local_file;
  return failure;
}

Failure bad_ca_file(const CurlTrouble& trouble) {
  const auto file = trouble.ca_file.empty() ? "of the system" : '"' + escaped(trouble.ca_file) + '"';
  auto failure =
      fatal(CRYPT_E_FILE_ERROR,
            fmt::format("the file of trusted certificates {} can't be used: check its name and content", file),
            FailureKind::certificate);
  failure.error.context = ErrorContext::local_file;
  return failure;
}

// Where a redirect that isn't followed leads: of what isn't http or https, the scheme alone is shown.
std::string forbidden_place(const std::string& url) {
  if (parse_url(url)) return redacted(url);
  constexpr std::size_t kMaxShown = 32;
  const auto colon = url.find(':');
  return colon > kMaxShown ? "somewhere" : escaped(url.substr(0, colon)) + "://…";
}

// Only http and https are spoken, and no redirect leads from https to http; the other reason for this code is an answer
// that has no status line.
Failure not_spoken(const CurlTrouble& trouble) {
  if (trouble.redirect_status == 0) return bad_answer(trouble.url, "something that isn't HTTP");
  auto failure = fatal(hresult_from_win32(static_cast<std::uint32_t>(trouble.redirect_status)),
                       fmt::format("the server redirects to {}, which isn't allowed for {}: ask for an address of http "
                                   "or https itself if you trust it",
                                   forbidden_place(trouble.reached), redacted(trouble.url)));
  failure.error.context = ErrorContext::remote_file;
  failure.http_status = trouble.redirect_status;
  return failure;
}

Failure bad_redirect(const CurlTrouble& trouble, const char* why) {
  auto failure = fatal(WININET_E_REDIRECT_FAILED, fmt::format("{} {}: check the address", redacted(trouble.url), why));
  failure.error.context = ErrorContext::remote_file;
  failure.http_status = trouble.redirect_status;
  return failure;
}

// libcurl has no code of its own for it.
bool is_fault_of_proxy_setting(const CurlTrouble& trouble) {
  if (trouble.proxy.empty()) return false;
  switch (trouble.code) {
    case CURLE_NOT_BUILT_IN:
      return true;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return !is_usable_proxy(trouble.proxy);
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return trouble.redirect_status == 0 && !is_usable_proxy(trouble.proxy);
    default:
      return false;
  }
}

}  // namespace

Failure failure_of(const CurlTrouble& trouble) {
  if (trouble.proxy_status >= 300) return refused_by_proxy(trouble);
  if (is_fault_of_proxy_setting(trouble)) return unusable_proxy(trouble);
  if (is_about_our_certificate(trouble)) return certificate_needed(trouble);
  switch (trouble.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return name_unknown(trouble);
    case CURLE_COULDNT_RESOLVE_PROXY:
      return proxy_name_unknown(trouble);
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
      return not_connected(trouble);
    case CURLE_OPERATION_TIMEDOUT:
      return timed_out(trouble);
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return connection_broke(trouble);
    case CURLE_SSL_CONNECT_ERROR:
      return no_handshake(trouble);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return not_trusted(trouble);
    case CURLE_SSL_INVALIDCERTSTATUS:
      return perhaps_revoked(trouble);
    case CURLE_SSL_CERTPROBLEM:
      return bad_client_certificate(trouble);
    case CURLE_SSL_CACERT_BADFILE:
      return bad_ca_file(trouble);
    case CURLE_TOO_MANY_REDIRECTS:
      return bad_redirect(trouble, "redirects again and again");
    case CURLE_URL_MALFORMAT:
      if (trouble.redirect_status) return bad_redirect(trouble, "redirects to something that isn't an address");
      return fatal(INET_E_INVALID_URL, fmt::format("{} isn't an address of http or https: check it", place(trouble)));
    case CURLE_UNSUPPORTED_PROTOCOL:
      return not_spoken(trouble);
    case CURLE_WEIRD_SERVER_REPLY:
      return bad_answer(trouble.url, "something that isn't HTTP");
    case CURLE_OUT_OF_MEMORY:  // also libcurl's word for a header line that is too long
      if (trouble.answering) return bad_answer(trouble.url, "a header that is too large");
      return transient(E_OUTOFMEMORY,
                       fmt::format("there isn't enough memory to ask for {}: close other programs", place(trouble)),
                       FailureKind::other);
    default:
      return transient(
          E_FAIL,
          fmt::format("the transfer of {} failed ({}): try later", place(trouble), curl_easy_strerror(trouble.code)),
          FailureKind::other);
  }
}

bool is_redirect_status(int status) { return (status >= 300 && status <= 303) || status == 307 || status == 308; }

Failure redirect_refused(int status, const std::string& url, const std::string& location) {
  const auto where = location.empty() ? std::string("elsewhere") : "to " + redacted(location);
  auto failure = fatal(hresult_from_win32(static_cast<std::uint32_t>(status)),
                       fmt::format("the server redirects {} {}, and the job follows no redirects: ask for the new "
                                   "address if you trust it",
                                   redacted(url), where));
  failure.error.context = ErrorContext::remote_file;
  failure.http_status = status;
  return failure;
}

Failure not_possible_here(const std::string& url) {
  return fatal(E_NOTIMPL, fmt::format("the libcurl of this system can't ask for {} as the job wants it: see that it is "
                                      "the one built with OpenSSL and GSS-API",
                                      redacted(url)));
}

Failure cut_short(const std::string& url) {
  return transient(
      WININET_E_CONNECTION_ABORTED,
      fmt::format("the answer of {} ended before the file was whole: check the network, or try later", redacted(url)));
}

Failure bad_answer(const std::string& url, const std::string& what) {
  auto failure = fatal(BG_E_INVALID_SERVER_RESPONSE,
                       fmt::format("{} answered with {}: tell whoever runs the server", redacted(url), what));
  failure.error.context = ErrorContext::remote_file;
  return failure;
}

}  // namespace dosvc
