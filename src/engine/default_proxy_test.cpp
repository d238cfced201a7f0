// The proxies of a service are for the jobs whose program named none.
#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

class DefaultProxyTest : public EngineFixture {
 protected:
  void SetUp() override {
    options.settings.proxy = {"http://first:1", "http://first:2", ".first"};
    start();
    transport.serve("http://origin/a.bin", "content");
  }
  // What the only request of a job of these options went through.
  HttpOptions asked_with(HttpOptions http) {
    NewJob spec;
    spec.http = std::move(http);
    const auto job = result_of<std::shared_ptr<JobView>>([&](auto reply) { engine->create_job(user, spec, reply); });
    EXPECT_TRUE(add_file((*job)->id(), "http://origin/a.bin", "/dl/a.bin"));
    EXPECT_TRUE(resume((*job)->id()));
    loop.run_until_idle();
    EXPECT_TRUE(complete((*job)->id()));
    return transport.requests().back().http;
  }
};

TEST_F(DefaultProxyTest, is_used_where_the_program_had_none) {
  const HttpOptions asked = asked_with({});
  EXPECT_EQ(asked.http_proxy, "http://first:1");
  EXPECT_EQ(asked.https_proxy, "http://first:2");
  EXPECT_EQ(asked.no_proxy, ".first");
}

TEST_F(DefaultProxyTest, any_variable_of_the_program_counts_more) {
  HttpOptions own;
  own.no_proxy = "*";
  const HttpOptions asked = asked_with(own);
  EXPECT_EQ(asked.http_proxy, "");
  EXPECT_EQ(asked.https_proxy, "");
  EXPECT_EQ(asked.no_proxy, "*");
}

TEST_F(DefaultProxyTest, new_settings_hold_for_the_next_request) {
  ServiceSettings other;
  other.proxy.http = "http://second:1";
  engine->use(other);
  loop.run_until_idle();
  EXPECT_EQ(asked_with({}).http_proxy, "http://second:1");
}

}  // namespace
}  // namespace dosvc
