#include "examples/examples_fixture.h"

namespace dosvc {
namespace {

class HeadersExample : public ExamplesTest {};

TEST_F(HeadersExample, sends_headers_and_prints_those_of_the_answer) {
  publish("a.bin", 1, 1000);
  const Finished got = run({"headers", url("/echo/a.bin"), "a.bin", "Accept: */*", "X-Ask: how are you"});
  EXPECT_EQ(got.code, kDone) << got.err;
  EXPECT_EQ(got.err, "");
  EXPECT_NE(got.out.find("X-Answer: how are you\r\n"), std::string::npos) << got.out;
  EXPECT_NE(got.out.find("Content-Length: 1000\r\n"), std::string::npos) << got.out;
  expect_content("a.bin", 1, 1000);
  expect_left({"a.bin"});
}

TEST_F(HeadersExample, needs_no_headers_of_its_own) {
  publish("a.bin", 1, 1000);
  const Finished got = run({"headers", url("/echo/a.bin"), "a.bin"});
  EXPECT_EQ(got.code, kDone) << got.err;
  EXPECT_EQ(got.out.find("X-Answer"), std::string::npos) << got.out;
  expect_left({"a.bin"});
}

TEST_F(HeadersExample, prints_what_a_server_answers_that_has_no_such_file) {
  const Finished got = run({"headers", url("/missing"), "a.bin", "X-Ask: how are you"});
  EXPECT_EQ(got.code, kFailed);
  EXPECT_NE(got.out.find("Content-Type: text/html\r\n"), std::string::npos) << got.out;
  EXPECT_TRUE(got.err.starts_with("headers: the server answered 404")) << got.err;
  expect_left({});
}

TEST_F(HeadersExample, prints_no_headers_when_there_was_no_answer) {
  const Finished got = run({"headers", nginx_->tls_url("/a.bin"), "a.bin"});  // with a certificate that nobody knows
  EXPECT_EQ(got.code, kFailed);
  EXPECT_TRUE(got.err.starts_with("headers: ")) << got.err;
  EXPECT_EQ(got.out.find_first_not_of('\n'), std::string::npos) << got.out;
  expect_left({});
}

TEST_F(HeadersExample, refuses_what_is_no_header_and_leaves_no_job) {
  const Finished got = run({"headers", url("/a.bin"), "a.bin", "X-Ask"});
  EXPECT_EQ(got.code, kFailed);
  EXPECT_EQ(got.err, "headers: can't send these headers: An argument is not valid.\n");
  expect_left({});
}

TEST_F(HeadersExample, tells_how_it_is_called) {
  const Finished got = run({"headers", url("/a.bin")});
  EXPECT_EQ(got.code, kCalledWrongly);
  EXPECT_TRUE(got.err.starts_with("usage: headers URL FILE")) << got.err;
}

}  // namespace
}  // namespace dosvc
