// For any script of what servers, programs, the disk and the power do, each file is one version that was served, or its
// job is in ERROR and says why, within a time that can be computed. DOSVC_PROPERTY_SEED=N, or --seed=N, plays one
// script alone.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "property/play.h"

namespace dosvc {
namespace {

std::optional<std::uint64_t> only_seed;

void play(std::uint64_t seed) {
  const Script script = make_script(seed);
  Play play(script);
  const std::vector<std::string> complaints = play.run();
  if (complaints.empty() && !::testing::Test::HasFailure()) return;
  std::string text;
  for (const std::string& complaint : complaints) text += complaint + '\n';
  ADD_FAILURE() << text << text_of(script) << play.trace() << "again: property_test --seed=" << seed;
}

// The scripts are dealt out to so many tests, which may run at the same time.
constexpr std::uint64_t kShares = 4;
constexpr std::uint64_t kScriptsOfAShare = DOSVC_PROPERTY_SCRIPTS / kShares / 2;

void play_share(std::uint64_t base, std::uint64_t share) {
  if (only_seed) return play(*only_seed);
  std::cout << "scripts of the seeds from " << base + share * kScriptsOfAShare << ", " << kScriptsOfAShare
            << " of them\n";
  for (std::uint64_t i = 0; i < kScriptsOfAShare; ++i) {
    play(base + share * kScriptsOfAShare + i);
    if (::testing::Test::HasFailure()) return;
  }
}

class Property : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Property, the_same_scripts_each_time) { play_share(1, GetParam()); }

TEST_P(Property, other_scripts_each_time) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
  play_share(seconds * 100'000, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Share, Property, ::testing::Range<std::uint64_t>(0, kShares));

}  // namespace
}  // namespace dosvc

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  const char* seed = std::getenv("DOSVC_PROPERTY_SEED");
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], "--seed=", 7) == 0) seed = argv[i] + 7;
  }
  if (seed) {
    dosvc::only_seed = std::strtoull(seed, nullptr, 10);
    GTEST_FLAG_SET(filter, "*the_same_scripts_each_time/0");
  }
  return RUN_ALL_TESTS();
}
