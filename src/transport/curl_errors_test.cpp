#include "transport/curl_errors.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace dosvc {
namespace {

CurlTrouble trouble(CURLcode code) {
  CurlTrouble trouble;
  trouble.code = code;
  trouble.url = "http://user:secret@host.example/file?token=secret";
  trouble.reached = trouble.url;
  return trouble;
}

TEST(CurlErrors, follow_the_table) {
  struct Row {
    CURLcode code;
    std::uint32_t error;
    FailureClass failure_class;
    FailureKind kind;
  };
  constexpr Row kRows[] = {
      {CURLE_COULDNT_RESOLVE_HOST, 0x80072EE7, FailureClass::transient, FailureKind::name},
      {CURLE_COULDNT_RESOLVE_PROXY, 0x80072EE7, FailureClass::transient, FailureKind::name},
      {CURLE_COULDNT_CONNECT, 0x80072EFD, FailureClass::transient, FailureKind::connection},
      {CURLE_OPERATION_TIMEDOUT, 0x80072EE2, FailureClass::transient, FailureKind::connection},
      {CURLE_PARTIAL_FILE, 0x80072EFE, FailureClass::transient, FailureKind::connection},
      {CURLE_RECV_ERROR, 0x80072EFE, FailureClass::transient, FailureKind::connection},
      {CURLE_GOT_NOTHING, 0x80072EFE, FailureClass::transient, FailureKind::connection},
      {CURLE_SSL_CONNECT_ERROR, 0x80072EFE, FailureClass::transient, FailureKind::connection},
      {CURLE_PEER_FAILED_VERIFICATION, 0x80072F8F, FailureClass::fatal, FailureKind::certificate},
      {CURLE_SSL_INVALIDCERTSTATUS, 0x80072F19, FailureClass::fatal, FailureKind::certificate},
      {CURLE_SSL_CLIENTCERT, 0x80072F0C, FailureClass::fatal, FailureKind::certificate},
      {CURLE_SSL_CERTPROBLEM, 0x80092003, FailureClass::fatal, FailureKind::certificate},
      {CURLE_TOO_MANY_REDIRECTS, 0x80072F7C, FailureClass::fatal, FailureKind::other},
      {CURLE_URL_MALFORMAT, 0x800C0002, FailureClass::fatal, FailureKind::other},
      {CURLE_WEIRD_SERVER_REPLY, 0x8020001B, FailureClass::fatal, FailureKind::other},
      {CURLE_OUT_OF_MEMORY, 0x8007000E, FailureClass::transient, FailureKind::other},
  };
  for (const auto& row : kRows) {
    const auto failure = failure_of(trouble(row.code));
    EXPECT_EQ(failure.error.code, hresult(row.error)) << curl_easy_strerror(row.code);
    EXPECT_EQ(failure.failure_class, row.failure_class) << curl_easy_strerror(row.code);
    EXPECT_EQ(failure.kind, row.kind) << curl_easy_strerror(row.code);
    EXPECT_NE(failure.error.message.find("host.example/file"), std::string::npos) << failure.error.message;
    EXPECT_EQ(failure.error.message.find("secret"), std::string::npos) << failure.error.message;
    EXPECT_NE(failure.error.message.back(), '.');
    EXPECT_GE(failure.error.message.front(), 'a') << failure.error.message;
  }
}

TEST(CurlErrors, name_the_place_that_redirects_led_to) {
  auto there = trouble(CURLE_COULDNT_CONNECT);
  there.reached = "https://mirror.example/x?key=secret";
  there.os_error = ECONNREFUSED;
  const auto message = failure_of(there).error.message;
  EXPECT_NE(message.find("mirror.example/x"), std::string::npos) << message;
  EXPECT_NE(message.find("Connection refused"), std::string::npos) << message;
  EXPECT_EQ(message.find("secret"), std::string::npos) << message;
}

TEST(CurlErrors, tell_a_refused_redirect_from_an_answer_that_is_no_http) {
  auto refused = trouble(CURLE_UNSUPPORTED_PROTOCOL);
  EXPECT_EQ(failure_of(refused).error.code, BG_E_INVALID_SERVER_RESPONSE);
  refused.redirect_status = 302;
  EXPECT_EQ(failure_of(refused).error.code, hresult(0x8007012E));
  EXPECT_EQ(failure_of(refused).error.context, ErrorContext::remote_file);
  EXPECT_EQ(failure_of(refused).failure_class, FailureClass::fatal);
}

TEST(CurlErrors, name_the_scheme_or_the_place_of_a_refused_redirect) {
  auto refused = trouble(CURLE_UNSUPPORTED_PROTOCOL);
  refused.redirect_status = 302;
  refused.reached = "ftp://user:secret@host/secret";
  const auto scheme = failure_of(refused).error.message;
  EXPECT_EQ(scheme.rfind("the server redirects to ftp://…, which isn't allowed", 0), 0u) << scheme;
  refused.reached = "http://there.example/x?key=secret";
  const auto place = failure_of(refused).error.message;
  EXPECT_NE(place.find("redirects to http://there.example/x?key=***"), std::string::npos) << place;
  EXPECT_EQ((scheme + place).find("secret"), std::string::npos) << scheme << place;
}

TEST(CurlErrors, blame_the_proxy_that_stood_on_the_way) {
  for (const auto code : {CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY, CURLE_OPERATION_TIMEDOUT}) {
    auto there = trouble(code);
    there.proxy = "http://user:secret@proxy.example:3128";
    const auto failure = failure_of(there);
    const auto& message = failure.error.message;
    EXPECT_EQ(failure.failure_class, FailureClass::transient) << message;
    EXPECT_NE(message.find("the proxy http://***@proxy.example:3128"), std::string::npos) << message;
    EXPECT_NE(message.find("check the proxy"), std::string::npos) << message;
    EXPECT_EQ(message.find("check that the server"), std::string::npos) << message;
    EXPECT_EQ(message.find("secret"), std::string::npos) << message;
  }
}

TEST(CurlErrors, know_a_server_or_a_proxy_that_speaks_no_tls) {
  auto plain = trouble(CURLE_SSL_CONNECT_ERROR);
  plain.url = plain.reached = "https://host.example:80/file";
  plain.detail = "OpenSSL/3: error:0A00010B:SSL routines::wrong version number";
  const auto server = failure_of(plain);
  EXPECT_EQ(server.failure_class, FailureClass::fatal);
  EXPECT_EQ(server.error.message,
            "the server of https://host.example:80/file doesn't speak TLS here: is it http://host.example:80/file?");
  plain.proxy = "https://proxy.example:3128";
  EXPECT_EQ(failure_of(plain).error.code, BG_E_INVALID_PROXY_INFO);
  plain.proxy_status = 200;
  EXPECT_EQ(failure_of(plain).error, server.error);
}

TEST(CurlErrors, know_what_a_server_says_of_our_certificate) {
  const struct {
    const char* detail;
    bool has_certificate;
    std::uint32_t error;
  } kCases[] = {
      {"OpenSSL SSL_read: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0", false, 0x80072F0C},
      {"OpenSSL/3.0.19: error:0A000418:SSL routines::tlsv1 alert unknown ca", true, 0x80072F0C},
      {"OpenSSL/3.0.19: error:0A000412:SSL routines::sslv3 alert bad certificate", true, 0x80072F0C},
      {"OpenSSL/3.0.19: error:0A000412:SSL routines::sslv3 alert bad certificate", false, 0x80072EFE},
      {"OpenSSL SSL_read: error:0A000126:SSL routines::unexpected eof while reading, errno 0", true, 0x80072EFE},
  };
  for (const auto& c : kCases) {
    auto said = trouble(CURLE_RECV_ERROR);
    said.detail = c.detail;
    said.has_certificate = c.has_certificate;
    EXPECT_EQ(failure_of(said).error.code, hresult(c.error)) << c.detail;
  }
}

TEST(CurlErrors, tell_what_is_revoked_from_what_may_be) {
  auto revoked = trouble(CURLE_SSL_INVALIDCERTSTATUS);
  revoked.detail = "SSL certificate revocation reason: keyCompromise (1)";
  EXPECT_EQ(failure_of(revoked).error.code, hresult(0x80072F8A));
  EXPECT_EQ(failure_of(revoked).failure_class, FailureClass::fatal);
}

TEST(CurlErrors, of_what_is_not_done_show_no_secrets) {
  const auto* url = "http://user:secret@host.example/file?token=secret";
  const auto refused = redirect_refused(302, url, url);
  const auto impossible = not_possible_here(url);
  for (const auto& failure : {refused, impossible}) {
    EXPECT_EQ(failure.failure_class, FailureClass::fatal);
    EXPECT_NE(failure.error.message.find("host.example/file"), std::string::npos) << failure.error.message;
    EXPECT_EQ(failure.error.message.find("secret"), std::string::npos) << failure.error.message;
  }
}

TEST(CurlErrors, name_the_file_of_certificates_that_is_no_use) {
  auto bad = trouble(CURLE_SSL_CACERT_BADFILE);
  bad.ca_file = "/etc/mine.pem";
  const auto failure = failure_of(bad);
  EXPECT_EQ(failure.error.context, ErrorContext::local_file);
  EXPECT_EQ(failure.failure_class, FailureClass::fatal);
  EXPECT_NE(failure.error.message.find("\"/etc/mine.pem\""), std::string::npos) << failure.error.message;
}

TEST(CurlErrors, pass_on_what_a_proxy_says) {
  auto refused = trouble(CURLE_RECV_ERROR);
  refused.proxy_status = 407;
  EXPECT_EQ(failure_of(refused).error.code, BG_E_HTTP_ERROR_407);
  EXPECT_EQ(failure_of(refused).failure_class, FailureClass::fatal);
  refused.proxy_status = 503;
  EXPECT_EQ(failure_of(refused).failure_class, FailureClass::transient);
  EXPECT_EQ(failure_of(refused).error.context, ErrorContext::transport);
  EXPECT_EQ(failure_of(refused).kind, FailureKind::overload);
}

TEST(CurlErrors, cannot_be_steered_by_a_strangers_words) {
  auto forged = trouble(CURLE_PEER_FAILED_VERIFICATION);
  forged.detail = "name\nis 'evil\x1b[2J'";
  const auto message = failure_of(forged).error.message;
  EXPECT_EQ(message.find('\n'), std::string::npos);
  EXPECT_EQ(message.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace dosvc
