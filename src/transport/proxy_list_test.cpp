#include "transport/proxy_list.h"

#include <gtest/gtest.h>

#include <random>

#include "transport/proxy.h"

namespace dosvc {
namespace {

using Proxies = std::vector<std::string>;

Url url(std::string_view text) { return parse_url(text).take(); }

const Url kHttp = url("http://files.example/f");
const Url kHttps = url("https://files.example/f");

TEST(ProxyList, is_read_in_all_its_forms) {
  const struct {
    std::string_view list;
    Proxies for_http;
    Proxies for_https;
  } kCases[] = {
      {"proxy:3128", {"http://proxy:3128"}, {"http://proxy:3128"}},
      {" proxy ", {"http://proxy:80"}, {"http://proxy:80"}},
      {"PROXY.Example:1", {"http://proxy.example:1"}, {"http://proxy.example:1"}},
      {"a:1 b:2;c:3\t;\r\n d:4",
       {"http://a:1", "http://b:2", "http://c:3", "http://d:4"},
       {"http://a:1", "http://b:2", "http://c:3", "http://d:4"}},
      {"http=a:1 https=b:2", {"http://a:1"}, {"http://b:2"}},
      {"HTTP=http://a:1;HTTPS=https://b", {"http://a:1"}, {"https://b:443"}},
      {"http=a:1", {"http://a:1"}, {}},
      {"http=a:1 b:2 http=c:3", {"http://a:1", "http://c:3"}, {"http://b:2"}},
      {"ftp=a:1", {}, {}},
      {"socks=a", {"socks4://a:1080"}, {"socks4://a:1080"}},
      {"socks=a http=b", {"http://b:80"}, {"socks4://a:1080"}},
      {"socks=socks5h://a:9 b", {"http://b:80"}, {"http://b:80"}},
      {"socks5://a", {"socks5://a:1080"}, {"socks5://a:1080"}},
      {"http://proxy:8080/", {"http://proxy:8080"}, {"http://proxy:8080"}},
      {"10.1.2.3:65535", {"http://10.1.2.3:65535"}, {"http://10.1.2.3:65535"}},
      {"[FD00::1]:8", {"http://[fd00::1]:8"}, {"http://[fd00::1]:8"}},
      {"[::1]", {"http://[::1]:80"}, {"http://[::1]:80"}},
      {"[0:0::1]", {"http://[0:0::1]:80"}, {"http://[0:0::1]:80"}},
  };
  for (const auto& c : kCases) {
    const auto http = listed_proxies(c.list, kHttp);
    const auto https = listed_proxies(c.list, kHttps);
    ASSERT_TRUE(http && https) << c.list;
    EXPECT_EQ(*http, c.for_http) << c.list;
    EXPECT_EQ(*https, c.for_https) << c.list;
  }
}

TEST(ProxyList, with_an_entry_that_makes_no_sense_is_none) {
  for (const std::string_view list : {"",
                                      " ; ",
                                      "proxy:0",
                                      "proxy:65536",
                                      "proxy:",
                                      "proxy:x",
                                      "proxy:1x",
                                      ":80",
                                      "http=",
                                      "http=:80",
                                      "=proxy",
                                      "gopher=a",
                                      "ftp://a",
                                      "http=ftp://a",
                                      "http://",
                                      "a,b",
                                      "a:1:2",
                                      "::1",
                                      "[::1",
                                      "[::1]x",
                                      "[]",
                                      "a/b",
                                      "a?b",
                                      "a#",
                                      "a\\b",
                                      "a%41",
                                      "a b:x",
                                      "good:1 https=bad:port",
                                      "<local>",
                                      "pr\xc3\xb6xy",
                                      "a\x01"
                                      "b"}) {
    const auto read = listed_proxies(list, kHttp);
    ASSERT_FALSE(read) << list << ' ' << (read->empty() ? "" : read->front());
    EXPECT_EQ(read.error().code, BG_E_INVALID_PROXY_INFO) << list;
  }
  EXPECT_FALSE(listed_proxies(std::string_view("a\0b", 3), kHttp));
}

TEST(ProxyList, shows_no_password_that_does_not_belong_in_it) {
  for (const auto* list : {"user:secret@proxy:80", "http://user:secret@proxy", "secret@", "http=u:secret@[::1]"}) {
    const auto read = listed_proxies(list, kHttp);
    ASSERT_FALSE(read) << list;
    EXPECT_EQ(read.error().message.find("secret"), std::string::npos) << read.error().message;
  }
  const auto read = listed_proxies("x\x1b[2J:" + std::string(9000, 'y'), kHttp);
  ASSERT_FALSE(read);
  EXPECT_LT(read.error().message.size(), 500u);
  EXPECT_EQ(read.error().message.find('\x1b'), std::string::npos);
}

TEST(ProxyBypass, names_hosts_by_patterns) {
  const struct {
    std::string_view list;
    std::string_view address;
    bool bypassed;
  } kCases[] = {
      {"", "http://a.example/", false},
      {"a.example", "http://a.example/", true},
      {"a.example", "http://b.a.example/", false},
      {"A.EXAMPLE", "http://a.Example/", true},
      {"x;y a.example", "http://a.example/", true},
      {"*", "http://a.example/", true},
      {"*.example", "http://a.example/", true},
      {"*.example", "http://example/", false},
      {"*.example", "http://a.example.org/", false},
      {"*example", "http://an.example/", true},
      {"a*e", "http://a.example/", true},
      {"a*x*l*e", "http://a.example/", true},
      {"a*z*e", "http://a.example/", false},
      {"a.example*", "http://a.example/", true},
      {"10.*", "http://10.1.2.3/", true},
      {"10.*", "http://110.1.2.3/", false},
      {"<local>", "http://intranet/", true},
      {"<LOCAL>", "https://intranet:8443/", true},
      {"<local>", "http://a.example/", false},
      {"<local>", "http://[::1]/", false},
      {"[::1]", "http://[::1]/", true},
      {"::1", "http://[::1]/", true},
      {"[0:0::1]:80", "http://[0::0:1]/", true},
      {"[fe80:*]:80", "http://[fe80::1]/", true},
      {"a.example:8080", "http://a.example:8080/", true},
      {"a.example:8080", "http://a.example/", false},
      {"a.example:443", "https://a.example/", true},
      {"a.example:x", "http://a.example/", false},
      {"https://a.example", "https://a.example/", true},
      {"https://a.example", "http://a.example/", false},
      {"a.example,b", "http://a.example/", false},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(is_bypassed(c.list, url(c.address)), c.bypassed) << c.list << ' ' << c.address;
  }
}

// Nothing that can be put together from pieces of lists becomes a proxy that libcurl reads in another way, or shows
// what looks like a password.
TEST(ProxyList, stands_whatever_is_in_it) {
  constexpr std::string_view kPieces[] = {
      "a",   "proxy", ".", ":", "80",      "65536", "=",  "http", "https", "socks",   "://",  "/",    "@", "[", "]",
      "::1", " ",     ";", "*", "<local>", "%",     "\\", "?",    "#",     "secret@", "\x01", "\xff", "-", "_", "ftp"};
  std::mt19937 random(7);  // the same every time
  std::size_t usable = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string list;
    for (auto left = random() % 9 + 1; left > 0; --left) list += kPieces[random() % std::size(kPieces)];
    (void)is_bypassed(list, kHttp);
    const auto read = listed_proxies(list, kHttp);
    if (!read) {
      EXPECT_EQ(read.error().message.find("secret"), std::string::npos) << read.error().message;
      continue;
    }
    for (const auto& proxy : *read) {
      ++usable;
      EXPECT_TRUE(is_usable_proxy(proxy)) << list << " -> " << proxy;
      EXPECT_EQ(redacted_proxy(proxy), proxy) << list;
    }
  }
  EXPECT_GT(usable, 100u);
}

}  // namespace
}  // namespace dosvc
