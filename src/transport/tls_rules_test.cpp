#include "transport/tls_rules.h"

#include <openssl/x509_vfy.h>

#include "fakes/transport_fixture.h"

namespace dosvc {
namespace {

using origin::TlsOptions;

TEST(TlsRules, forgive_what_they_name_and_nothing_else) {
  const struct {
    int error;
    std::uint32_t forgiven_by;
  } kCases[] = {
      {X509_V_ERR_CERT_HAS_EXPIRED, security::kIgnoreDate},
      {X509_V_ERR_CERT_NOT_YET_VALID, security::kIgnoreDate},
      {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, security::kIgnoreUnknownCa},
      {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, security::kIgnoreUnknownCa},
      {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, security::kIgnoreUnknownCa},
      {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, security::kIgnoreUnknownCa},
      {X509_V_ERR_INVALID_PURPOSE, security::kIgnoreUsage},
      {X509_V_ERR_CERT_SIGNATURE_FAILURE, 0},
      {X509_V_ERR_CERT_REVOKED, 0},
      {X509_V_ERR_CERT_CHAIN_TOO_LONG, 0},
      {X509_V_ERR_INVALID_CA, 0},
      {X509_V_ERR_EE_KEY_TOO_SMALL, 0},
      {X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, 0},
  };
  for (const auto& c : kCases) {
    for (const auto flag : {security::kIgnoreDate, security::kIgnoreUnknownCa, security::kIgnoreUsage,
                            security::kIgnoreName, security::kCheckRevocation}) {
      EXPECT_EQ(forgives(flag, c.error), flag == c.forgiven_by)
          << X509_verify_cert_error_string(c.error) << ' ' << flag;
    }
  }
}

class TlsRulesTest : public CurlTransportTest {
 protected:
  Download& fetch_from(SecureOrigin& secure, HttpOptions http, std::uint32_t flags) {
    secure->serve("/f", {.size = 1000});
    http.security_flags = flags;
    return start(secure.url("/f"), {}, http);
  }
  static constexpr std::uint32_t kAllForgiving =
      security::kIgnoreName | security::kIgnoreDate | security::kIgnoreUnknownCa | security::kIgnoreUsage;
};

TEST_F(TlsRulesTest, forgive_a_fault_when_it_is_named_and_only_then) {
  const struct {
    TlsOptions server;
    bool unknown;
    std::uint32_t flag;
    const char* fault;
  } kCases[] = {
      {{.first_day = -30, .last_day = -1}, false, security::kIgnoreDate, "expired"},
      {{.first_day = 2, .last_day = 30}, false, security::kIgnoreDate, "not yet valid"},
      {{.names = "DNS:else.example"}, false, security::kIgnoreName, "another name"},
      {{.usage = "clientAuth"}, false, security::kIgnoreUsage, "a client's"},
      {{}, true, security::kIgnoreUnknownCa, "unknown issuer"},
      {{.staple = TlsOptions::Staple::good}, true, security::kIgnoreUnknownCa, "unknown issuer, sent along"},
  };
  for (const auto& c : kCases) {
    SecureOrigin secure(c.server);
    const auto http = c.unknown ? HttpOptions{} : secure.trusting();
    expect_taken(fetch_from(secure, http, c.flag), 1000);
    // Those before left nothing behind that a stricter job could use.
    expect_failure(fetch_from(secure, http, 0), hresult(0x80072F8F), FailureClass::fatal);
    expect_failure(fetch_from(secure, http, kAllForgiving & ~c.flag), hresult(0x80072F8F), FailureClass::fatal);
    EXPECT_EQ(secure->requests().size(), 1u) << c.fault;
  }
}

TEST_F(TlsRulesTest, forgive_several_faults_when_all_are_named) {
  SecureOrigin secure({.names = "DNS:else.example", .usage = "clientAuth", .first_day = -30, .last_day = -1});
  expect_taken(fetch_from(secure, {}, kAllForgiving), 1000);
  expect_failure(fetch_from(secure, {}, kAllForgiving & ~security::kIgnoreDate), hresult(0x80072F8F),
                 FailureClass::fatal);
}

TEST_F(TlsRulesTest, of_a_laxer_job_serve_no_other_one_at_the_same_time) {
  SecureOrigin secure;
  secure->serve("/slow", {.size = 1000, .rules = {origin::always(origin::cut_after(10, origin::Ending::stall))}});
  HttpOptions lax;
  lax.security_flags = security::kIgnoreUnknownCa;
  auto& slow = start(secure.url("/slow"), {}, lax);
  ASSERT_TRUE(slow.events.wait_for_progress(10));
  expect_failure(fetch_from(secure, {}, 0), hresult(0x80072F8F), FailureClass::fatal);
  expect_failure(fetch_from(secure, {}, security::kIgnoreDate), hresult(0x80072F8F), FailureClass::fatal);
}

TEST_F(TlsRulesTest, hold_for_the_server_and_not_for_the_proxy) {
  // A proxy of https that nobody vouches for: its own answer to CONNECT must never come to be asked for.
  SecureOrigin proxy;
  HttpOptions http;
  http.security_flags = kAllForgiving;
  http.https_proxy = http.http_proxy = proxy.url("");
  expect_failure(start("https://files.example/f", {}, http), hresult(0x80072F8F), FailureClass::fatal);
  EXPECT_TRUE(proxy->requests().empty());
}

TEST_F(TlsRulesTest, can_ask_for_a_proof_that_nothing_was_revoked) {
  SecureOrigin good({.staple = TlsOptions::Staple::good});
  expect_taken(fetch_from(good, good.trusting(), security::kCheckRevocation), 1000);
  SecureOrigin silent;
  expect_failure(fetch_from(silent, silent.trusting(), security::kCheckRevocation), hresult(0x80072F19),
                 FailureClass::fatal);
  SecureOrigin revoked({.staple = TlsOptions::Staple::revoked});
  expect_failure(fetch_from(revoked, revoked.trusting(), security::kCheckRevocation), hresult(0x80072F8A),
                 FailureClass::fatal);
  expect_taken(fetch_from(revoked, revoked.trusting(), 0), 1000);
}

TEST_F(TlsRulesTest, bring_the_jobs_certificate_to_a_server_that_wants_one) {
  SecureOrigin secure({.wants_client_certificate = true});
  expect_taken(fetch_from(secure, secure.known_as("client"), 0), 1000);
  // And to no other job's request.
  const auto none = expect_failure(fetch_from(secure, secure.trusting(), 0), hresult(0x80072F0C), FailureClass::fatal);
  EXPECT_NE(none.error.message.find("the job has none"), std::string::npos) << none.error.message;
  const auto stranger =
      expect_failure(fetch_from(secure, secure.known_as("stranger"), 0), hresult(0x80072F0C), FailureClass::fatal);
  EXPECT_NE(stranger.error.message.find("doesn't accept"), std::string::npos) << stranger.error.message;
  EXPECT_EQ(secure->requests().size(), 1u);
}

TEST_F(TlsRulesTest, say_when_the_jobs_certificate_is_none) {
  SecureOrigin secure({.wants_client_certificate = true});
  auto http = secure.known_as("client");
  http.client_certificate->pem = "secret, but no certificate";
  const auto failure = expect_failure(fetch_from(secure, http, 0), CRYPT_E_FILE_ERROR, FailureClass::fatal);
  expect_no_secret(failure);
}

}  // namespace
}  // namespace dosvc
