#include <csignal>

#include "cli/command_line_fixture.h"

namespace dosvc::cli_tests {
namespace {

using namespace dosvc::origin;

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::chrono::seconds kPatience{30};

class Interrupt : public CommandLine {
 protected:
  static constexpr const char* kLeft = on_service() ? "goes on in the background" : "stays queued";
};

TEST_F(Interrupt, being_hung_up_is_an_orderly_end_with_its_own_code) {
  origin.serve("/a.bin", {.size = 1000, .rules = {always(cut_after(100, Ending::stall))}});
  const auto get = start({"get", origin.url("/a.bin")});
  ASSERT_TRUE(origin.record().wait_for_bytes("/a.bin", 100, kPatience));
  get->signal(SIGHUP);
  const Finished got = get->finish();
  EXPECT_EQ(got.code, 129);
  EXPECT_NE(got.err.find(kLeft), std::string::npos) << got.err;
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
  EXPECT_NE(got.err.find(kLeft), std::string::npos) << got.err;
}

}  // namespace
}  // namespace dosvc::cli_tests
