#include <gtest/gtest.h>

#include <optional>
#include <span>

#include "origin/content.h"
#include "origin/origin.h"
#include "origin/raw_client.h"

namespace dosvc::origin {
namespace {

using End = Answer::End;
using std::chrono::steady_clock;

// An origin with one file of a mebibyte, and a client connected to it.
class Misbehaviour : public testing::Test {
 protected:
  static constexpr std::uint64_t kSize = 1 << 20;
  static constexpr const char* kPath = "/a.bin";

  RawClient& client() {
    if (!client_) client_.emplace(origin_->port());
    return *client_;
  }
  Answer get(const Behaviour& behaviour, const std::vector<std::string>& lines = {}) {
    origin_->serve(kPath, {.size = kSize, .rules = {always(behaviour)}});
    return client().get(kPath, lines);
  }
  static bool is_right(const std::string& body) {
    return !first_difference(std::as_bytes(std::span(body)), 1, 0).has_value();
  }

  std::optional<Origin> origin_{std::in_place};
  std::optional<RawClient> client_;
};

TEST_F(Misbehaviour, pages_have_the_status_they_were_told) {
  for (const int code : {403, 404, 410, 416, 429, 500, 503}) {
    const Answer answer = get(status(code));
    EXPECT_EQ(answer.status, code);
    EXPECT_NE(answer.body.find("<html>"), std::string::npos);
    EXPECT_EQ(answer.end, End::complete);
  }
}

TEST_F(Misbehaviour, script_goes_from_request_to_request) {
  origin_->serve(kPath, {.size = kSize, .rules = in_turn({cut_after(1000), unavailable("2")})});
  EXPECT_EQ(RawClient(origin_->port()).get(kPath).body.size(), 1000U);
  const Answer second = client().get(kPath);
  EXPECT_EQ(second.status, 503);
  EXPECT_EQ(second.header("Retry-After"), "2");
  const Answer third = client().get(kPath, {"Range: bytes=1000-"});
  EXPECT_EQ(third.status, 206);
  EXPECT_EQ(third.body.size(), kSize - 1000);
}

TEST_F(Misbehaviour, cut_ends_after_exactly_so_many_bytes) {
  const Answer answer = get(cut_after(700'001));
  EXPECT_EQ(answer.header("Content-Length"), std::to_string(kSize));
  EXPECT_EQ(answer.body.size(), 700'001U);
  EXPECT_TRUE(is_right(answer.body));
  EXPECT_EQ(answer.end, End::fin);
}

// Also to a client that reads late.
TEST_F(Misbehaviour, cut_by_reset_comes_after_the_bytes) {
  origin_->serve(kPath, {.size = kSize, .rules = {always(cut_after(700'001, Ending::reset))}});
  client().send("GET /a.bin HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(origin_->record().wait_for_bytes(kPath, 700'001, std::chrono::seconds(20)));
  const std::string reply = client().read(SIZE_MAX);
  EXPECT_EQ(reply.size() - reply.find("\r\n\r\n") - 4, 700'001U);
  EXPECT_EQ(client().wait_for_end(), End::reset);
}

TEST_F(Misbehaviour, stall_is_silent_until_the_origin_stops) {
  origin_->serve(kPath, {.size = kSize, .rules = {always(cut_after(1000, Ending::stall))}});
  client().send("GET /a.bin HTTP/1.1\r\nHost: x\r\n\r\n");
  std::string received;
  while (received.find("\r\n\r\n") == std::string::npos) received += client().read(1);
  EXPECT_EQ(client().read(1000).size(), 1000U);
  EXPECT_TRUE(client().is_silent());
  const auto before = steady_clock::now();
  origin_.reset();
  EXPECT_EQ(client().wait_for_end(), End::fin);
  EXPECT_LT(steady_clock::now() - before, std::chrono::seconds(5));
}

TEST_F(Misbehaviour, stop_ends_a_trickle_a_delay_and_a_client_that_does_not_read) {
  origin_->serve("/slow", {.size = kSize, .rules = {always({.rate = 1})}});
  origin_->serve("/late", {.size = kSize, .rules = {always({.delay = std::chrono::hours(1)})}});
  origin_->serve("/huge", {.size = std::uint64_t{1} << 40});
  std::vector<RawClient> clients;
  for (const char* path : {"/slow", "/late", "/huge"}) {
    clients.emplace_back(origin_->port()).send(std::string("GET ") + path + " HTTP/1.1\r\n\r\n");
    ASSERT_TRUE(origin_->record().wait_for_requests(path, 1, std::chrono::seconds(20)));
  }
  const auto before = steady_clock::now();
  origin_.reset();
  EXPECT_LT(steady_clock::now() - before, std::chrono::seconds(5));
}

TEST_F(Misbehaviour, rate_is_kept) {
  origin_->serve(kPath, {.size = 100'000, .rules = {always({.rate = 1'000'000})}});
  const auto before = steady_clock::now();
  EXPECT_EQ(client().get(kPath).body.size(), 100'000U);
  // The last piece of a twentieth of a second arrives before its pause.
  EXPECT_GE(steady_clock::now() - before, std::chrono::milliseconds(45));
}

TEST_F(Misbehaviour, delay_comes_before_the_first_byte) {
  const auto before = steady_clock::now();
  EXPECT_EQ(get({.delay = std::chrono::milliseconds(30)}).status, 200);
  EXPECT_GE(steady_clock::now() - before, std::chrono::milliseconds(30));
}

TEST_F(Misbehaviour, length_announced_is_more_than_comes) {
  const Answer answer = get({.length_lie = 10});
  EXPECT_EQ(answer.header("Content-Length"), std::to_string(kSize + 10));
  EXPECT_EQ(answer.body.size(), kSize);
  EXPECT_EQ(answer.end, End::fin);
}

TEST_F(Misbehaviour, length_announced_is_less_than_comes) {
  const Answer answer = get({.length_lie = -10});
  EXPECT_EQ(answer.body.size(), kSize - 10);
  EXPECT_EQ(client().read(1000).size(), 10U);
  EXPECT_EQ(client().wait_for_end(), End::fin);
}

TEST_F(Misbehaviour, body_without_length_ends_with_the_connection) {
  const Answer answer = get({.framing = Framing::until_close});
  EXPECT_EQ(answer.header("Content-Length"), "");
  EXPECT_EQ(answer.body.size(), kSize);
  EXPECT_TRUE(is_right(answer.body));
  EXPECT_EQ(answer.end, End::fin);
}

TEST_F(Misbehaviour, chunks_carry_the_whole_body) {
  const Answer answer = get({.framing = Framing::chunked});
  EXPECT_EQ(answer.header("Content-Length"), "");
  EXPECT_EQ(answer.body.size(), kSize);
  EXPECT_TRUE(is_right(answer.body));
  EXPECT_EQ(answer.end, End::complete);
  EXPECT_EQ(client().get(kPath, {"Range: bytes=0-9"}).body.size(), 10U);
}

TEST_F(Misbehaviour, chunks_end_without_the_last_one) {
  const Answer answer = get({.framing = Framing::chunked, .cut_after = 300'000});
  EXPECT_EQ(answer.body.size(), 300'000U);
  EXPECT_EQ(answer.end, End::fin);
  client_.reset();
  EXPECT_EQ(get({.framing = Framing::chunked, .cut_after = kSize}).end, End::fin);
}

TEST_F(Misbehaviour, chunks_lie_about_their_size) {
  origin_->serve(kPath, {.size = 10, .rules = {always({.framing = Framing::chunked, .chunk_size = "zz"})}});
  client().send("GET /a.bin HTTP/1.1\r\nHost: x\r\n\r\n");
  std::string received;
  while (received.find("\r\n\r\n") == std::string::npos) received += client().read(1);
  EXPECT_EQ(client().read(4), "zz\r\n");
}

TEST_F(Misbehaviour, headers_are_added_as_given) {
  const Answer answer =
      get({.headers = {{"Content-Encoding", "gzip"}, {"Content-Disposition", "attachment; filename=\"../\x01x\""}}});
  EXPECT_EQ(answer.header("Content-Encoding"), "gzip");
  EXPECT_EQ(answer.header("Content-Disposition"), "attachment; filename=\"../\x01x\"");
  EXPECT_TRUE(is_right(answer.body));
}

TEST_F(Misbehaviour, redirect_leads_elsewhere) {
  const Answer answer = get(redirect(307, "/b.bin"));
  EXPECT_EQ(answer.status, 307);
  EXPECT_EQ(answer.header("Location"), "/b.bin");
}

TEST_F(Misbehaviour, redirects_form_chains_and_loops) {
  std::string at = "/redirect/3?to=/a.bin&status=301";
  for (int i = 0; i < 3; ++i) {
    const Answer answer = client().get(at);
    EXPECT_EQ(answer.status, 301);
    at = answer.header("Location");
  }
  EXPECT_EQ(at, "/a.bin");
  EXPECT_EQ(client().get("/loop?x").header("Location"), "/loop?x");
}

TEST_F(Misbehaviour, raw_bytes_come_in_place_of_a_reply) {
  const Answer garbage = get({.raw = "SSH-2.0-OpenSSH\r\n"});
  EXPECT_EQ(garbage.status_line, "SSH-2.0-OpenSSH");
  client_.reset();
  const Answer nothing = get({.raw = ""});
  EXPECT_EQ(nothing.status_line, "");
  EXPECT_EQ(nothing.end, End::fin);
}

TEST_F(Misbehaviour, headers_are_huge) {
  const Answer answer = get({.padding_headers = 300'000});
  EXPECT_EQ(answer.status, 200);
  EXPECT_GT(answer.headers.size(), 290U);
}

TEST_F(Misbehaviour, headers_never_end) {
  origin_->serve(kPath, {.rules = {always({.padding_headers = kEndless})}});
  client().send("GET /a.bin HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client().read(5'000'000).size(), 5'000'000U);
}

TEST_F(Misbehaviour, interim_replies_come_first) {
  const Answer answer = get({.interim = {100, 103}});
  EXPECT_EQ(answer.interim, (std::vector{100, 103}));
  EXPECT_EQ(answer.status, 200);
}

TEST_F(Misbehaviour, no_content_has_no_body) {
  EXPECT_EQ(get(status(204)).status, 204);
  EXPECT_EQ(client().get("/none").status, 404);
}

TEST_F(Misbehaviour, portal_answers_for_every_path) {
  origin_->serve(kPath, {.size = kSize});
  origin_->intercept(status(200));
  const Answer answer = client().get(kPath, {"Range: bytes=5-"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Type"), "text/html; charset=utf-8");
  origin_->intercept(std::nullopt);
  EXPECT_EQ(client().get(kPath).body.size(), kSize);
}

TEST_F(Misbehaviour, no_more_connections_than_are_let_in) {
  const std::string target = "/bytes/10?most-open=1";
  RawClient first(origin_->port());
  EXPECT_EQ(first.get(target).status, 200);
  RawClient second(origin_->port());
  EXPECT_EQ(second.get(target).status, 503);
  EXPECT_EQ(first.get(target).status, 200);
}

TEST_F(Misbehaviour, connections_are_told_apart) {
  const std::string target = "/bytes/1000?c2.cut=10&nodes=2&node-turn=connection&c3-.status=503";
  RawClient first(origin_->port());
  EXPECT_EQ(first.get(target).header("ETag"), "\"v1\"");
  RawClient second(origin_->port());
  EXPECT_EQ(first.get(target).header("ETag"), "\"v1\"");
  const Answer cut = second.get(target);
  EXPECT_EQ(cut.header("ETag"), "\"v1-node1\"");
  EXPECT_EQ(cut.body.size(), 10U);
  EXPECT_EQ(RawClient(origin_->port()).get(target).status, 503);
  EXPECT_EQ(first.get(target).body.size(), 1000U);
  // Another resource counts for itself.
  EXPECT_EQ(RawClient(origin_->port()).get("/bytes/1000?c1.cut=10").body.size(), 10U);
}

TEST_F(Misbehaviour, url_describes_itself) {
  const std::string target = "/bytes/1000/name.bin?seed=7&1.cut=10&2.status=503&2.retry-after=2&etag=weak";
  EXPECT_EQ(RawClient(origin_->port()).get(target).body.size(), 10U);
  EXPECT_EQ(client().get(target).status, 503);
  const Answer third = client().get(target);
  EXPECT_EQ(third.body.size(), 1000U);
  EXPECT_EQ(third.header("ETag"), "W/\"v7\"");
  EXPECT_EQ(client().get("/bytes/1000?colour=red").status, 400);
}

}  // namespace
}  // namespace dosvc::origin
