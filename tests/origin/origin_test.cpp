#include "origin/origin.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <span>

#include "origin/content.h"
#include "origin/raw_client.h"

namespace dosvc::origin {
namespace {

using End = Answer::End;

// Where `body` stops being version `seed` from `offset` on.
std::optional<std::uint64_t> wrong_at(const std::string& body, std::uint64_t seed, std::uint64_t offset = 0) {
  return first_difference(std::as_bytes(std::span(body)), seed, offset);
}

TEST(Origin, serves_a_file_whole_and_in_ranges_on_one_connection) {
  Origin origin;
  origin.serve("/a.bin", {.size = 3'000'000, .seed = 9});
  RawClient client(origin.port());

  const Answer whole = client.get("/a.bin");
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body.size(), 3'000'000U);
  EXPECT_EQ(wrong_at(whole.body, 9), std::nullopt);

  const Answer part = client.get("/a.bin", {"Range: bytes=1000001-1500000"});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body.size(), 500'000U);
  EXPECT_EQ(wrong_at(part.body, 9, 1'000'001), std::nullopt);

  EXPECT_EQ(client.get("/a.bin", {"Range: bytes=3000000-"}).status, 416);
  EXPECT_EQ(client.get("/a.bin", {}, "HEAD").status, 200);
  EXPECT_EQ(client.get("/a.bin", {"Range: bytes=-10"}).body.size(), 10U);
  EXPECT_EQ(origin.connections(), 1U);
}

TEST(Origin, serves_an_empty_file) {
  Origin origin;
  origin.serve("/empty", {.size = 0});
  const Answer answer = RawClient(origin.port()).get("/empty");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Length"), "0");
}

TEST(Origin, remembers_what_was_asked_and_how_much_it_gave) {
  Origin origin;
  origin.serve("/a.bin", {.size = 1000});
  RawClient(origin.port()).get("/a.bin?token=1", {"Range: bytes=100-", "X-Mine: yes"});
  RawClient(origin.port()).get("/none");
  const auto seen = origin.requests_of("/a.bin");
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].method, "GET");
  EXPECT_EQ(seen[0].target, "/a.bin?token=1");
  EXPECT_EQ(seen[0].range(), "bytes=100-");
  EXPECT_EQ(seen[0].header("x-mine"), "yes");
  EXPECT_EQ(seen[0].connection, 1U);
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", 900, std::chrono::seconds(20)));
  EXPECT_EQ(origin.bytes_sent("/a.bin"), 900U);
  EXPECT_EQ(origin.requests().size(), 2U);
  EXPECT_EQ(origin.connections(), 2U);
}

TEST(Origin, closes_when_asked_to) {
  Origin origin;
  origin.serve("/a.bin", {.size = 10});
  RawClient client(origin.port());
  EXPECT_EQ(client.get("/a.bin", {"Connection: close"}).body.size(), 10U);
  EXPECT_EQ(client.wait_for_end(), End::fin);
}

TEST(Origin, answers_requests_sent_in_one_go) {
  Origin origin;
  origin.serve("/a.bin", {.size = 10});
  RawClient client(origin.port());
  client.send("GET /a.bin HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.get("/a.bin").body.size(), 10U);
  EXPECT_EQ(client.get("/a.bin").body.size(), 10U);
}

TEST(Origin, takes_a_body_that_expects_a_continue) {
  Origin origin;
  origin.serve("/a.bin", {.size = 10});
  RawClient client(origin.port());
  client.send("POST /a.bin HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read(25), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("12345");
  EXPECT_EQ(client.read(12), "HTTP/1.1 405");
}

TEST(Origin, changes_a_file_between_requests) {
  Origin origin;
  origin.serve("/a.bin", {.size = 100, .seed = 1, .rules = {from_request(2, version(2))}});
  RawClient client(origin.port());
  const Answer before = client.get("/a.bin");
  EXPECT_EQ(wrong_at(before.body, 1), std::nullopt);
  const Answer after = client.get("/a.bin", {"Range: bytes=50-", "If-Range: " + before.header("ETag")});
  EXPECT_EQ(after.status, 200);
  EXPECT_EQ(wrong_at(after.body, 2), std::nullopt);
  EXPECT_NE(after.header("ETag"), before.header("ETag"));
  EXPECT_NE(after.header("Last-Modified"), before.header("Last-Modified"));
}

TEST(Origin, can_come_back_on_the_same_port) {
  std::uint16_t port = 0;
  {
    Origin origin;
    port = origin.port();
    RawClient(port).get("/none");
  }
  Origin again({.port = port});
  EXPECT_EQ(again.error(), "");
  EXPECT_EQ(RawClient(port).get("/none").status, 404);
}

TEST(Origin, says_when_its_port_is_taken) {
  Origin origin;
  Origin second({.port = origin.port()});
  EXPECT_NE(second.error(), "");
}

TEST(Origin, waits_until_something_was_asked) {
  Origin origin;
  std::thread asking([&] { RawClient(origin.port()).get("/none"); });
  EXPECT_TRUE(origin.record().wait_for_requests("/none", 1, std::chrono::seconds(20)));
  EXPECT_FALSE(origin.record().wait_for_requests("/none", 2, std::chrono::milliseconds(1)));
  asking.join();
}

TEST(Origin, serves_several_clients_at_once) {
  Origin origin;
  origin.serve("/a.bin", {.size = 2'000'000, .seed = 3});
  std::vector<std::thread> clients;
  std::atomic<int> right{0};
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      const Answer answer = RawClient(origin.port()).get("/a.bin");
      if (answer.body.size() == 2'000'000 && !wrong_at(answer.body, 3)) ++right;
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(right, 8);
  EXPECT_EQ(origin.requests_of("/a.bin").size(), 8U);
}

// The only client at hand that speaks TLS is the curl program.
TEST(Origin, speaks_tls_with_an_authority_of_its_own) {
  if (::access("/usr/bin/curl", X_OK) != 0) GTEST_SKIP() << "no curl program";
  const std::string directory = testing::TempDir() + "origin_tls_" + std::to_string(::getpid());
  std::filesystem::create_directory(directory);
  {
    Origin origin({.tls_directory = directory});
    if (!origin.error().empty()) GTEST_SKIP() << origin.error();
    origin.serve("/a.bin", {.size = 1'000'000, .seed = 6});
    origin.serve("/cut.bin", {.size = 1'000'000, .rules = {always(cut_after(500'000))}});
    const std::string file = directory + "/out";
    const auto curl = [&](const std::string& more) {
      const std::string command = "curl -q -s --max-time 20 --noproxy '*' -o " + file + " " + more;
      return std::system(command.c_str());
    };
    EXPECT_EQ(curl("--cacert " + directory + "/ca.pem " + origin.tls_url("/a.bin")), 0);
    EXPECT_EQ(first_difference(file, 6, 1'000'000), std::nullopt);
    EXPECT_NE(curl(origin.tls_url("/a.bin")), 0);
    EXPECT_NE(curl("--cacert " + directory + "/ca.pem " + origin.tls_url("/cut.bin")), 0);
    EXPECT_EQ(std::filesystem::file_size(file), 500'000U);
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace dosvc::origin
