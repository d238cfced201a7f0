#include "base/url.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

using namespace std::string_literals;

std::string filled(std::string start, std::size_t length) { return start.append(length - start.size(), 'a'); }

TEST(Url, is_taken_apart) {
  const auto url = parse_url("HTTPS://user:pass@Files.Example.COM:8443/a/b%20c;v=1?x=1&y=/?#part");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->user_info, "user:pass");
  EXPECT_EQ(url->host, "files.example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/a/b%20c;v=1");
  EXPECT_EQ(url->query, "x=1&y=/?");
  EXPECT_EQ(url->text(), "https://user:pass@files.example.com:8443/a/b%20c;v=1?x=1&y=/?");
}

TEST(Url, may_have_nothing_but_a_host) {
  for (const char* text : {"http://host", "http://host/", "http://host#f", "http://host?", "http://@host"}) {
    const auto url = parse_url(text);
    ASSERT_TRUE(url) << text;
    EXPECT_EQ(*url, (Url{"http", "", "host", std::nullopt, "/", ""})) << text;
  }
}

TEST(Url, takes_what_is_no_host_for_path_query_or_fragment) {
  EXPECT_EQ(parse_url("http://host?a@b:c/d")->query, "a@b:c/d");
  EXPECT_EQ(parse_url("http://host/a@b:99999")->path, "/a@b:99999");
  EXPECT_EQ(parse_url("http://host#@evil.example/")->host, "host");
  EXPECT_EQ(parse_url("http://host/a#b?c")->query, "");
  EXPECT_EQ(parse_url("http://host/../..//x")->path, "/../..//x");
}

TEST(Url, names_hosts_in_three_ways) {
  EXPECT_EQ(parse_url("http://127.0.0.1:80/")->host, "127.0.0.1");
  EXPECT_EQ(parse_url("http://a-1.b_2.example.:80/")->host, "a-1.b_2.example.");
  const auto six = parse_url("http://[2001:DB8::1]:8080/x");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->host, "2001:db8::1");
  EXPECT_EQ(six->port, 8080);
  EXPECT_EQ(six->text(), "http://[2001:db8::1]:8080/x");
  EXPECT_EQ(parse_url("http://[::ffff:1.2.3.4]")->host, "::ffff:1.2.3.4");
  EXPECT_EQ(parse_url("http://[2001:0DB8:0:0::0001]")->host, "2001:db8::1");
}

TEST(Url, of_another_scheme_is_refused_by_name) {
  for (const char* scheme : {"file", "ftp", "javascript", "http+unix", "httpss"}) {
    const auto url = parse_url(scheme + "://host/secret"s);
    ASSERT_FALSE(url) << scheme;
    EXPECT_EQ(url.error().code, E_INVALIDARG);
    EXPECT_NE(url.error().message.find('"' + std::string(scheme) + '"'), std::string::npos) << url.error().message;
  }
}

TEST(Url, is_refused_where_its_form_is_wrong) {
  for (const char* text : {
           "",
           ":",
           "://",
           "//host/",
           "/path",
           "host/path",
           "http",
           "http:",
           "http:/",
           "http:/host/",
           "http:host",
           "http:\\\\host\\",
           "1http://host/",
           " http://host/",
           "http ://host/",
           "http://",
           "http:///path",
           "http://?q",
           "http://#f",
           "http://user@",
           "http://user@/",
           "http://:80/",
           "http://.",
           "http://./",
       }) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(Url, is_refused_where_two_readers_could_see_two_hosts) {
  for (const char* text : {
           "http://good.example\\@evil.example/",
           "http://good.example/\\..\\x",
           "http://a@b@c/",
           "http://a:b@c@d/",
           "http://us er@host/",
           "http://user[@host/",
           "http://us\"er@host/",
           "http://ho%73t/",
           "http://host%00.evil/",
           "http://ho$t/",
           "http://host,other/",
           "http://a..b/",
           "http://.a/",
           "http://a../",
           "http://host:80:80/",
           "http://host:/",
           "http://[::1/",
           "http://::1/",
           "http://[::1]x/",
           "http://[::1]]/",
           "http://[]/",
           "http://[1.2.3.4]/",
           "http://[fe80::1%25eth0]/",
           "http://[fe80::1%eth0]/",
           "http://[:::]/",
           "http://x[::1]/",
           "http://[g::1]/",
           "http://[host]/",
       }) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(Url, is_refused_where_its_host_is_a_number_in_disguise) {
  for (const char* text : {"http://2130706433/", "http://127.1/", "http://0x7f.0.0.1/", "http://0x7f000001/",
                           "http://127.0.0.0x1/", "http://1.2.3.4.5/", "http://256.1.1.1/", "http://1.2.3.04/",
                           "http://host.1/", "http://127.1./", "http://0x/"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
  EXPECT_TRUE(parse_url("http://1.2.3.example/"));
  EXPECT_TRUE(parse_url("http://4a/"));
}

TEST(Url, has_a_port_from_1_to_65535) {
  EXPECT_EQ(parse_url("http://host:1/")->port, 1);
  EXPECT_EQ(parse_url("http://host:65535/")->port, 65535);
  EXPECT_EQ(parse_url("http://host:00080/")->port, 80);
  for (const char* port : {"0", "65536", "99999", "000080", "-1", "+1", "80a", "0x50", "8 0", "4294967376"}) {
    EXPECT_FALSE(parse_url("http://host:"s + port + "/")) << port;
  }
}

TEST(Url, holds_printable_ascii_only) {
  for (int c = 0; c < 256; ++c) {
    const bool allowed = c > 0x20 && c < 0x7f;
    for (const char* start : {"http://host/a", "http://host/?a", "http://host/#a"}) {
      if (c == '\\' && start == "http://host/a"s) continue;
      EXPECT_EQ(parse_url(start + std::string(1, static_cast<char>(c)) + "z").ok(), allowed) << start << c;
    }
    const bool in_host = std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '@' || c == '/' || c == '?' ||
                         c == '#';  // these end the host or what stands before it
    EXPECT_EQ(parse_url("http://h" + std::string(1, static_cast<char>(c)) + "z").ok(), in_host && c < 0x7f) << c;
  }
}

TEST(Url, has_a_longest_length) {
  EXPECT_TRUE(parse_url(filled("http://host/", kMaxUrlLength)));
  EXPECT_FALSE(parse_url(filled("http://host/", kMaxUrlLength + 1)));
  EXPECT_TRUE(parse_url("http://" + std::string(63, 'a') + "/"));
  EXPECT_FALSE(parse_url("http://" + std::string(64, 'a') + "/"));
  std::string name;
  for (int i = 0; i < 63; ++i) name += "abc.";
  EXPECT_TRUE(parse_url("http://" + name + "a/"));
  EXPECT_FALSE(parse_url("http://" + name + "ab/"));
}

TEST(Url, read_again_from_its_own_text_is_the_same) {
  for (const char* text :
       {"http://h", "https://u:p@h:1/p?q", "http://[::1]/?a", "http://h//a//?b?c", "http://u@h/%zz"}) {
    const auto url = parse_url(text);
    ASSERT_TRUE(url) << text;
    EXPECT_EQ(*parse_url(url->text()), *url) << text;
  }
}

TEST(Url, is_shown_without_its_secrets) {
  EXPECT_EQ(redacted("http://host/path"), "http://host/path");
  EXPECT_EQ(redacted("http://user:pa:ss@host/path#frag"), "http://user:***@host/path");
  EXPECT_EQ(redacted("http://token@host/"), "http://***@host/");
  EXPECT_EQ(redacted("https://host:8443/f?sig=abc%3D&exp=12;sp=r"), "https://host:8443/f?sig=***&exp=***;sp=***");
  EXPECT_EQ(redacted("https://host/f?sometoken"), "https://host/f?***");
  EXPECT_EQ(redacted("https://host/f?a=1&c29tZXRva2Vu=&&d29yZHM=="), "https://host/f?a=***&***&&***");
  EXPECT_EQ(redacted("https://host/f?a==secret=="), "https://host/f?a=***");
  EXPECT_EQ(redacted("https://host/f?=secret"), "https://host/f?=***");
}

TEST(Url, that_is_no_url_is_not_shown_at_all) {
  EXPECT_EQ(redacted("http://user:secret@ho st/"), "(not a valid URL)");
  EXPECT_EQ(redacted("secret"), "(not a valid URL)");
}

TEST(Url, refused_tells_no_secret) {
  for (const char* text : {"http://secret:secret@ho%st/secret?secret", "http://secret@secret@host",
                           "http://host:secret/", "secret", "http:secret", "http://[secret]/", "http://secret.1/",
                           "http://host/\\secret", "sec ret://", "http://host/\nsecret"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().message.find("secret"), std::string::npos) << url.error().message;
    EXPECT_EQ(url.error().message.find('\n'), std::string::npos);
  }
}

TEST(SameServer, is_scheme_host_and_port) {
  EXPECT_TRUE(same_server("https://Host/a", "https://host:443/b?c"));
  EXPECT_TRUE(same_server("http://host:80", "http://host/x"));
  EXPECT_TRUE(same_server("http://[0:0:0:0:0:0:0:1]/", "http://[::1]:80/"));
  EXPECT_FALSE(same_server("http://host/", "https://host/"));
  EXPECT_FALSE(same_server("http://host/", "http://host:8080/"));
  EXPECT_FALSE(same_server("http://host/", "http://host.evil/"));
  EXPECT_FALSE(same_server("not a URL", "not a URL"));
}

}  // namespace
}  // namespace dosvc
