#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <regex>

#include "cli/command_line_fixture.h"

namespace dosvc::cli_tests {
namespace {

using namespace dosvc::origin;
using Names = std::vector<std::string>;

constexpr std::uint64_t kMiB = 1 << 20;

class Get : public CommandLine {};

TEST_F(Get, saves_the_file_and_leaves_no_job) {
  origin.serve("/a.bin", {.size = 3 * kMiB, .seed = 7});
  const Finished got = run({"get", origin.url("/a.bin")});
  EXPECT_EQ(got.code, kDone) << got.err;
  EXPECT_EQ(got.err, "");
  EXPECT_EQ(got.out.find("saved " + path("a.bin") + " (3.0 MiB in "), 0u) << got.out;
  expect_content("a.bin", 7, 3 * kMiB);
  EXPECT_EQ(here(), Names{"a.bin"});
  EXPECT_TRUE(queue().empty());
}

TEST_F(Get, quiet_says_nothing_at_all) {
  origin.serve("/a.bin", {.size = 1000});
  for (const char* flag : {"-q", "-s", "--quiet", "--silent"}) {
    const Finished got = run({"get", origin.url("/a.bin"), flag});
    EXPECT_EQ(got.code, kDone);
    EXPECT_EQ(got.out + got.err, "");
  }
}

TEST_F(Get, an_empty_file_is_a_file) {
  origin.serve("/empty", {.size = 0});
  EXPECT_EQ(run({"get", origin.url("/empty")}).code, kDone);
  EXPECT_TRUE(std::filesystem::is_empty(folder / "empty"));
}

TEST_F(Get, several_urls_are_one_job) {
  Names urls;
  for (int i = 0; i < 5; ++i) {
    const std::string name = "/f" + std::to_string(i);
    origin.serve(name, {.size = 100'000, .seed = static_cast<std::uint64_t>(i)});
    urls.push_back(origin.url(name));
  }
  Names words = {"get"};
  words.insert(words.end(), urls.begin(), urls.end());
  const Finished got = run(words);
  EXPECT_EQ(got.code, kDone) << got.err;
  EXPECT_NE(got.out.find("saved 5 files of f0 and 4 more (488.3 KiB"), std::string::npos) << got.out;
  for (int i = 0; i < 5; ++i) expect_content("f" + std::to_string(i), static_cast<std::uint64_t>(i), 100'000);
}

TEST_F(Get, each_url_can_have_its_own_output) {
  origin.serve("/1", {.size = 10, .seed = 1});
  origin.serve("/2", {.size = 10, .seed = 2});
  EXPECT_EQ(run({"get", "-o", "x", origin.url("/1"), "-o", "y", origin.url("/2")}).code, kDone);
  expect_content("x", 1, 10);
  expect_content("y", 2, 10);
}

TEST_F(Get, replaces_an_older_file_of_that_name) {
  std::ofstream(path("a.bin")) << "old";
  origin.serve("/a.bin", {.size = 1000, .seed = 3});
  EXPECT_EQ(run({"get", "-O", origin.url("/a.bin")}).code, kDone);
  expect_content("a.bin", 3, 1000);
}

TEST_F(Get, the_files_mode_follows_the_umask) {
  origin.serve("/a.bin", {.size = 1000});
  const mode_t before = ::umask(027);
  EXPECT_EQ(run({"get", origin.url("/a.bin")}).code, kDone);
  ::umask(before);
  EXPECT_EQ(std::filesystem::status(path("a.bin")).permissions(), std::filesystem::perms(0640));
}

TEST_F(Get, json_tells_the_result) {
  origin.serve("/a.bin", {.size = 1000});
  const auto job = json({"get", origin.url("/a.bin")});
  EXPECT_EQ(job.at("result"), "done");
  EXPECT_EQ(job.at("state"), "acknowledged");
  EXPECT_EQ(job.at("priority"), "foreground");
  EXPECT_EQ(job.at("bytes_total"), 1000);
  EXPECT_TRUE(job.at("error").is_null());
  ASSERT_EQ(job.at("files").size(), 1u);
  EXPECT_EQ(job.at("files")[0].at("path"), path("a.bin"));
  EXPECT_EQ(job.at("files")[0].at("stage"), "completed");
}

TEST_F(Get, the_right_digest_is_accepted_in_either_case) {
  // That of the content, as another program computes it.
  origin.serve("/a.bin", {.size = 1000, .seed = 5});
  ASSERT_EQ(run({"get", origin.url("/a.bin")}).code, kDone);
  Program sum({{"/usr/bin/sha256sum", "a.bin"}, folder.string(), environment});
  std::string digest = sum.finish().out.substr(0, 64);
  ASSERT_EQ(digest.size(), 64u);
  EXPECT_EQ(run({"get", origin.url("/a.bin"), "--sha256", digest}).code, kDone);
  for (char& c : digest) c = static_cast<char>(::toupper(c));
  EXPECT_EQ(run({"get", origin.url("/a.bin"), "--sha256", digest}).code, kDone);
}

TEST_F(Get, content_of_another_digest_is_not_saved) {
  origin.serve("/a.bin", {.size = 1000});
  const Finished got = run({"get", origin.url("/a.bin"), "--sha256", std::string(64, '0')});
  EXPECT_EQ(got.code, kJobError);
  EXPECT_NE(got.err.find("SHA-256"), std::string::npos) << got.err;
  EXPECT_EQ(here(), Names{});
  EXPECT_TRUE(queue().empty());
}

TEST_F(Get, shows_its_progress_on_a_terminal_and_clears_it) {
  origin.serve("/a.bin", {.size = 4 * kMiB, .rules = in_turn({cut_after(2 * kMiB, Ending::stall)})});
  const auto get = start({"get", origin.url("/a.bin")}, true);
  ASSERT_TRUE(get->wait_for_error_text("of 4.0 MiB  50%"));
  get->signal(SIGINT);
  const Finished got = get->finish();
  EXPECT_EQ(got.code, kInterrupted);
  // What was drawn last is blanked out before the sentence.
  EXPECT_TRUE(std::regex_search(got.err, std::regex("\r +\r+dosvc: interrupted"))) << got.err;
}

TEST_F(Get, quiet_shows_no_progress_on_a_terminal_either) {
  origin.serve("/a.bin", {.size = 4 * kMiB, .rules = {always({.rate = 8 * kMiB})}});
  const Finished got = start({"get", "-q", origin.url("/a.bin")}, true)->finish();
  EXPECT_EQ(got.code, kDone);
  EXPECT_EQ(got.out + got.err, "");
}

}  // namespace
}  // namespace dosvc::cli_tests
