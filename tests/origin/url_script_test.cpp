#include "origin/url_script.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

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
  ASSERT_EQ(resource.rules.size(), 1U);
  const Behaviour& told = resource.rules[0].behaviour;
  EXPECT_EQ(told.seed, 3U);
  EXPECT_EQ(told.etag, Etag::none);
  EXPECT_EQ(told.last_modified, false);
  EXPECT_EQ(told.content_type, "text/plain");
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

TEST(UrlScript, names_the_connections_a_parameter_is_for) {
  const Resource resource = read("/bytes/1?c3.rate=5&c2-4.cut=1&c5-.end=stall&nodes=4&node-turn=connection");
  ASSERT_EQ(resource.rules.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(resource.rules[i].among, Rule::Among::connection);
  EXPECT_EQ(resource.rules[0].first, 3U);
  EXPECT_EQ(resource.rules[0].last, 3U);
  EXPECT_EQ(resource.rules[0].behaviour.rate, 5U);
  EXPECT_EQ(resource.rules[1].last, 4U);
  EXPECT_EQ(resource.rules[2].last, kEndless);
  EXPECT_EQ(resource.rules[3].behaviour.nodes, 4U);
  EXPECT_EQ(resource.rules[3].behaviour.node_turn, NodeTurn::by_connection);
}

// The table of README.md lists each parameter in the first column, as `name=VALUES`.
TEST(UrlScript, has_the_parameters_of_its_page) {
  std::ifstream page(DOSVC_ORIGIN_PAGE);
  std::set<std::string> listed;
  bool in_table = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("| parameter ")) in_table = true;
    if (line.empty()) in_table = false;
    if (!in_table || !line.starts_with("| `")) continue;
    const std::string names = line.substr(0, line.find(" | "));
    for (std::size_t at = names.find('`'); at != std::string::npos; at = names.find('`', names.find('`', at + 1) + 1)) {
      EXPECT_TRUE(listed.insert(names.substr(at + 1, names.find('=', at) - at - 1)).second) << line;
    }
  }
  const auto known = url_parameters();
  EXPECT_EQ(listed, std::set<std::string>(known.begin(), known.end()));
}

TEST(UrlScript, says_what_is_wrong) {
  EXPECT_EQ(mistake("/bytes/1?c.cut=1"), "no request is called c");
  EXPECT_EQ(mistake("/bytes/many"), "the size in the path is no number");
  EXPECT_EQ(mistake("/bytes/1?colour=red"), "parameter colour can't be red");
  EXPECT_EQ(mistake("/bytes/1?etag=soft"), "parameter etag can't be soft");
  EXPECT_EQ(mistake("/bytes/1?second.cut=1"), "no request is called second");
}

}  // namespace
}  // namespace dosvc::origin
