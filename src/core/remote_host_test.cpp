#include "core/remote_host.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

TEST(RemoteHost, this_machine_has_many_names) {
  for (const char* host :
       {"localhost", "localhost.", "a.localhost", "127.0.0.1", "127.255.0.3", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const char* host : {"", "localhost.example", "notlocalhost", "127.example.org", "128.0.0.1", "10.127.0.1",
                           "::", "::2", "fe80::1", "::ffff:10.0.0.1"}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

TEST(RemoteHost, those_with_one_server_on_one_way_share_a_key) {
  const HttpOptions http;
  const auto key = [&](uid_t owner, std::string_view url) { return remote_host(owner, http, {}, url).key; };
  EXPECT_EQ(key(1000, "http://host/a"), key(1000, "http://me:secret@HOST:80/b?c"));
  EXPECT_EQ(key(1000, "https://host/a"), key(1000, "https://host:443/"));
  EXPECT_NE(key(1000, "http://host/"), key(1000, "https://host/"));
  EXPECT_NE(key(1000, "http://host/"), key(1000, "http://host:8080/"));
  EXPECT_NE(key(1000, "http://host/"), key(1000, "http://other/"));
  EXPECT_NE(key(1000, "http://host/"), key(1001, "http://host/")) << "users don't hold each other up";
  HttpOptions by_proxy;
  by_proxy.http_proxy = "http://proxy:3128";
  EXPECT_NE(key(1000, "http://host/"), remote_host(1000, by_proxy, {}, "http://host/").key);
  EXPECT_EQ(key(1000, "https://host/"), remote_host(1000, by_proxy, {}, "https://host/").key);
  EXPECT_EQ(remote_host(1000, by_proxy, {}, "http://host/"),
            remote_host(1000, http, {"http://proxy:3128", "", ""}, "http://host/"));
  EXPECT_EQ(key(1000, ""), "");
  EXPECT_EQ(key(1000, "ftp://host/"), "");
}

TEST(RemoteHost, what_is_on_this_machine_needs_no_network) {
  HttpOptions http;
  const auto here = [&](std::string_view url) { return remote_host(0, http, {}, url).on_this_machine; };
  EXPECT_TRUE(here("http://127.0.0.1:8080/a"));
  EXPECT_TRUE(here("http://[::1]/a"));
  EXPECT_TRUE(here("https://localhost/"));
  EXPECT_FALSE(here("http://host/"));
  EXPECT_FALSE(here("http://127.0.0.1.example.org/"));
  for (const char* proxy : {"127.0.0.1:3128", "http://localhost:1", "http://me:word@[::1]:8080/"}) {
    http.http_proxy = proxy;
    EXPECT_TRUE(here("http://host/")) << proxy;
    EXPECT_FALSE(here("https://host/")) << proxy;
  }
  http.http_proxy = "http://127.0.0.1.example.org:1";
  EXPECT_FALSE(here("http://host/"));
  http.proxy = {ProxyUsage::listed, "http=far:1; socks=127.0.0.1:1080", ""};
  EXPECT_TRUE(here("https://host/"));
  http.http_proxy = "127.0.0.1:3128";
  http.proxy = {ProxyUsage::none, "", ""};
  EXPECT_FALSE(here("http://host/"));
}

}  // namespace
}  // namespace dosvc
