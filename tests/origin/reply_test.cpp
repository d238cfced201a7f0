#include "origin/reply.h"

#include <gtest/gtest.h>

namespace dosvc::origin {
namespace {

Request ask(const std::string& lines = "", const std::string& method = "GET") {
  return parse_request(method + " /a.bin HTTP/1.1\r\nHost: x\r\n" + lines).value();
}

Request ranged(const std::string& range) { return ask("Range: bytes=" + range + "\r\n"); }

bool has(const Reply& reply, const std::string& line) { return reply.head.find(line + "\r\n") != std::string::npos; }

const Resource kFile{.size = 1000, .seed = 4};

TEST(Request, is_read_with_its_query_and_headers) {
  const auto request = parse_request("GET /a/b?x=1&y=%2Fz HTTP/1.1\r\nrange:  bytes=1-2 \r\n").value();
  EXPECT_EQ(request.path, "/a/b");
  EXPECT_EQ(request.range(), "bytes=1-2");
  EXPECT_EQ(query_parameters(request.query), (Headers{{"x", "1"}, {"y", "/z"}}));
}

TEST(Request, to_a_proxy_has_the_path_of_its_url) {
  EXPECT_EQ(parse_request("GET http://far.example/a?b HTTP/1.1\r\n").value().path, "/a");
}

TEST(Request, that_makes_no_sense_is_none) {
  EXPECT_FALSE(parse_request("HELLO\r\n"));
  EXPECT_FALSE(parse_request("GET / HTTP/1.1\r\nno colon\r\n"));
}

TEST(AskedRange, is_found_within_the_size) {
  EXPECT_EQ(read_range("bytes=5-9", 100).range, (ByteRange{5, 9}));
  EXPECT_EQ(read_range("bytes=5-900", 100).range, (ByteRange{5, 99}));
  EXPECT_EQ(read_range("bytes=5-", 100).range, (ByteRange{5, 99}));
  EXPECT_EQ(read_range("bytes=-5", 100).range, (ByteRange{95, 99}));
  EXPECT_EQ(read_range("bytes=-500", 100).range, (ByteRange{0, 99}));
}

TEST(AskedRange, beyond_the_end_is_unsatisfiable) {
  for (const char* text : {"bytes=100-", "bytes=100-200", "bytes=-0"}) {
    EXPECT_EQ(read_range(text, 100).ask, RangeAsk::unsatisfiable) << text;
  }
  EXPECT_EQ(read_range("bytes=0-", 0).ask, RangeAsk::unsatisfiable);
}

TEST(AskedRange, that_is_nonsense_counts_as_none) {
  for (const char* text :
       {"", "bytes=", "bytes=-", "bytes=9-5", "bytes=a-b", "bytes=1-2,4-5", "lines=1-2", "bytes=3"}) {
    EXPECT_EQ(read_range(text, 100).ask, RangeAsk::none) << text;
  }
}

TEST(HttpDate, has_the_form_of_the_standard) { EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT"); }

TEST(Reply, tells_size_and_validators) {
  const Reply reply = plan_reply(ask(), kFile, {});
  EXPECT_TRUE(reply.head.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(has(reply, "Content-Length: 1000"));
  EXPECT_TRUE(has(reply, "Accept-Ranges: bytes"));
  EXPECT_TRUE(has(reply, "ETag: \"v4\""));
  EXPECT_TRUE(has(reply, "Last-Modified: " + http_date(modified_of(4))));
  EXPECT_FALSE(reply.close);
}

TEST(Reply, to_a_range_is_partial) {
  const Reply reply = plan_reply(ranged("10-19"), kFile, {});
  EXPECT_TRUE(reply.head.starts_with("HTTP/1.1 206 "));
  EXPECT_TRUE(has(reply, "Content-Range: bytes 10-19/1000"));
  EXPECT_TRUE(has(reply, "Content-Length: 10"));
  EXPECT_EQ(reply.first, 10U);
}

TEST(Reply, to_a_range_beyond_the_end_tells_the_size) {
  const Reply reply = plan_reply(ranged("1000-"), kFile, {});
  EXPECT_TRUE(reply.head.starts_with("HTTP/1.1 416 "));
  EXPECT_TRUE(has(reply, "Content-Range: bytes */1000"));
}

TEST(Reply, to_head_is_without_body) {
  const Reply reply = plan_reply(ask("Range: bytes=1-2\r\n", "HEAD"), kFile, {});
  EXPECT_TRUE(reply.head.starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(has(reply, "Content-Length: 1000"));
  EXPECT_FALSE(reply.has_body);
}

TEST(Reply, is_partial_only_if_the_version_is_the_one_named) {
  const auto status = [](const std::string& condition, const Behaviour& behaviour = {}) {
    return plan_reply(ask("Range: bytes=1-2\r\nIf-Range: " + condition + "\r\n"), kFile, behaviour).head.substr(9, 3);
  };
  EXPECT_EQ(status("\"v4\""), "206");
  EXPECT_EQ(status("\"v3\""), "200");
  EXPECT_EQ(status("W/\"v4\""), "200");
  EXPECT_EQ(status("\"v4\"", {.etag = Etag::weak}), "200");
  EXPECT_EQ(status(http_date(modified_of(4))), "206");
  EXPECT_EQ(status(http_date(modified_of(5))), "200");
  EXPECT_EQ(status("\"v4\"", version(5)), "200");
  EXPECT_EQ(status("\"v4\"", {.seed = 5, .if_range = IfRangeAnswer::ignored}), "206");
  EXPECT_EQ(status("\"v4\"", {.if_range = IfRangeAnswer::never_holds}), "200");
  EXPECT_EQ(status("\"v4\"", {.if_range = IfRangeAnswer::failed}), "412");
  EXPECT_EQ(status("\"v4\"", {.if_range = IfRangeAnswer::refused}), "416");
  EXPECT_EQ(status("", {.if_range = IfRangeAnswer::failed}), "206");
  EXPECT_EQ(status("\"v4\"", {.nodes = 2, .node = 1}), "200");
  EXPECT_EQ(status("\"v4-node1\"", {.nodes = 2, .node = 1}), "206");
  EXPECT_EQ(status("\"v4\"", {.nodes = 2, .node_mark = NodeMark::modified, .node = 1}), "206");
}

TEST(Reply, of_a_node_tells_the_version_in_its_own_way) {
  const Behaviour second{.nodes = 2, .node = 1};
  EXPECT_TRUE(has(plan_reply(ask(), kFile, second), "ETag: \"v4-node1\""));
  EXPECT_TRUE(has(plan_reply(ask(), kFile, second), "Last-Modified: " + http_date(modified_of(4))));
  Behaviour dated = second;
  dated.node_mark = NodeMark::modified;
  EXPECT_TRUE(has(plan_reply(ask(), kFile, dated), "ETag: \"v4\""));
  EXPECT_TRUE(has(plan_reply(ask(), kFile, dated), "Last-Modified: " + http_date(modified_of(4) + 1)));
}

TEST(Reply, of_a_misbehaving_origin_has_the_range_it_was_told) {
  EXPECT_TRUE(plan_reply(ranged("10-19"), kFile, {.range = RangeAnswer::ignored}).head.starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(plan_reply(ranged("10-19"), kFile, {.range = RangeAnswer::refused}).head.starts_with("HTTP/1.1 416 "));
  EXPECT_TRUE(has(plan_reply(ask(), kFile, {.range = RangeAnswer::always_partial}), "Content-Range: bytes 0-999/1000"));
  EXPECT_TRUE(has(plan_reply(ranged("10-19"), kFile, {.range_shift = 5}), "Content-Range: bytes 15-24/1000"));
  EXPECT_TRUE(has(plan_reply(ranged("10-19"), kFile, {.range_shift = -50}), "Content-Range: bytes 0-0/1000"));
  EXPECT_TRUE(has(plan_reply(ranged("10-"), kFile, {.range_limit = 4}), "Content-Range: bytes 10-13/1000"));
  EXPECT_TRUE(has(plan_reply(ranged("10-19"), kFile, {.content_range = "soon"}), "Content-Range: soon"));
  EXPECT_TRUE(has(plan_reply(ranged("10-19"), kFile, {.content_range_total = "*"}), "Content-Range: bytes 10-19/*"));
  const Reply silent = plan_reply(ranged("10-19"), kFile, {.content_range = ""});
  EXPECT_EQ(silent.head.find("Content-Range"), std::string::npos);
}

TEST(Reply, of_a_misbehaving_origin_brings_what_it_was_told) {
  const Reply longer = plan_reply(ranged("10-19"), kFile, {.range_extra = 5});
  EXPECT_TRUE(has(longer, "Content-Range: bytes 10-19/1000"));
  EXPECT_EQ(longer.length, 15U);
  const Reply parts = plan_reply(ranged("10-19"), kFile, {.range = RangeAnswer::multipart});
  EXPECT_TRUE(has(parts, "Content-Type: multipart/byteranges; boundary=part"));
  EXPECT_EQ(parts.head.find("Content-Range"), std::string::npos);
  EXPECT_NE(parts.page.find("Content-Range: bytes 10-19/1000\r\n\r\n"), std::string::npos);
  EXPECT_TRUE(has(plan_reply(ask(), kFile, {.content_length = "-5"}), "Content-Length: -5"));
  EXPECT_TRUE(has(plan_reply(ask(), kFile, {.date = "soon"}), "Date: soon"));
  EXPECT_EQ(plan_reply(ask(), kFile, {.date = ""}).head.find("Date"), std::string::npos);
  EXPECT_TRUE(has(plan_reply(ask(), kFile, {.content_type = "text/html"}), "Content-Type: text/html"));
  EXPECT_EQ(plan_reply(ask(), kFile, {.last_modified = false}).head.find("Last-Modified"), std::string::npos);
}

TEST(Reply, without_validators_has_none) {
  const Resource bare{.size = 1, .etag = Etag::none, .last_modified = false};
  const Reply reply = plan_reply(ask(), bare, {});
  EXPECT_EQ(reply.head.find("ETag"), std::string::npos);
  EXPECT_EQ(reply.head.find("Last-Modified"), std::string::npos);
}

TEST(Reply, can_ask_to_come_back_at_a_date) {
  EXPECT_TRUE(has(plan_reply(ask(), kFile, unavailable("7")), "Retry-After: 7"));
  const Reply dated = plan_reply(ask(), kFile, unavailable("date+60"));
  EXPECT_NE(dated.head.find(" GMT", dated.head.find("Retry-After: ")), std::string::npos);
}

TEST(Reply, to_another_method_says_which_there_are) {
  EXPECT_TRUE(has(plan_reply(ask("", "DELETE"), kFile, {}), "Allow: GET, HEAD"));
}

TEST(Rules, are_chosen_by_the_number_of_the_request) {
  const auto rules = in_turn({status(500), {}, status(404)});
  EXPECT_EQ(choose(rules, ask(), {.any = 1}).status, 500);
  EXPECT_EQ(choose(rules, ask(), {.any = 2}).status, 0);
  EXPECT_EQ(choose(rules, ask(), {.any = 3}).status, 404);
  EXPECT_EQ(choose(rules, ask(), {.any = 4}).status, 0);
  EXPECT_EQ(choose({for_first(2, status(500))}, ask(), {.any = 2}).status, 500);
  EXPECT_EQ(choose({for_first(2, status(500))}, ask(), {.any = 3}).status, 0);
  EXPECT_EQ(choose({from_request(2, status(500))}, ask(), {.any = 9}).status, 500);
}

Request on(std::uint64_t connection) {
  Request request = ask();
  request.connection = connection;
  return request;
}

TEST(Rules, for_connections_count_those_that_asked) {
  const std::vector<Rule> rules{on_connections(2, 2, status(500)), on_connections(3, kEndless, status(404))};
  Tally tally;
  const auto status_on = [&](std::uint64_t connection) {
    tally.count(on(connection));
    return choose(rules, on(connection), tally).status;
  };
  EXPECT_EQ(status_on(17), 0);
  EXPECT_EQ(status_on(12), 500);
  EXPECT_EQ(status_on(17), 0);
  EXPECT_EQ(status_on(12), 500);
  EXPECT_EQ(status_on(30), 404);
  EXPECT_EQ(status_on(31), 404);
}

TEST(Rules, count_off_the_nodes) {
  const std::vector<Rule> by_request{always({.nodes = 3})};
  const std::vector<Rule> by_connection{always({.nodes = 2, .node_turn = NodeTurn::by_connection})};
  EXPECT_EQ(choose(by_request, ask(), {.any = 1}).node, 0U);
  EXPECT_EQ(choose(by_request, ask(), {.any = 3}).node, 2U);
  EXPECT_EQ(choose(by_request, ask(), {.any = 4}).node, 0U);
  EXPECT_EQ(choose(by_connection, ask(), {.any = 9, .connection = 2}).node, 1U);
  EXPECT_EQ(choose(by_connection, ask(), {.any = 9, .connection = 3}).node, 0U);
}

TEST(Rules, for_ranged_requests_leave_the_others_alone) {
  const std::vector<Rule> rules{for_ranged(status(500))};
  EXPECT_EQ(choose(rules, ask(), {.any = 1, .whole = 1}).status, 0);
  EXPECT_EQ(choose(rules, ranged("1-"), {.any = 2, .ranged = 1, .whole = 1}).status, 500);
}

TEST(Rules, count_the_ranged_requests_by_themselves) {
  Rule first_ranged = for_ranged(status(500));
  first_ranged.last = 1;
  EXPECT_EQ(choose({first_ranged}, ranged("1-"), {.any = 6, .ranged = 1, .whole = 5}).status, 500);
  EXPECT_EQ(choose({first_ranged}, ranged("1-"), {.any = 7, .ranged = 2, .whole = 5}).status, 0);
}

}  // namespace
}  // namespace dosvc::origin
