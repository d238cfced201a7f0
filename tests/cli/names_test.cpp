#include "cli/command_line_fixture.h"

namespace dosvc::cli_tests {
namespace {

using namespace dosvc::origin;
using Names = std::vector<std::string>;

class FileNames : public CommandLine {
 protected:
  void expect_saved_as(const std::string& path_in_url, const std::string& name) {
    origin.serve(path_in_url.substr(0, path_in_url.find('?')), {.size = 1000, .seed = 3});
    const Finished got = run({"get", origin.url(path_in_url)});
    EXPECT_EQ(got.code, kDone) << path_in_url << ": " << got.err;
    EXPECT_EQ(here(), Names{name}) << path_in_url;
    expect_content(name, 3, 1000);
    std::filesystem::remove(folder / name);
  }
};

TEST_F(FileNames, hostile_urls_get_safe_names_in_the_current_folder) {
  expect_saved_as("/..%2f..%2fevil", "evil");
  expect_saved_as("/%2fetc%2fpasswd", "passwd");
  expect_saved_as("/a%5c..%5cb", "b");
  expect_saved_as("/a%0ab%1b[2Jc", "ab[2Jc");
  expect_saved_as("/%00", "download");
  expect_saved_as("/%2e%2e", "download");
  expect_saved_as("/.bashrc", "bashrc");
  expect_saved_as("/", "download");
  expect_saved_as("/x?name=/etc/passwd", "x");
  expect_saved_as("/%c3%bc.iso", "ü.iso");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(root), {}), 2);  // the folder and the state
}

TEST_F(FileNames, a_long_name_is_cut_to_what_a_folder_can_hold) {
  origin.serve("/" + std::string(400, 'x'), {.size = 1000});
  EXPECT_EQ(run({"get", origin.url("/" + std::string(400, 'x'))}).code, kDone);
  EXPECT_EQ(here(), Names{std::string(255, 'x')});
}

TEST_F(FileNames, what_a_server_suggests_is_no_name) {
  origin.serve(
      "/a.bin",
      {.size = 1000, .rules = {always({.headers = {{"Content-Disposition", "attachment; filename=\"../../evil\""}}})}});
  EXPECT_EQ(run({"get", origin.url("/a.bin")}).code, kDone);
  EXPECT_EQ(here(), Names{"a.bin"});
}

TEST_F(FileNames, a_folder_above_is_the_users_will) {
  origin.serve("/a.bin", {.size = 1000, .seed = 3});
  EXPECT_EQ(run({"get", origin.url("/a.bin"), "-o", "../f"}).code, kDone);
  EXPECT_EQ(first_difference((root / "f").string(), 3, 1000), std::nullopt);
  EXPECT_TRUE(here().empty());
}

TEST_F(FileNames, urls_that_would_share_a_name_are_refused) {
  EXPECT_EQ(run({"get", origin.url("/x/f"), origin.url("/y/f")}).code, kUsage);
  EXPECT_TRUE(origin.requests().empty());
}

TEST_F(FileNames, a_link_of_that_name_is_replaced_not_followed) {
  origin.serve("/a.bin", {.size = 1000, .seed = 3});
  std::filesystem::create_symlink(root / "elsewhere", folder / "a.bin");
  EXPECT_EQ(run({"get", origin.url("/a.bin")}).code, kDone);
  EXPECT_TRUE(std::filesystem::is_regular_file(std::filesystem::symlink_status(folder / "a.bin")));
  EXPECT_FALSE(std::filesystem::exists(root / "elsewhere"));
}

}  // namespace
}  // namespace dosvc::cli_tests
