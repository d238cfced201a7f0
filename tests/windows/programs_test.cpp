#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/program.h"
#include "fakes/temp_folder.h"
#include "origin/content.h"
#include "origin/origin.h"

// Programs written as for Windows, run against an origin.

namespace dosvc {
namespace {

using cli_tests::Finished;
using cli_tests::Program;

Finished run(const std::string& name, const std::vector<std::string>& arguments,
             std::map<std::string, std::string> environment = {}) {
  std::vector<std::string> words = {std::string(DOSVC_PROGRAMS) + "/windows_" + name};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return Program({.words = words, .folder = DOSVC_PROGRAMS, .environment = std::move(environment)}).finish();
}

// Each downloads the file at URL to FILE.
class Downloader : public testing::TestWithParam<const char*> {
 protected:
  Finished download(const std::string& path, const std::string& name) {
    return run(GetParam(), {origin.url(path), folder / name},
               {{"DOSVC_STATE_DIR", folder / "state"}, {"DOSVC_MODE", "inproc"}});
  }

  origin::Origin origin;
  TempFolder folder;
};
INSTANTIATE_TEST_SUITE_P(, Downloader, testing::Values("peek_loop", "get_loop", "wait_event", "do_download"),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(Downloader, fetches_the_file) {
  origin.serve("/a.bin", {.size = 300'000, .seed = 5});
  const Finished ended = download("/a.bin", "gr\xC3\xBCn.bin");
  EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
  EXPECT_EQ(origin::first_difference(folder / "gr\xC3\xBCn.bin", 5, 300'000), std::nullopt);
}

TEST_P(Downloader, hears_of_an_error) {
  const Finished ended = download("/missing", "missing");
  EXPECT_EQ(ended.code, 1) << ended.out << ended.err;
  EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"state"});
}

class Output : public testing::Test {
 protected:
  Output() { origin.serve("/a.bin", {.size = 300'000, .seed = 5}); }
  std::string of(const std::string& program, const std::string& path = "/a.bin") {
    return run(program, {origin.url(path), folder / "\xE2\x82\xAC"},
               {{"DOSVC_STATE_DIR", folder / "state"}, {"DOSVC_MODE", "inproc"}})
        .out;
  }

  origin::Origin origin;
  TempFolder folder;
};

TEST_F(Output, of_a_loop_shows_that_the_callback_came_to_its_thread) {
  EXPECT_EQ(of("peek_loop"), "begun: " + (folder / "\xE2\x82\xAC") + "\ntransferred, on its own thread\n");
}

TEST_F(Output, of_an_error_is_a_sentence) {
  const std::string text = of("peek_loop", "/missing");
  EXPECT_NE(text.find("error of peek 1 of many: "), std::string::npos) << text;
  EXPECT_NE(text.find("404"), std::string::npos) << text;
}

TEST_F(Output, of_an_exchange_of_messages_is_what_was_posted) { EXPECT_EQ(of("get_loop"), "got 1: 42 -1\n"); }

TEST_F(Output, of_numbers_has_the_sizes_of_windows) {
  const std::string text = of("wait_event");
  EXPECT_NE(text.find("300000 of 300000 bytes, 1 of 1 files\nresult 00000000\n"), std::string::npos) << text;
  EXPECT_EQ(text.rfind("created: 20", 0), 0u) << text;
}

TEST(Entry, may_have_each_of_its_forms) {
  const Finished plain = run("entry_plain", {});
  EXPECT_EQ(plain.code, 11);
  EXPECT_EQ(plain.out, "plain gr\xC3\xBCn\n");
  const Finished constant = run("entry_constant", {"a", "\xE2\x82\xAC"});
  EXPECT_EQ(constant.code, 12);
  EXPECT_EQ(constant.out, "\xE2\x82\xAC\n");
  const Finished environment = run("entry_environment", {}, {{"A", "b"}, {"BAD", "\xFF"}, {"C", "\xE2\x82\xAC"}});
  EXPECT_EQ(environment.code, 13);
  EXPECT_EQ(environment.out, "A=b\nC=\xE2\x82\xAC\n");
}

TEST(Entry, that_is_missing_is_named) {
  const Finished ended = run("entry_none", {});
  EXPECT_EQ(ended.code, 127);
  EXPECT_NE(ended.err.find("without a wmain"), std::string::npos) << ended.err;
}

TEST(Entry, refuses_arguments_that_are_no_text) {
  const Finished ended = run("entry_constant", {"good", "\xFF"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_EQ(ended.out, "");
  EXPECT_NE(ended.err.find("argument 2 is not UTF-8"), std::string::npos) << ended.err;
}

}  // namespace
}  // namespace dosvc
