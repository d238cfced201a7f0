#include "transport/request_headers.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

using Lines = std::vector<std::string>;

Lines sent(const Lines& given) {
  HttpOptions http;
  http.headers = given;
  return request_headers(http, {}, "GET", false);
}

TEST(RequestHeaders, are_those_of_the_program) {
  EXPECT_EQ(sent({"X-One: 1", "Host: a.example", "User-Agent: x", "Cookie: a=b"}),
            (Lines{"X-One: 1", "Host: a.example", "User-Agent: x", "Cookie: a=b"}));
}

TEST(RequestHeaders, may_be_empty) { EXPECT_EQ(sent({"X-One:", "X-Two: \t "}), (Lines{"X-One;", "X-Two;"})); }

TEST(RequestHeaders, leave_the_request_itself_to_the_transport) {
  EXPECT_EQ(sent({"Range: bytes=1-2", "if-range: \"a\"", "CONTENT-LENGTH: 9", "Transfer-Encoding: chunked",
                  "Connection: upgrade", "Upgrade: h2c", "TE: trailers", "Expect: 100-continue", "Range:"}),
            Lines());
  EXPECT_EQ(sent({"Ranges: 1", "X-Range: 2"}), (Lines{"Ranges: 1", "X-Range: 2"}));
}

TEST(RequestHeaders, hold_those_for_a_server_that_asked_when_it_asked) {
  HttpOptions http;
  http.headers = {"A: 1"};
  http.auth_headers = {"Authorization: Bearer x"};
  EXPECT_EQ(request_headers(http, {}, "GET", false), (Lines{"A: 1"}));
  EXPECT_EQ(request_headers(http, {}, "GET", true), (Lines{"A: 1", "Authorization: Bearer x"}));
}

TEST(RequestHeaders, name_the_version_that_is_continued) {
  const Validator strong{"\"a\"", ""};
  const struct {
    Asked asked;
    Lines lines;
    const char* why;
  } kCases[] = {
      {{.offset = 5, .validator = strong}, {"If-Range: \"a\""}, "the rest of a file"},
      {{.offset = 0, .validator = strong}, {}, "the whole of it"},
      {{.offset = 5, .validator = strong, .part = true, .end = 9}, {}, "the first part"},
      {{.offset = 5, .validator = strong, .part = true, .end = 9, .holds_bytes = true}, {"If-Range: \"a\""}, "another"},
      {{.offset = 0, .validator = strong, .part = true, .end = 9, .holds_bytes = true}, {"If-Range: \"a\""}, "another"},
      {{.offset = 5, .validator = {"W/\"a\"", ""}, .part = true, .holds_bytes = true}, {}, "a weak ETag can't say"},
      {{.offset = 5, .validator = {"W/\"a\"", "then"}}, {"If-Range: then"}, "but its date can"},
  };
  for (const auto& c : kCases) EXPECT_EQ(request_headers({}, c.asked, "GET", false), c.lines) << c.why;
}

TEST(RequestHeaders, say_that_there_is_no_content_where_there_might_be) {
  for (const auto* method : {"POST", "PUT", "PATCH"}) {
    EXPECT_EQ(request_headers({}, {}, method, false), (Lines{"Content-Length: 0"})) << method;
  }
  for (const auto* method : {"GET", "HEAD", "DELETE"}) EXPECT_EQ(request_headers({}, {}, method, false), Lines());
}

}  // namespace
}  // namespace dosvc
