#include <csignal>

#include "cli/command_line_fixture.h"

namespace dosvc::cli_tests {
namespace {

using namespace dosvc::origin;

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::chrono::seconds kPatience{30};

class Interrupt : public CommandLine {};

TEST_F(Interrupt, the_job_stays_queued_and_it_is_said_how_to_go_on) {
  origin.serve("/a.bin", {.size = 1000, .rules = in_turn({cut_after(100, Ending::stall)})});
  const auto get = start({"get", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", 100, kPatience));
  get->signal(SIGINT);
  const Finished got = get->finish();
  EXPECT_EQ(got.code, kInterrupted);
  const auto jobs = queue();
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_EQ(jobs[0].at("state"), "queued");
  const std::string id = jobs[0].at("id").get<std::string>().substr(0, 8);
  EXPECT_EQ(got.err, "dosvc: interrupted; the job stays queued: `dosvc wait " + id + "` goes on, `dosvc cancel " + id +
                         "` removes it\n");
  EXPECT_EQ(got.out, "");
}

// What a checkpoint has claimed is never asked for again.
TEST_F(Interrupt, wait_goes_on_where_it_was) {
  constexpr std::uint64_t kSize = 16 * kMiB;
  constexpr std::uint64_t kRate = 8 * kMiB;
  origin.serve("/a.bin", {.size = kSize, .seed = 3, .rules = in_turn({{.rate = kRate}})});
  const auto get = start({"get", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", kSize * 3 / 4, kPatience));
  get->signal(SIGINT);
  ASSERT_EQ(get->finish().code, kInterrupted);

  const Finished waited = run({"wait", only_job()});
  EXPECT_EQ(waited.code, kDone) << waited.err;
  expect_content("a.bin", 3, kSize);
  const auto requests = origin.requests_of("/a.bin");
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_NE(requests[1].range(), "");
  EXPECT_NE(requests[1].header("If-Range"), "");
  // One second of it at most, and what was in the sockets on the way.
  constexpr std::uint64_t kOnTheWay = 5 * kMiB;
  EXPECT_LE(origin.bytes_sent("/a.bin"), kSize + kRate + kOnTheWay);
  EXPECT_TRUE(queue().empty());
}

TEST_F(Interrupt, the_same_get_goes_on_with_the_job) {
  constexpr std::uint64_t kSize = 16 * kMiB;
  origin.serve("/a.bin", {.size = kSize, .seed = 3, .rules = in_turn({{.rate = 8 * kMiB}})});
  const auto get = start({"get", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", kSize * 3 / 4, kPatience));
  get->signal(SIGINT);
  ASSERT_EQ(get->finish().code, kInterrupted);
  const std::string id = only_job();

  const Finished again = run({"get", origin.url("/a.bin")});
  EXPECT_EQ(again.code, kDone) << again.err;
  EXPECT_EQ(again.err, "dosvc: going on with job " + id.substr(0, 8) + "\n");
  expect_content("a.bin", 3, kSize);
  EXPECT_TRUE(queue().empty());
  const auto requests = origin.requests_of("/a.bin");
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_NE(requests[1].range(), "");
  EXPECT_NE(requests[1].range(), "bytes=0-");
}

TEST_F(Interrupt, being_hung_up_is_an_orderly_end_with_its_own_code) {
  origin.serve("/a.bin", {.size = 1000, .rules = {always(cut_after(100, Ending::stall))}});
  const auto get = start({"get", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", 100, kPatience));
  get->signal(SIGHUP);
  const Finished got = get->finish();
  EXPECT_EQ(got.code, 129);
  EXPECT_NE(got.err.find("stays queued"), std::string::npos) << got.err;
}

TEST_F(Interrupt, what_nohup_has_ignored_stays_ignored) {
  origin.serve("/a.bin", {.size = 2 * kMiB, .seed = 3, .rules = {always({.rate = 2 * kMiB})}});
  Program get({{"/bin/sh", "-c", "trap '' HUP; exec " + std::string(DOSVC_PROGRAM) + " get " + origin.url("/a.bin")},
               folder.string(),
               environment});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", 1, kPatience));
  get.signal(SIGHUP);
  EXPECT_EQ(get.finish().code, kDone);
}

TEST_F(Interrupt, it_is_told_in_json) {
  origin.serve("/a.bin", {.size = 1000, .rules = {always(cut_after(100, Ending::stall))}});
  const auto get = start({"get", "--json", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", 100, kPatience));
  get->signal(SIGINT);
  const Finished got = get->finish();
  EXPECT_EQ(got.code, kInterrupted);
  EXPECT_EQ(nlohmann::json::parse(got.out).at("result"), "interrupted");
}

TEST_F(Interrupt, being_terminated_has_its_own_code) {
  origin.serve("/a.bin", {.size = 1000, .rules = {always(cut_after(100, Ending::stall))}});
  const auto get = start({"get", "-q", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", 100, kPatience));
  get->signal(SIGTERM);
  const Finished got = get->finish();
  EXPECT_EQ(got.code, 143);
  EXPECT_NE(got.err.find("stays queued"), std::string::npos) << got.err;
}

TEST_F(Interrupt, wait_can_be_interrupted_again_and_again) {
  origin.serve("/a.bin", {.size = 1000, .seed = 3, .rules = {for_first(3, cut_after(100, Ending::stall))}});
  ASSERT_EQ(run({"add", "-q", origin.url("/a.bin")}).code, kDone);
  const std::string id = only_job();
  for (std::size_t i = 1; i <= 3; ++i) {
    const auto wait = start({"wait", id});
    ASSERT_TRUE(origin.record().wait_for_requests("/a.bin", i, kPatience));
    wait->signal(SIGINT);
    EXPECT_EQ(wait->finish().code, kInterrupted);
  }
  EXPECT_EQ(run({"wait", id}).code, kDone);
  expect_content("a.bin", 3, 1000);
}

}  // namespace
}  // namespace dosvc::cli_tests
