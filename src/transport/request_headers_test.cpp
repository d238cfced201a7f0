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

constexpr const char* kIdentity = "Accept-Encoding: identity";  // said with every request

TEST(RequestHeaders, are_those_of_the_program) {
  EXPECT_EQ(sent({"X-One: 1", "Host: a.example", "User-Agent: x", "Cookie: a=b"}),
            (Lines{"X-One: 1", "Host: a.example", "User-Agent: x", "Cookie: a=b", kIdentity}));
}

TEST(RequestHeaders, may_be_empty) {
  EXPECT_EQ(sent({"X-One:", "X-Two: \t "}), (Lines{"X-One;", "X-Two;", kIdentity}));
}

TEST(RequestHeaders, leave_the_request_itself_to_the_transport) {
  EXPECT_EQ(sent({"Range: bytes=1-2", "if-range: \"a\"", "CONTENT-LENGTH: 9", "Transfer-Encoding: chunked",
                  "Connection: upgrade", "Upgrade: h2c", "TE: trailers", "Expect: 100-continue", "Range:"}),
            Lines{kIdentity});
  EXPECT_EQ(sent({"Ranges: 1", "X-Range: 2"}), (Lines{"Ranges: 1", "X-Range: 2", kIdentity}));
}

TEST(RequestHeaders, hold_those_for_a_server_that_asked_when_it_asked) {
  HttpOptions http;
  http.headers = {"A: 1"};
  http.auth_headers = {"Authorization: Bearer x"};
  EXPECT_EQ(request_headers(http, {}, "GET", false), (Lines{"A: 1", kIdentity}));
  EXPECT_EQ(request_headers(http, {}, "GET", true), (Lines{"A: 1", "Authorization: Bearer x", kIdentity}));
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
      {{.offset = 5, .validator = strong, .without_if_range = true}, {}, "it was of no use before"},
  };
  for (const auto& c : kCases) {
    Lines expected{kIdentity};
    expected.insert(expected.end(), c.lines.begin(), c.lines.end());
    EXPECT_EQ(request_headers({}, c.asked, "GET", false), expected) << c.why;
  }
}

TEST(RequestHeaders, ask_for_the_codings_of_the_program) {
  EXPECT_EQ(sent({"accept-encoding: br"}), (Lines{"accept-encoding: br"}));
  const struct {
    const char* line;
    bool any_coding;
    bool any_page;
  } kCases[] = {
      {"Accept-Encoding: br", true, false},
      {"accept-encoding: gzip, identity", true, false},
      {"Accept-Encoding: Identity ", false, false},
      {"Accept-Encoding:", false, false},
      {"X-Accept-Encoding: br", false, false},
      {"Accept: image/png, Text/HTML;q=0.1", false, true},
      {"Accept: */*", false, false},
  };
  for (const auto& c : kCases) {
    HttpOptions http;
    http.headers = {"X: 1", c.line};
    Asked asked;
    note_wishes(asked, http);
    EXPECT_EQ(asked.any_coding, c.any_coding) << c.line;
    EXPECT_EQ(asked.any_page, c.any_page) << c.line;
  }
}

TEST(RequestHeaders, say_that_there_is_no_content_where_there_might_be) {
  for (const auto* method : {"POST", "PUT", "PATCH"}) {
    EXPECT_EQ(request_headers({}, {}, method, false), (Lines{kIdentity, "Content-Length: 0"})) << method;
  }
  for (const auto* method : {"GET", "HEAD", "DELETE"}) {
    EXPECT_EQ(request_headers({}, {}, method, false), (Lines{kIdentity})) << method;
  }
}

}  // namespace
}  // namespace dosvc
