#include "fakes/transport_fixture.h"

namespace dosvc {
namespace {

using origin::Behaviour;
using Scheme = origin::Login::Scheme;

// Who the job is for a server or a proxy that asks.
class IdentityTest : public CurlTransportTest {
 protected:
  static Credentials credentials(AuthScheme scheme, AuthTarget target = AuthTarget::server) {
    return {target, scheme, "me", "secret"};
  }
  static HttpOptions with(std::vector<Credentials> given) {
    HttpOptions http;
    http.credentials = std::move(given);
    return http;
  }
  // "/f", for those alone who know the password.
  static origin::Resource locked(Scheme scheme, std::string password = "secret", bool proxy = false) {
    Behaviour behaviour;
    behaviour.login = {scheme, "me", std::move(password), proxy};
    return {.size = 1000, .rules = {origin::always(behaviour)}};
  }
  std::vector<std::string> said(std::string_view name = "Authorization") const {
    std::vector<std::string> values;
    for (const auto& request : origin_.requests_of("/f")) values.push_back(request.header(name));
    return values;
  }
};

TEST_F(IdentityTest, by_basic_is_told_at_once) {
  origin_.serve("/f", locked(Scheme::basic));
  expect_taken(start(origin_.url("/f"), {}, with({credentials(AuthScheme::basic)})), 1000);
  EXPECT_EQ(said().size(), 1u);
}

TEST_F(IdentityTest, by_digest_is_told_when_asked_for) {
  origin_.serve("/f", locked(Scheme::digest));
  auto& download = start(origin_.url("/f"), {}, with({credentials(AuthScheme::digest)}));
  expect_taken(download, 1000);
  EXPECT_EQ(download.events.answers(), 1);
  EXPECT_EQ(download.events.head().status, 200);
  const auto headers = said();
  ASSERT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers[0], "");
  EXPECT_EQ(headers[1].rfind("Digest ", 0), 0u) << headers[1];
}

TEST_F(IdentityTest, by_several_schemes_is_told_by_the_one_the_server_has) {
  for (const auto scheme : {Scheme::basic, Scheme::digest}) {
    origin_.record().clear();
    origin_.serve("/f", locked(scheme));
    const auto both = with({credentials(AuthScheme::basic), credentials(AuthScheme::digest)});
    expect_taken(start(origin_.url("/f"), {}, both), 1000);
    ASSERT_EQ(said().size(), 2u);
    EXPECT_EQ(said()[0], "");  // no password before it is known that Basic alone will do
  }
}

TEST_F(IdentityTest, never_falls_back_to_a_scheme_that_was_not_given) {
  origin_.serve("/f", locked(Scheme::basic));
  auto& download = start(origin_.url("/f"), {}, with({credentials(AuthScheme::digest)}));
  expect_no_secret(expect_failure(download, BG_E_HTTP_ERROR_401, FailureClass::fatal));
  EXPECT_EQ(download.events.head().status, 401);
  EXPECT_EQ(said(), std::vector<std::string>{""});
}

TEST_F(IdentityTest, that_is_not_believed_is_a_fatal_401) {
  for (const auto& [scheme, given] :
       {std::pair{Scheme::basic, AuthScheme::basic}, {Scheme::digest, AuthScheme::digest}}) {
    origin_.serve("/f", locked(scheme, "another"));
    auto& download = start(origin_.url("/f"), {}, with({credentials(given)}));
    const auto failure = expect_failure(download, BG_E_HTTP_ERROR_401, FailureClass::fatal);
    EXPECT_EQ(failure.error.context, ErrorContext::remote_file);
    expect_no_secret(failure);
    EXPECT_EQ(download.events.answers(), 1);
    expect_nothing_written(download);
  }
}

TEST_F(IdentityTest, is_told_to_each_part_of_a_file) {
  origin_.serve("/f", locked(Scheme::digest));
  auto asked = holding(400, 1000);
  expect_taken(start(origin_.url("/f"), asked, with({credentials(AuthScheme::digest)})), 1000, 1, 400);
  EXPECT_EQ(origin_.requests_of("/f").back().range(), "bytes=400-");
}

TEST_F(IdentityTest, by_ntlm_begins_when_asked_for) {
  Behaviour asks = origin::status(401);
  asks.headers = {{"WWW-Authenticate", "NTLM"}};
  origin_.serve("/f", {.size = 10, .rules = {origin::always(asks)}});
  auto& download = start(origin_.url("/f"), {}, with({credentials(AuthScheme::ntlm)}));
  expect_failure(download, BG_E_HTTP_ERROR_401, FailureClass::fatal);
  const auto headers = said();
  ASSERT_GE(headers.size(), 2u);
  EXPECT_EQ(headers[0], "");
  EXPECT_EQ(headers[1].rfind("NTLM TlRMTVNTUAAB", 0), 0u) << headers[1];  // "NTLMSSP", message 1
}

// Kerberos logs in a connection, not a request.
TEST_F(IdentityTest, by_negotiate_stays_on_a_connection_of_its_own) {
  origin_.serve("/f", {.size = 10});
  expect_taken(start(origin_.url("/f")), 10);
  expect_taken(start(origin_.url("/f"), {}, with({credentials(AuthScheme::negotiate)})), 10);
  expect_taken(start(origin_.url("/f"), {}, with({credentials(AuthScheme::negotiate)})), 10);
  expect_taken(start(origin_.url("/f")), 10);
  const auto requests = origin_.requests_of("/f");
  EXPECT_EQ(origin_.connections(), 3u);
  EXPECT_EQ(requests[3].connection, requests[0].connection);
}

// There is no ticket here: what matters is that it ends, and as what.
TEST_F(IdentityTest, by_negotiate_without_a_ticket_is_a_fatal_401) {
  Behaviour asks = origin::status(401);
  asks.headers = {{"WWW-Authenticate", "Negotiate"}};
  origin_.serve("/f", {.size = 10, .rules = {origin::always(asks)}});
  Credentials own_identity{AuthTarget::server, AuthScheme::negotiate, "", ""};
  auto& download = start(origin_.url("/f"), {}, with({own_identity}));
  expect_failure(download, BG_E_HTTP_ERROR_401, FailureClass::fatal);
  EXPECT_EQ(said()[0], "");
}

// Those of a service would say that it is the service who asks.
TEST_F(IdentityTest, by_negotiate_is_never_that_of_a_service_for_many) {
  make_transport({.own_tickets = false});
  origin_.serve("/f", locked(Scheme::basic, "secret"));
  Credentials own_identity{AuthTarget::server, AuthScheme::negotiate, "", ""};
  expect_taken(start(origin_.url("/f"), {}, with({own_identity, credentials(AuthScheme::basic)})), 1000);
}

TEST_F(IdentityTest, for_a_proxy_is_told_to_it_alone) {
  origin_.serve("/f", locked(Scheme::basic, "secret", true));
  auto http = with({credentials(AuthScheme::basic, AuthTarget::proxy)});
  http.http_proxy = origin_.url("");
  expect_taken(start("http://files.example/f", {}, http), 1000);
  EXPECT_EQ(said().size(), 1u);
  EXPECT_EQ(said(), std::vector<std::string>{""});

  http.credentials[0].password = "wrong-secret";
  const auto failure =
      expect_failure(start("http://files.example/f", {}, http), BG_E_HTTP_ERROR_407, FailureClass::fatal);
  expect_no_secret(failure);
}

TEST_F(IdentityTest, for_a_proxy_by_digest_is_told_when_asked_for) {
  origin_.serve("/f", locked(Scheme::digest, "secret", true));
  // libcurl names the path alone there, which this origin doesn't take for the address it was asked for.
  auto http = with({credentials(AuthScheme::digest, AuthTarget::proxy)});
  http.http_proxy = origin_.url("");
  start("http://files.example/f", {}, http).events.wait_until_done();
  const auto headers = said("Proxy-Authorization");
  ASSERT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers[0], "");
  EXPECT_EQ(headers[1].rfind("Digest username=\"me\"", 0), 0u) << headers[1];
}

TEST_F(IdentityTest, of_the_job_counts_more_than_that_in_the_environment) {
  origin_.serve("/f", locked(Scheme::basic, "secret", true));
  auto http = with({credentials(AuthScheme::basic, AuthTarget::proxy)});
  http.http_proxy = origin_.url("");
  http.http_proxy.insert(http.http_proxy.find("127"), "you:other@");
  expect_taken(start("http://files.example/f", {}, http), 1000);
}

TEST_F(IdentityTest, is_for_the_first_host_only) {
  origin::Origin other;
  other.serve("/f", locked(Scheme::digest));
  auto place = other.url("/f");
  place.replace(place.find("127.0.0.1"), 9, "localhost");
  auto& download = start(origin_.url("/redirect/1?to=" + place), {}, with({credentials(AuthScheme::digest)}));
  expect_failure(download, BG_E_HTTP_ERROR_401, FailureClass::fatal);
  for (const auto& request : other.requests()) EXPECT_EQ(request.header("Authorization"), "");
}

// Headers for a server that asks ("DODownloadProperty_HttpCustomAuthHeaders").
class AuthHeadersTest : public IdentityTest {
 protected:
  AuthHeadersTest() { http_.auth_headers = {"X-Token: secret", "X-Other: 1"}; }
  static origin::Resource asks_first(std::uint64_t page_bytes = 0) {
    Behaviour asks = origin::status(401);
    asks.padding_headers = page_bytes;
    return {.size = 1000, .rules = origin::in_turn({asks})};
  }

  SecureOrigin secure_;
  HttpOptions http_ = secure_.trusting();
};

TEST_F(AuthHeadersTest, are_sent_when_a_server_asks) {
  secure_->serve("/f", asks_first());
  auto& download = start(secure_.url("/f"), {}, http_);
  expect_taken(download, 1000);
  EXPECT_EQ(download.events.answers(), 1);
  const auto requests = secure_->requests_of("/f");
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].header("X-Token"), "");
  EXPECT_EQ(requests[1].header("X-Token"), "secret");
  EXPECT_EQ(requests[1].header("X-Other"), "1");
}

TEST_F(AuthHeadersTest, are_not_sent_to_a_server_that_does_not_ask) {
  secure_->serve("/f", {.size = 1000});
  secure_->serve("/g", {.size = 1000, .rules = {origin::always(origin::status(403))}});
  expect_taken(start(secure_.url("/f"), {}, http_), 1000);
  expect_failure(start(secure_.url("/g"), {}, http_), BG_E_HTTP_ERROR_403, FailureClass::fatal);
  for (const auto& request : secure_->requests()) EXPECT_EQ(request.header("X-Token"), "");
}

TEST_F(AuthHeadersTest, are_sent_once) {
  secure_->serve("/f", {.size = 1000, .rules = {origin::always(origin::status(401))}});
  auto& download = start(secure_.url("/f"), {}, http_);
  expect_no_secret(expect_failure(download, BG_E_HTTP_ERROR_401, FailureClass::fatal));
  EXPECT_EQ(secure_->requests().size(), 2u);
  EXPECT_EQ(download.events.answers(), 1);
  expect_nothing_written(download);
}

TEST_F(AuthHeadersTest, are_never_sent_in_the_clear) {
  origin_.serve("/f", {.size = 1000, .rules = {origin::always(origin::status(401))}});
  expect_failure(start(origin_.url("/f"), {}, http_), BG_E_HTTP_ERROR_401, FailureClass::fatal);
  EXPECT_EQ(origin_.requests().size(), 1u);
  // Nor after a redirect to where it was safe.
  secure_->serve("/f", asks_first());
  expect_failure(start(origin_.url("/redirect/1?to=" + secure_.url("/f")), {}, http_), BG_E_HTTP_ERROR_401,
                 FailureClass::fatal);
  for (const auto& request : origin_.requests()) EXPECT_EQ(request.header("X-Token"), "");
  for (const auto& request : secure_->requests()) EXPECT_EQ(request.header("X-Token"), "");
}

TEST_F(AuthHeadersTest, go_along_with_a_redirect_within_the_server_and_no_further) {
  SecureOrigin other;
  std::ifstream theirs(other.ca_file());
  std::ofstream(secure_.ca_file(), std::ios::app) << theirs.rdbuf();
  other->serve("/g", {.size = 1000});
  secure_->serve("/f", {.rules = origin::in_turn({origin::status(401), origin::redirect(302, "/there"),
                                                  origin::status(401), origin::redirect(302, other.url("/g"))})});
  secure_->serve("/there", {.size = 1000});
  expect_taken(start(secure_.url("/f"), {}, http_), 1000);
  EXPECT_EQ(secure_->requests_of("/there").at(0).header("X-Token"), "secret");
  expect_taken(start(secure_.url("/f"), {}, http_), 1000);
  EXPECT_EQ(secure_->requests_of("/f").at(3).header("X-Token"), "secret");
  EXPECT_EQ(other->requests().at(0).header("X-Token"), "");
}

TEST_F(AuthHeadersTest, are_not_for_another_server_that_asks) {
  SecureOrigin other;
  std::ifstream theirs(other.ca_file());
  std::ofstream(secure_.ca_file(), std::ios::app) << theirs.rdbuf();
  other->serve("/g", {.rules = {origin::always(origin::status(401))}});
  secure_->serve("/f", {.rules = {origin::always(origin::redirect(302, other.url("/g")))}});
  expect_failure(start(secure_.url("/f"), {}, http_), BG_E_HTTP_ERROR_401, FailureClass::fatal);
  EXPECT_EQ(other->requests().size(), 1u);
}

TEST_F(AuthHeadersTest, are_sent_however_long_the_refusal_is) {
  Behaviour asks;
  asks.raw = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 99999999\r\n\r\n" + std::string(3 << 20, 'x');
  secure_->serve("/f", {.size = 1000, .rules = origin::in_turn({asks})});
  expect_taken(start(secure_.url("/f"), {}, http_), 1000);
}

}  // namespace
}  // namespace dosvc
