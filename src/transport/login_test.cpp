#include "transport/login.h"

#include <curl/curl.h>
#include <gtest/gtest.h>

namespace dosvc {
namespace {

Credentials for_server(AuthScheme scheme, std::string user) {
  return {AuthTarget::server, scheme, std::move(user), "p"};
}

TEST(Login, is_that_of_the_strongest_scheme) {
  const auto basic = for_server(AuthScheme::basic, "a");
  const auto digest = for_server(AuthScheme::digest, "a");
  const auto ntlm = for_server(AuthScheme::ntlm, "b");
  const auto negotiate = for_server(AuthScheme::negotiate, "");
  const struct {
    std::vector<Credentials> given;
    Login login;
  } kCases[] = {
      {{basic}, {"a", "p", CURLAUTH_BASIC}},
      {{digest}, {"a", "p", CURLAUTH_DIGEST | CURLAUTH_ONLY}},
      {{basic, digest}, {"a", "p", CURLAUTH_BASIC | CURLAUTH_DIGEST | CURLAUTH_ONLY}},
      {{ntlm, digest, basic}, {"b", "p", CURLAUTH_NTLM | CURLAUTH_ONLY}},
      {{basic, negotiate, ntlm}, {"", "p", CURLAUTH_NEGOTIATE | CURLAUTH_ONLY}},
  };
  for (const auto& c : kCases) EXPECT_EQ(login_for(AuthTarget::server, c.given), c.login) << c.login.user;
}

TEST(Login, is_for_one_target) {
  Credentials for_proxy = for_server(AuthScheme::ntlm, "proxy");
  for_proxy.target = AuthTarget::proxy;
  const std::vector<Credentials> both{for_server(AuthScheme::basic, "server"), for_proxy};
  EXPECT_EQ(login_for(AuthTarget::server, both)->user, "server");
  EXPECT_EQ(login_for(AuthTarget::proxy, both)->user, "proxy");
  EXPECT_FALSE(login_for(AuthTarget::server, {for_proxy}));
  EXPECT_FALSE(login_for(AuthTarget::proxy, {}));
}

}  // namespace
}  // namespace dosvc
