#include <signal.h>

#include <filesystem>

#include "examples/examples_fixture.h"

namespace dosvc {
namespace {

class DownloadExample : public ExamplesTest {};

TEST_F(DownloadExample, saves_the_file_under_any_name_and_leaves_no_job) {
  publish("a.bin", 1, 300'000);
  const Finished got = run({"download", url("/a.bin"), "./café"});
  EXPECT_EQ(got.code, kDone) << got.err;
  EXPECT_EQ(got.out, "saved " + path("café") + "\n");
  EXPECT_EQ(got.err, "");
  expect_content("café", 1, 300'000);
  expect_left({"café"});
}

TEST_F(DownloadExample, says_why_it_failed_and_leaves_nothing) {
  const Finished got = run({"download", url("/missing"), "a.bin"});
  EXPECT_EQ(got.code, kFailed);
  EXPECT_EQ(got.out, "");
  EXPECT_TRUE(got.err.starts_with("download: ")) << got.err;
  EXPECT_NE(got.err.find("404"), std::string::npos) << got.err;
  EXPECT_NE(got.err.find(url("/missing")), std::string::npos) << got.err;
  expect_left({});
}

TEST_F(DownloadExample, a_file_that_cant_be_added_leaves_no_empty_job) {
  const Finished got = run({"download", url("/a.bin"), "no folder/a.bin"});
  EXPECT_EQ(got.code, kFailed);
  EXPECT_EQ(got.err, "download: can't download " + url("/a.bin") + " to " + path("no folder/a.bin") +
                         ": The folder does not exist.\n");
  expect_left({});
}

// The slow server is still at it when the program is stopped; then the file is found at a faster one.
TEST_F(DownloadExample, goes_on_where_an_earlier_run_was_stopped) {
  constexpr std::uint64_t kSize = 32 << 20;
  publish("large.bin", 2, kSize);
  const auto first = start({"download", url("/slow/large.bin"), "large.bin"}, true);
  ASSERT_TRUE(first->wait_for_error_text("%"));
  first->signal(SIGINT);
  EXPECT_EQ(first->finish().code, -1);
  EXPECT_FALSE(std::filesystem::exists(path("large.bin")));
  EXPECT_EQ(run({"jobs", "rename", only_job(), url("/slow/"), url("/")}).code, kDone);

  const Finished second = run({"download", url("/large.bin"), "large.bin"});
  EXPECT_EQ(second.code, kDone) << second.err;
  EXPECT_EQ(second.err, "going on with the job of an earlier run\n");
  expect_content("large.bin", 2, kSize);
  expect_left({"large.bin"});
}

TEST_F(DownloadExample, takes_up_no_job_for_another_file) {
  publish("a.bin", 1, 1000);
  publish("b.bin", 2, 1000);
  EXPECT_EQ(run({"dosvc", "add", "--name", "example: download", url("/a.bin"), "-o", "a.bin"}).code, kDone);
  const Finished got = run({"download", url("/b.bin"), "b.bin"});
  EXPECT_EQ(got.err, "");
  expect_content("b.bin", 2, 1000);
  EXPECT_EQ(run({"jobs", "cancel", only_job()}).code, kDone);
  expect_left({"b.bin"});
}

TEST_F(DownloadExample, tries_a_job_that_was_left_in_error_again) {
  EXPECT_EQ(run({"dosvc", "add", "--name", "example: download", url("/a.bin"), "-o", "a.bin"}).code, kDone);
  EXPECT_NE(run({"dosvc", "wait", only_job()}).code, kDone);
  publish("a.bin", 1, 1000);
  const Finished got = run({"download", url("/a.bin"), "a.bin"});
  EXPECT_EQ(got.code, kDone) << got.err;
  EXPECT_EQ(got.err, "going on with the job of an earlier run\n");
  expect_content("a.bin", 1, 1000);
  expect_left({"a.bin"});
}

TEST_F(DownloadExample, completes_later_what_could_not_get_its_name) {
  publish("a.bin", 1, 1000);
  EXPECT_EQ(run({"dosvc", "add", "--name", "example: download", url("/a.bin"), "-o", "a.bin"}).code, kDone);
  EXPECT_EQ(run({"dosvc", "wait", "--no-complete", only_job()}).code, kDone);
  std::filesystem::create_directory(path("a.bin"));
  const Finished refused = run({"download", url("/a.bin"), "a.bin"});
  EXPECT_EQ(refused.code, kFailed);
  EXPECT_NE(refused.err.find("download: can't give the file its name: "), std::string::npos) << refused.err;
  std::filesystem::remove(path("a.bin"));
  EXPECT_EQ(run({"download", url("/a.bin"), "a.bin"}).code, kDone);
  expect_content("a.bin", 1, 1000);
  expect_left({"a.bin"});
  EXPECT_EQ(nginx_->stop().size(), 1u);  // requests
}

TEST_F(DownloadExample, tells_how_it_is_called) {
  const Finished got = run({"download", url("/a.bin")});
  EXPECT_EQ(got.code, kCalledWrongly);
  EXPECT_EQ(got.err, "usage: download URL FILE\n");
}

}  // namespace
}  // namespace dosvc
