#include "cli/destinations.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "cli/exit_code.h"

namespace dosvc::cli {
namespace {

namespace fs = std::filesystem;

class Destinations : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::canonical(fs::temp_directory_path()) / "dosvc-cli.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    above_ = name;
    folder_ = above_ / "here";
    fs::create_directory(folder_);
  }
  void TearDown() override { fs::remove_all(above_); }

  std::string after_url(const std::string& url) const {
    const auto paths = destinations({url}, {}, folder_.string());
    return paths ? paths->front() : paths.error().message;
  }
  Result<std::vector<std::string>> chosen(const std::string& output) const {
    return destinations({"http://h/f"}, {output}, folder_.string());
  }

  fs::path above_;
  fs::path folder_;
};

TEST_F(Destinations, a_file_is_named_as_its_url_ends) {
  EXPECT_EQ(after_url("http://h/a/b.iso?x=/y"), (folder_ / "b.iso").string());
}

TEST_F(Destinations, whatever_the_url_says_the_file_stays_in_the_folder) {
  for (const char* url : {"http://h", "http://h/", "http://h/..", "http://h/%2e%2e", "http://h/..%2f..%2fetc%2fpasswd",
                          "http://h/%2fetc%2fpasswd", "http://h/a%5c..%5cb", "http://h/a%00b", "http://h/a%0ab",
                          "http://h/.bashrc", "http://h/%ff%fe", "http://h/a/."}) {
    const fs::path path = after_url(url);
    EXPECT_EQ(path.parent_path(), folder_) << url;
    EXPECT_TRUE(path.has_filename()) << url;
    EXPECT_NE(path.filename().string().front(), '.') << url;
    EXPECT_EQ(path.string().find_first_of("\n\\"), std::string::npos) << url;
  }
}

TEST_F(Destinations, a_chosen_place_may_be_anywhere) {
  EXPECT_EQ(*chosen("f"), std::vector{(folder_ / "f").string()});
  EXPECT_EQ(*chosen("../f"), std::vector{(above_ / "f").string()});
  EXPECT_EQ(*chosen((above_ / "x").string()), std::vector{(above_ / "x").string()});
  EXPECT_EQ(*chosen("./-"), std::vector{(folder_ / "-").string()});
}

TEST_F(Destinations, dot_dot_is_taken_after_links_as_the_shell_does) {
  fs::create_directories(above_ / "far" / "away");
  fs::create_directory_symlink(above_ / "far" / "away", folder_ / "link");
  EXPECT_EQ(*chosen("link/../f"), std::vector{(above_ / "far" / "f").string()});
}

TEST_F(Destinations, what_is_no_file_name_is_refused) {
  for (const char* output : {"", "-"}) {
    const auto paths = chosen(output);
    ASSERT_FALSE(paths) << output;
    EXPECT_EQ(exit_code_for(paths.error()), ExitCode::usage) << paths.error().message;
  }
}

// As with a missing folder: the command line could be right, the disk isn't so.
TEST_F(Destinations, a_folder_is_no_place_for_a_file) {
  for (const char* output : {".", "..", "/", "sub/", "../", "../here"}) {
    const auto paths = chosen(output);
    ASSERT_FALSE(paths) << output;
    EXPECT_EQ(exit_code_for(paths.error()), ExitCode::job_error) << paths.error().message;
  }
}

TEST_F(Destinations, a_missing_folder_is_named) {
  const auto paths = chosen("missing/f");
  ASSERT_FALSE(paths);
  EXPECT_EQ(exit_code_for(paths.error()), ExitCode::job_error);
  EXPECT_NE(paths.error().message.find("here/missing"), std::string::npos) << paths.error().message;
}

TEST_F(Destinations, two_files_never_share_a_name) {
  EXPECT_FALSE(destinations({"http://a/f", "http://b/f"}, {}, folder_.string()));
  EXPECT_FALSE(destinations({"http://a/1", "http://b/2"}, {"x", "../here/x"}, folder_.string()));
  EXPECT_TRUE(destinations({"http://a/f", "http://b/f"}, {"1", "2"}, folder_.string()));
}

}  // namespace
}  // namespace dosvc::cli
