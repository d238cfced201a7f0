#include "transport/proxy.h"

#include "fakes/transport_fixture.h"

namespace dosvc {
namespace {

TEST(Proxy, is_usable_when_libcurl_can_go_through_it) {
  for (const auto* proxy : {"http://a:1", "HTTPS://a", "a:3128", "socks5h://user:secret@[::1]:1", "user:p@a:1"}) {
    EXPECT_TRUE(is_usable_proxy(proxy)) << proxy;
  }
  for (const auto* proxy : {"foo://a:1", "http://a:99999", "a:port", "http://", "http://[::1"}) {
    EXPECT_FALSE(is_usable_proxy(proxy)) << proxy;
  }
}

TEST(Proxy, is_passed_by_for_its_exceptions) {
  EXPECT_TRUE(is_proxy_exception("a.example", "*"));
  EXPECT_TRUE(is_proxy_exception("a.example", "b.example, A.Example"));
  EXPECT_TRUE(is_proxy_exception("a.example.", "x .example"));
  EXPECT_TRUE(is_proxy_exception("10.1.2.3", "10.1.0.0/17"));
  EXPECT_TRUE(is_proxy_exception("10.1.2.3", "10.1.2.3"));
  EXPECT_TRUE(is_proxy_exception("fd00::1", "fd00::/8"));
  EXPECT_FALSE(is_proxy_exception("a.example", ""));
  EXPECT_FALSE(is_proxy_exception("ba.example", "a.example"));
  EXPECT_FALSE(is_proxy_exception("10.1.128.3", "10.1.0.0/17,10.0.0.0/99,fd00::/8,10.1.128.3/x"));
}

TEST(Proxy, is_shown_without_its_secrets) {
  EXPECT_EQ(redacted_proxy("http://user:se/cr@et@host:1/path?secret"), "http://***@host:1");
  EXPECT_EQ(redacted_proxy("token@host:99999"), "***@host:99999");
  EXPECT_EQ(redacted_proxy("host\n"), "host\\x0a");
}

TEST(Proxy, is_the_same_without_user_info) {
  EXPECT_EQ(without_user_info("http://user:p@ss@host:1/"), "http://host:1/");
  EXPECT_EQ(without_user_info("user@host:1"), "host:1");
  EXPECT_EQ(without_user_info("http://host"), "http://host");
  EXPECT_EQ(without_user_info(""), "");
}

class ProxyTest : public CurlTransportTest {};

TEST_F(ProxyTest, that_cannot_be_used_is_a_fatal_error_of_its_own) {
  for (const auto* proxy : {"foo://user:secret@127.0.0.1:9", "http://user:secret@127.0.0.1:99999"}) {
    HttpOptions http;
    http.http_proxy = proxy;
    const auto failure =
        expect_failure(start(origin_.url("/f"), {}, http), BG_E_INVALID_PROXY_INFO, FailureClass::fatal);
    EXPECT_NE(failure.error.message.find("***@127.0.0.1:9"), std::string::npos) << failure.error.message;
    EXPECT_EQ(failure.error.message.find("secret"), std::string::npos) << failure.error.message;
  }
}

TEST_F(ProxyTest, whose_name_is_unknown_is_named) {
  HttpOptions http;
  http.http_proxy = std::string(70, 'x') + ".invalid:3128";  // no name in DNS has a part this long
  const auto failure =
      expect_failure(start(origin_.url("/f"), {}, http), WININET_E_NAME_NOT_RESOLVED, FailureClass::transient);
  EXPECT_NE(failure.error.message.find("the proxy " + http.http_proxy), std::string::npos) << failure.error.message;
}

TEST_F(ProxyTest, is_not_blamed_when_it_was_passed_by) {
  HttpOptions http;
  http.http_proxy = "http://proxy.example:3128";
  http.no_proxy = "invalid";
  const auto url = "http://" + std::string(70, 'x') + ".invalid/f";
  const auto failure = expect_failure(start(url, {}, http), WININET_E_NAME_NOT_RESOLVED, FailureClass::transient);
  EXPECT_EQ(failure.error.message.find("proxy"), std::string::npos) << failure.error.message;
}

TEST_F(ProxyTest, is_not_blamed_for_a_server_that_speaks_no_tls) {
  HttpOptions http;
  http.https_proxy = origin_.url("");
  origin::Behaviour plain;
  plain.raw = "HTTP/1.1 200 Go on\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n";
  origin_.intercept(plain);
  const auto failure = expect_failure(start("https://files.example:80/f", {}, http),
                                      hresult_from_win32(ERROR_WINHTTP_SECURE_FAILURE), FailureClass::fatal);
  EXPECT_NE(failure.error.message.find("is it http://files.example:80/f?"), std::string::npos) << failure.error.message;
}

}  // namespace
}  // namespace dosvc
