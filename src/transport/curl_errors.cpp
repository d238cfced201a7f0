#include "transport/curl_errors.h"

#include <fmt/format.h>

#include <system_error>

#include "base/text.h"
#include "base/url.h"

namespace dosvc {
namespace {

Failure transport_failure(HRESULT code, FailureClass failure_class, std::string message) {
  return Failure{Error{code, ErrorContext::transport, std::move(message)}, failure_class, 0, {}};
}

Failure transient(HRESULT code, std::string message) {
  return transport_failure(code, FailureClass::transient, std::move(message));
}

Failure fatal(HRESULT code, std::string message) {
  return transport_failure(code, FailureClass::fatal, std::move(message));
}

std::string place(const CurlTrouble& trouble) {
  auto text = redacted(trouble.url);
  if (!trouble.reached.empty()) {
    if (const auto reached = redacted(trouble.reached); reached != text) text += " (redirected to " + reached + ")";
  }
  return text;
}

std::string in_brackets(const std::string& detail) { return detail.empty() ? "" : " (" + escaped(detail) + ")"; }

Failure refused_by_proxy(const CurlTrouble& trouble) {
  auto failure = transport_failure(
      http_status_code(trouble.proxy_status), classify_http_status(trouble.proxy_status),
      fmt::format("The proxy refused the way to {} with status {}: check the proxy setting and its password.",
                  place(trouble), trouble.proxy_status));
  failure.http_status = trouble.proxy_status;
  return failure;
}

Failure not_connected(const CurlTrouble& trouble) {
  const auto why = trouble.os_error ? std::generic_category().message(trouble.os_error) : std::string();
  return transient(WININET_E_CANNOT_CONNECT,
                   fmt::format("No connection to {} could be made{}: check that the server runs and can be reached.",
                               place(trouble), in_brackets(why)));
}

Failure timed_out(const CurlTrouble& trouble) {
  return transient(WININET_E_TIMEOUT,
                   trouble.connected
                       ? fmt::format("{} sent nothing for too long: check the network, or try later.", place(trouble))
                       : fmt::format("No connection to {} could be made in time: check that the server runs and can "
                                     "be reached.",
                                     place(trouble)));
}

Failure connection_broke(const CurlTrouble& trouble) {
  return transient(WININET_E_CONNECTION_ABORTED,
                   fmt::format("The connection to {} broke{}: check the network, or try later.", place(trouble),
                               in_brackets(trouble.detail)));
}

Failure not_trusted(const CurlTrouble& trouble) {
  return fatal(hresult_from_win32(ERROR_WINHTTP_SECURE_FAILURE),
               fmt::format("The certificate of {} isn't trusted{}: check the address, the clock and the trusted "
                           "certificates.",
                           place(trouble), in_brackets(trouble.detail)));
}

// Only http and https are spoken, and no redirect leads from https to http; the other reason for this code is an answer
// that has no status line.
Failure not_spoken(const CurlTrouble& trouble) {
  if (trouble.redirect_status == 0) return bad_answer(trouble.url, "something that isn't HTTP");
  auto failure = fatal(hresult_from_win32(static_cast<std::uint32_t>(trouble.redirect_status)),
                       fmt::format("{} redirects to a place that isn't safe to follow (https to http, or neither): "
                                   "ask for the new address itself if you trust it.",
                                   place(trouble)));
  failure.error.context = ErrorContext::remote_file;
  failure.http_status = trouble.redirect_status;
  return failure;
}

Failure bad_redirect(const CurlTrouble& trouble, const char* why) {
  auto failure = fatal(WININET_E_REDIRECT_FAILED, fmt::format("{} {}: check the address.", redacted(trouble.url), why));
  failure.error.context = ErrorContext::remote_file;
  failure.http_status = trouble.redirect_status;
  return failure;
}

}  // namespace

Failure failure_of(const CurlTrouble& trouble) {
  if (trouble.proxy_status >= 300) return refused_by_proxy(trouble);
  switch (trouble.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return transient(WININET_E_NAME_NOT_RESOLVED,
                       fmt::format("The name of the server of {} can't be found: check the address and the network.",
                                   place(trouble)));
    case CURLE_COULDNT_RESOLVE_PROXY:
      return transient(WININET_E_NAME_NOT_RESOLVED,
                       fmt::format("The name of the proxy on the way to {} can't be found: check the proxy setting.",
                                   place(trouble)));
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
    case CURLE_SSL_CONNECT_ERROR:
      return connection_broke(trouble);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return not_trusted(trouble);
    case CURLE_SSL_CACERT_BADFILE:
      return fatal(
          CRYPT_E_FILE_ERROR,
          fmt::format("The file of trusted certificates given for {} can't be read: check its name and content.",
                      place(trouble)));
    case CURLE_TOO_MANY_REDIRECTS:
      return bad_redirect(trouble, "redirects again and again");
    case CURLE_URL_MALFORMAT:
      if (trouble.redirect_status) return bad_redirect(trouble, "redirects to something that isn't an address");
      return fatal(INET_E_INVALID_URL, fmt::format("{} isn't an address of http or https: check it.", place(trouble)));
    case CURLE_UNSUPPORTED_PROTOCOL:
      return not_spoken(trouble);
    case CURLE_WEIRD_SERVER_REPLY:
      return bad_answer(trouble.url, "something that isn't HTTP");
    case CURLE_OUT_OF_MEMORY:  // also libcurl's word for a header line that is too long
      if (trouble.answering) return bad_answer(trouble.url, "a header that is too large");
      return transient(E_OUTOFMEMORY,
                       fmt::format("There isn't enough memory to ask for {}: close other programs.", place(trouble)));
    default:
      return transient(E_FAIL, fmt::format("The transfer of {} failed ({}): try later.", place(trouble),
                                           curl_easy_strerror(trouble.code)));
  }
}

Failure cut_short(const std::string& url) {
  return transient(
      WININET_E_CONNECTION_ABORTED,
      fmt::format("The answer of {} ended before the file was whole: check the network, or try later.", redacted(url)));
}

Failure bad_answer(const std::string& url, const std::string& what) {
  auto failure = fatal(BG_E_INVALID_SERVER_RESPONSE,
                       fmt::format("{} answered with {}: tell whoever runs the server.", redacted(url), what));
  failure.error.context = ErrorContext::remote_file;
  return failure;
}

Failure failed_to_write(Error error) {
  const bool may_mend = error.code == hresult_from_win32(ERROR_DISK_FULL);
  return Failure{std::move(error), may_mend ? FailureClass::transient : FailureClass::fatal, 0, {}};
}

}  // namespace dosvc
