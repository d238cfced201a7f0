#include "transport/proxy.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/unique_fd.h"
#include "fakes/temp_folder.h"
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

TEST(Proxy, leads_to_no_socket_of_this_machine) {
  EXPECT_EQ(without_socket_path("socks5h://a:b@localhost:9/run/x"), "socks5h://a:b@localhost:9/");
  EXPECT_EQ(without_socket_path("SOCKS5h:///localhost/run/x?y#z").find("run"), std::string::npos);
  for (const auto* proxy : {"socks5h://localhost:9", "socks4://a/", "http://a:1/b", "a:1/b", "ftp.a", "socks5h://", ""})
    EXPECT_EQ(without_socket_path(proxy), proxy);
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

// The service would connect there with its own rights.
TEST_F(ProxyTest, is_no_socket_of_this_machine) {
  const TempFolder folder;
  const std::string path = folder / "socket";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const UniqueFd door(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::bind(door.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(door.get(), 1), 0);
  // One that nobody takes connections at: the transfer fails either way, unless somebody answers.
  const UniqueFd closed(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in here{};
  socklen_t size = sizeof here;
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(closed.get(), reinterpret_cast<const sockaddr*>(&here), size), 0);
  ASSERT_EQ(::getsockname(closed.get(), reinterpret_cast<sockaddr*>(&here), &size), 0);
  HttpOptions http;
  http.http_proxy = "socks5h://localhost:" + std::to_string(ntohs(here.sin_port)) + path;
  expect_failure(start(origin_.url("/f"), {}, http), WININET_E_CANNOT_CONNECT, FailureClass::transient);
  pollfd somebody{door.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&somebody, 1, 0), 0) << "it was taken for the proxy";
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

// The job's own settings ("IBackgroundCopyJob::SetProxySettings").
class ProxySettingsTest : public CurlTransportTest {
 protected:
  HttpOptions listing(std::string proxies, std::string bypass = {}) const {
    HttpOptions http;
    http.http_proxy = http.https_proxy = nowhere_;  // of the environment: not asked
    http.proxy = {ProxyUsage::listed, std::move(proxies), std::move(bypass)};
    return http;
  }
  std::string here() const { return "127.0.0.1:" + std::to_string(origin_.port()); }

  const std::string nowhere_ = "http://127.0.0.1:1";
};

TEST_F(ProxySettingsTest, that_want_none_go_there_directly) {
  origin_.serve("/f", {.size = 10});
  auto http = listing("");
  http.proxy.usage = ProxyUsage::none;
  expect_taken(start(origin_.url("/f"), {}, http), 10);
  for (const auto usage : {ProxyUsage::preconfigured, ProxyUsage::detected}) {
    http.proxy.usage = usage;
    expect_failure(start(origin_.url("/f"), {}, http), WININET_E_CANNOT_CONNECT, FailureClass::transient);
  }
}

TEST_F(ProxySettingsTest, that_list_proxies_go_through_them) {
  origin_.serve("/f", {.size = 10});
  expect_taken(start("http://files.example/f", {}, listing(here())), 10);
  expect_taken(start("http://files.example/f", {}, listing("https=127.0.0.1:1 http=" + here())), 10);
  EXPECT_EQ(origin_.requests().at(1).target, "http://files.example/f");
}

TEST_F(ProxySettingsTest, that_list_proxies_pass_them_by_for_their_exceptions) {
  origin_.serve("/f", {.size = 10});
  expect_taken(start(origin_.url("/f"), {}, listing("127.0.0.1:1", "x.example 127.*")), 10);
  expect_taken(start(origin_.url("/f"), {}, listing("https=127.0.0.1:1")), 10);  // none for http
  auto http = listing("127.0.0.1:1");
  http.no_proxy = "*";  // of the environment: not asked
  const auto failure =
      expect_failure(start(origin_.url("/f"), {}, http), WININET_E_CANNOT_CONNECT, FailureClass::transient);
  EXPECT_NE(failure.error.message.find("http://127.0.0.1:1"), std::string::npos) << failure.error.message;
}

TEST_F(ProxySettingsTest, that_list_several_proxies_try_one_after_the_other) {
  origin_.serve("/f", {.size = 10});
  auto& download = start("http://files.example/f", {}, listing("127.0.0.1:1 127.0.0.1:2;" + here()));
  expect_taken(download, 10);
  EXPECT_EQ(origin_.requests().size(), 1u);
  expect_failure(start("http://files.example/f", {}, listing("127.0.0.1:1 127.0.0.1:2")), WININET_E_CANNOT_CONNECT,
                 FailureClass::transient);
  // One that answers is the right one, whatever it answers.
  expect_failure(start("http://files.example/g", {}, listing(here() + " 127.0.0.1:1")), BG_E_HTTP_ERROR_404,
                 FailureClass::fatal);
}

TEST_F(ProxySettingsTest, choose_anew_after_a_redirect) {
  origin_.serve("/f", {.rules = {origin::always(origin::redirect(302, "http://there.example/g"))}});
  origin_.serve("/g", {.size = 10});
  origin::Origin other;
  other.serve("/f", {.size = 10});
  // The proxy that couldn't be reached isn't tried again.
  expect_taken(start("http://files.example/f", {}, listing("127.0.0.1:1 " + here())), 10);
  EXPECT_EQ(origin_.requests_of("/g").at(0).target, "http://there.example/g");
  origin_.serve("/f", {.rules = {origin::always(origin::redirect(302, other.url("/f")))}});
  expect_taken(start("http://files.example/f", {}, listing(here(), "127.0.0.1")), 10);
  EXPECT_EQ(other.requests().at(0).target, "/f");
}

TEST_F(ProxySettingsTest, that_make_no_sense_are_a_fatal_error) {
  for (const auto* list : {" ", "http=", "me:secret@127.0.0.1", "ftp://127.0.0.1"}) {
    const auto failure =
        expect_failure(start(origin_.url("/f"), {}, listing(list)), BG_E_INVALID_PROXY_INFO, FailureClass::fatal);
    expect_no_secret(failure);
  }
  EXPECT_TRUE(origin_.requests().empty());
}

}  // namespace
}  // namespace dosvc
