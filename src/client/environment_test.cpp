#include "client/environment.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

namespace dosvc {
namespace {

class Environment : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name :
         {"http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"})
      ::unsetenv(name);
  }
  static HttpOptions proxies() {
    HttpOptions http;
    http.http_proxy = http.https_proxy = http.no_proxy = "left over";
    set_proxies_from_environment(http);
    return http;
  }
};

TEST_F(Environment, the_umask_is_told_and_left_alone) {
  const mode_t before = ::umask(0027);
  EXPECT_EQ(program_umask(), 0027u);
  EXPECT_EQ(program_umask(), 0027u);
  ::umask(0);
  EXPECT_EQ(program_umask(), 0u);
  ::umask(0777);
  EXPECT_EQ(program_umask(), 0777u);
  ::umask(before);
}

TEST_F(Environment, without_proxy_variables_the_way_is_direct) { EXPECT_EQ(proxies(), HttpOptions{}); }

TEST_F(Environment, each_scheme_has_its_proxy) {
  ::setenv("http_proxy", "http://a:1", 1);
  ::setenv("https_proxy", "http://b:2", 1);
  ::setenv("no_proxy", "localhost", 1);
  EXPECT_EQ(proxies().http_proxy, "http://a:1");
  EXPECT_EQ(proxies().https_proxy, "http://b:2");
  EXPECT_EQ(proxies().no_proxy, "localhost");
}

TEST_F(Environment, all_proxy_serves_what_has_none_of_its_own) {
  ::setenv("all_proxy", "http://all:1", 1);
  ::setenv("https_proxy", "http://b:2", 1);
  EXPECT_EQ(proxies().http_proxy, "http://all:1");
  EXPECT_EQ(proxies().https_proxy, "http://b:2");
}

TEST_F(Environment, small_letters_win_and_empty_counts_as_unset) {
  ::setenv("HTTPS_PROXY", "http://big:1", 1);
  ::setenv("NO_PROXY", "*", 1);
  ::setenv("no_proxy", "", 1);
  EXPECT_EQ(proxies().https_proxy, "http://big:1");
  EXPECT_EQ(proxies().no_proxy, "*");
  ::setenv("https_proxy", "http://small:1", 1);
  EXPECT_EQ(proxies().https_proxy, "http://small:1");
}

TEST_F(Environment, http_proxy_in_capitals_is_ignored) {
  ::setenv("HTTP_PROXY", "http://evil:1", 1);
  EXPECT_EQ(proxies(), HttpOptions{});
}

TEST_F(Environment, a_new_job_gets_both) {
  ::setenv("http_proxy", "http://a:1", 1);
  NewJob spec;
  spec.http.headers = {"A: b"};
  const mode_t before = ::umask(0077);
  set_from_environment(spec);
  ::umask(before);
  EXPECT_EQ(spec.umask, 0077u);
  EXPECT_EQ(spec.http.http_proxy, "http://a:1");
  EXPECT_EQ(spec.http.headers.size(), 1u);
}

}  // namespace
}  // namespace dosvc
