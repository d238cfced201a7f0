#include "origin/url_script.h"

#include <gtest/gtest.h>

namespace dosvc::origin {
namespace {

Request ask(const std::string& target) { return parse_request("GET " + target + " HTTP/1.1\r\n").value(); }

Resource read(const std::string& target) { return std::get<Resource>(resource_of_url(ask(target))); }

std::string mistake(const std::string& target) { return std::get<std::string>(resource_of_url(ask(target))); }

TEST(UrlScript, sets_every_kind_of_field) {
  const Resource resource = read(
      "/bytes/500/x.bin?seed=3&etag=none&modified=none&type=text/plain&range=ignored&range-shift=-5&length-lie=+7"
      "&cut=9&end=reset&framing=chunked&header=Content-Encoding:%20gzip&padding=endless&delay=20&interim=100");
  EXPECT_EQ(resource.size, 500U);
  EXPECT_FALSE(resource.last_modified);
  EXPECT_EQ(resource.content_type, "text/plain");
  ASSERT_EQ(resource.rules.size(), 1U);
  const Behaviour& told = resource.rules[0].behaviour;
  EXPECT_EQ(told.seed, 3U);
  EXPECT_EQ(told.etag, Etag::none);
  EXPECT_EQ(told.range, RangeAnswer::ignored);
  EXPECT_EQ(told.range_shift, -5);
  EXPECT_EQ(told.length_lie, 7);
  EXPECT_EQ(told.cut_after, 9U);
  EXPECT_EQ(told.ending, Ending::reset);
  EXPECT_EQ(told.framing, Framing::chunked);
  EXPECT_EQ(told.headers, (Headers{{"Content-Encoding", "gzip"}}));
  EXPECT_EQ(told.padding_headers, kEndless);
  EXPECT_EQ(told.delay, std::chrono::milliseconds(20));
  EXPECT_EQ(told.interim, std::vector{100});
}

TEST(UrlScript, names_the_requests_a_parameter_is_for) {
  const Resource resource =
      read("/bytes/1?rate=5&1.cut=2&1.end=stall&3-4.status=500&ranged2-.status=404&whole.close=1");
  ASSERT_EQ(resource.rules.size(), 5U);
  EXPECT_EQ(resource.rules[0].last, 1U);
  EXPECT_EQ(resource.rules[0].behaviour.ending, Ending::stall);
  EXPECT_EQ(resource.rules[0].behaviour.rate, 5U);
  EXPECT_EQ(resource.rules[1].first, 3U);
  EXPECT_EQ(resource.rules[1].last, 4U);
  EXPECT_EQ(resource.rules[2].among, Rule::Among::ranged);
  EXPECT_EQ(resource.rules[2].first, 2U);
  EXPECT_EQ(resource.rules[2].last, kEndless);
  EXPECT_EQ(resource.rules[3].among, Rule::Among::whole);
  EXPECT_EQ(resource.rules[4].behaviour.rate, 5U);
}

TEST(UrlScript, says_what_is_wrong) {
  EXPECT_EQ(mistake("/bytes/many"), "the size in the path is no number");
  EXPECT_EQ(mistake("/bytes/1?colour=red"), "parameter colour can't be red");
  EXPECT_EQ(mistake("/bytes/1?etag=soft"), "parameter etag can't be soft");
  EXPECT_EQ(mistake("/bytes/1?second.cut=1"), "no request is called second");
}

}  // namespace
}  // namespace dosvc::origin
