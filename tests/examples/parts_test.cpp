#include "examples/examples_fixture.h"

namespace dosvc {
namespace {

class PartsExample : public ExamplesTest {};

TEST_F(PartsExample, fetches_a_whole_file) {
  publish("a.bin", 1, 300'000);
  const Finished got = run({"parts", url("/a.bin"), "a.bin"});
  EXPECT_EQ(got.code, kDone) << got.err;
  EXPECT_EQ(got.out + got.err, "");
  expect_content("a.bin", 1, 300'000);
  expect_left({"a.bin"});
}

TEST_F(PartsExample, fetches_parts_one_behind_the_other) {
  publish("a.bin", 1, 300'000);
  const Finished got = run({"parts", url("/a.bin"), "a.bin", "200000", "5000", "10", "20"});
  EXPECT_EQ(got.code, kDone) << got.err;
  EXPECT_TRUE(content_of_file("a.bin") == content(1, 200'000, 5000) + content(1, 10, 20));
  expect_left({"a.bin"});
}

TEST_F(PartsExample, writes_to_standard_output) {
  publish("a.bin", 1, 300'000);
  const Finished whole = run({"parts", url("/a.bin"), "-"});
  EXPECT_EQ(whole.code, kDone) << whole.err;
  EXPECT_TRUE(whole.out == content(1, 0, 300'000)) << whole.out.size();
  const Finished parts = run({"parts", url("/a.bin"), "-", "200000", "5000", "10", "20"});
  EXPECT_EQ(parts.code, kDone) << parts.err;
  EXPECT_TRUE(parts.out == content(1, 200'000, 5000) + content(1, 10, 20)) << parts.out.size();
  expect_left({});
}

TEST_F(PartsExample, shows_its_progress_on_a_terminal) {
  publish("a.bin", 1, 300'000);
  const auto parts = start({"parts", url("/a.bin"), "a.bin"}, true);
  EXPECT_TRUE(parts->wait_for_error_text("300000 of 300000 bytes"));
  EXPECT_EQ(parts->finish().code, kDone);
}

TEST_F(PartsExample, says_why_it_failed_and_leaves_nothing) {
  for (const char* file : {"a.bin", "-"}) {
    const Finished got = run({"parts", url("/missing"), file});
    EXPECT_EQ(got.code, kFailed);
    EXPECT_EQ(got.out, "");
    EXPECT_EQ(got.err, "parts: can't fetch " + url("/missing") +
                           ": The server answered with HTTP status 404: there is no such file.\n");
    expect_left({});
  }
}

TEST_F(PartsExample, refuses_what_is_no_address) {
  const Finished got = run({"parts", "ftp://127.0.0.1/a.bin", "a.bin"});
  EXPECT_EQ(got.code, kFailed);
  EXPECT_EQ(got.err, "parts: can't fetch ftp://127.0.0.1/a.bin: The URL is not valid.\n");
}

TEST_F(PartsExample, a_range_behind_the_end_is_refused) {
  publish("a.bin", 1, 1000);
  const Finished got = run({"parts", url("/a.bin"), "a.bin", "2000", "10"});
  EXPECT_EQ(got.code, kFailed);
  EXPECT_EQ(got.err, "parts: can't fetch " + url("/a.bin") + ": A range does not lie within the file.\n");
  expect_left({});
}

TEST_F(PartsExample, tells_how_it_is_called) {
  for (const Words& words : {Words{"parts"}, Words{"parts", url("/a.bin")}, Words{"parts", url("/a.bin"), "b", "1"},
                             Words{"parts", url("/a.bin"), "b", "1", "-2"}}) {
    const Finished got = run(words);
    EXPECT_EQ(got.code, kCalledWrongly);
    EXPECT_TRUE(got.err.starts_with("usage: parts ")) << got.err;
  }
}

}  // namespace
}  // namespace dosvc
