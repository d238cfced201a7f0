#include "service/configuration.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "fakes/temp_folder.h"

namespace dosvc::service {
namespace {

class Configuration : public testing::Test {
 protected:
  Result<ServiceSettings> read(const std::string& text, Kind kind = Kind::system) {
    std::ofstream(path_) << text;
    return read_configuration(path_, default_settings(kind));
  }
  // The sentence that refuses it.
  std::string refused(const std::string& text) {
    const auto settings = read(text);
    return settings ? "it was taken" : settings.error().message;
  }

  TempFolder folder_;
  const std::string path_ = folder_ / "dosvc.toml";
};

TEST_F(Configuration, without_a_file_only_the_system_service_has_limits) {
  const UserLimits limits = read_configuration(path_, default_settings(Kind::system))->limits;
  EXPECT_EQ(limits, (UserLimits{10'000, 100'000, {}, {}}));
  for (const Kind kind : {Kind::session, Kind::own}) {
    EXPECT_EQ(*read_configuration(path_, default_settings(kind)), ServiceSettings{});
  }
  EXPECT_EQ(*read_configuration("", {}), ServiceSettings{});
}

TEST_F(Configuration, says_what_it_says_and_leaves_the_rest) {
  const auto settings = read(
      "[limits]\nfiles_per_user = 3_000\nfiles_per_job = 200\ntemporary_bytes_per_user = 10_000_000_000\n"
      "[jobs]\nrun_when_logged_off = false\n"
      "[proxy]\nhttp = \"http://proxy:3128\"\nhttps = 'http://proxy:3129'\nexcept = \"localhost,.example.org\"\n");
  ASSERT_TRUE(settings) << settings.error().message;
  ServiceSettings expected;
  expected.limits = {10'000, 3'000, 200, 10'000'000'000};
  expected.run_when_logged_off = false;
  expected.proxy = {"http://proxy:3128", "http://proxy:3129", "localhost,.example.org"};
  EXPECT_EQ(*settings, expected);
}

TEST_F(Configuration, nothing_at_all_is_fine) { EXPECT_EQ(*read(""), default_settings(Kind::system)); }

TEST_F(Configuration, zero_takes_a_limit_away) {
  EXPECT_EQ(read("[limits]\njobs_per_user = 0\n")->limits.jobs_per_user, std::nullopt);
  EXPECT_EQ(read("[limits]\nfiles_per_user = 0\n")->limits.files_per_user, std::nullopt);
  EXPECT_EQ(read("limits.jobs_per_user = 300\n")->limits.jobs_per_user, 300U);
}

TEST_F(Configuration, what_is_wrong_is_named_with_its_line) {
  const std::string begin = "the configuration " + path_ + " can't be used: ";
  EXPECT_EQ(refused("\n[limit]\njobs_per_user = 1\n"), begin + "line 2: there is no table \"limit\"");
  EXPECT_EQ(refused("limits = 3\n"), begin + "line 1: there is no table \"limits\"");
  EXPECT_EQ(refused("[limits]\n\njobs = 1\n"), begin + "line 3: there is no setting \"limits.jobs\"");
  EXPECT_EQ(refused("[jobs]\nrun_when_logged_off = \"no\"\n"),
            begin + "line 2: \"jobs.run_when_logged_off\" must be true or false");
  EXPECT_EQ(refused("[proxy]\nhttp = \"a\\nb\"\n"),
            begin + "line 2: \"proxy.http\" must be a text in quotes, without control characters");
  for (const char* number : {"-1", "4294967296", "1.5", "\"many\""}) {
    EXPECT_EQ(refused(std::string("[limits]\nfiles_per_job = ") + number),
              begin + "line 2: \"limits.files_per_job\" must be a whole number from 0 (no limit) to 4294967295");
  }
  EXPECT_TRUE(refused("[limits]\njobs_per_user = \n").starts_with(begin + "line 2: "));
}

TEST_F(Configuration, what_cant_be_read_is_no_empty_file) {
  EXPECT_NE(refused(std::string(2 << 20, '#')).find("larger than 1 MiB"), std::string::npos);
  const auto folder = read_configuration(folder_.path(), {});
  ASSERT_FALSE(folder);
  EXPECT_NE(folder.error().message.find("directory"), std::string::npos) << folder.error().message;
}

}  // namespace
}  // namespace dosvc::service
