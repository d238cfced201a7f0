#include "origin/login.h"

#include <gtest/gtest.h>

#include "origin/reply.h"

namespace dosvc::origin {
namespace {

Request ask(const std::string& lines) { return parse_request("GET /f HTTP/1.1\r\n" + lines).value(); }

const Login kBasic{Login::Scheme::basic, "Aladdin", "open sesame"};
const Login kDigest{Login::Scheme::digest, "me", "pass"};

TEST(Login, of_basic_admits_who_knows_the_password) {
  EXPECT_TRUE(admits(kBasic, ask("Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n")));
  EXPECT_FALSE(admits(kBasic, ask("Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZT==\r\n")));
  EXPECT_FALSE(admits(kBasic, ask("Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n")));
  EXPECT_FALSE(admits(kBasic, ask("")));
}

// The response was computed with md5sum.
TEST(Login, of_digest_admits_who_knows_the_password) {
  const std::string right =
      R"(Authorization: Digest username="me", realm="origin", nonce="b7c1", uri="/f", cnonce="x", nc=00000001, )"
      R"(qop=auth, response="347516c937e0fcf4cac75a2361813438")"
      "\r\n";
  EXPECT_TRUE(admits(kDigest, ask(right)));
  for (const auto& [from, to] : {std::pair{"\"me\"", "\"you\""},
                                 {"/f", "/g"},
                                 {"cnonce=\"x\"", "cnonce=\"y\""},
                                 {"b7c1", "b7c2"},
                                 {"Digest", "Basic"}}) {
    std::string wrong = right;
    wrong.replace(wrong.find(from), std::string_view(from).size(), to);
    EXPECT_FALSE(admits(kDigest, ask(wrong))) << to;
  }
}

TEST(Login, is_asked_for_with_a_challenge) {
  const Reply reply = plan_reply(ask(""), {.size = 5}, {.login = kDigest});
  EXPECT_TRUE(reply.head.starts_with("HTTP/1.1 401 ")) << reply.head;
  EXPECT_NE(reply.head.find("WWW-Authenticate: Digest realm=\"origin\", nonce="), std::string::npos) << reply.head;
  Login proxy = kBasic;
  proxy.proxy = true;
  const Reply from_proxy = plan_reply(ask(""), {.size = 5}, {.login = proxy});
  EXPECT_TRUE(from_proxy.head.starts_with("HTTP/1.1 407 ")) << from_proxy.head;
  EXPECT_NE(from_proxy.head.find("Proxy-Authenticate: Basic realm"), std::string::npos) << from_proxy.head;
}

}  // namespace
}  // namespace dosvc::origin
