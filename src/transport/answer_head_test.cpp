#include "transport/answer_head.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace dosvc {
namespace {

using After = AnswerHead::After;

After add(AnswerHead& head, std::initializer_list<std::string_view> lines) {
  auto after = After::more;
  for (const auto line : lines) after = head.add(std::string(line) + "\r\n");
  return after;
}

TEST(AnswerHead, collects_what_is_asked_for_whatever_the_case_of_the_names) {
  AnswerHead head;
  EXPECT_EQ(add(head, {"HTTP/1.1 206 Partial Content", "ETAG: \"a\"", "last-modified:yesterday", "Content-Length:  5 ",
                       "content-range: bytes 5-9/10", "Retry-After: 7", "X-Other: 1",
                       "Content-Disposition: attachment; filename=x", ""}),
            After::complete);
  EXPECT_EQ(head.head().status, 206);
  EXPECT_EQ(head.head().etag, "\"a\"");
  EXPECT_EQ(head.head().last_modified, "yesterday");
  EXPECT_EQ(head.head().content_length, 5u);
  EXPECT_EQ(head.head().content_range, "bytes 5-9/10");
  EXPECT_EQ(head.head().retry_after, "7");
  EXPECT_EQ(head.head().content_disposition, "attachment; filename=x");
  EXPECT_FALSE(head.is_redirect());
}

TEST(AnswerHead, forgets_earlier_answers) {
  AnswerHead head;
  EXPECT_EQ(add(head, {"HTTP/1.1 103 Early Hints", "ETag: \"hint\"", ""}), After::interim);
  EXPECT_EQ(add(head, {"HTTP/1.1 302 Found", "ETag: \"redirect\"", "Location: /there", "Content-Length: 3", ""}),
            After::complete);
  EXPECT_TRUE(head.is_redirect());
  EXPECT_EQ(head.location(), "/there");
  EXPECT_EQ(add(head, {"HTTP/2 200", ""}), After::complete);
  EXPECT_EQ(head.head().status, 200);
  EXPECT_EQ(head.head().etag, "");
  EXPECT_FALSE(head.head().content_length);
  EXPECT_FALSE(head.is_redirect());
}

TEST(AnswerHead, keeps_the_lines_of_the_last_answer_as_they_came) {
  AnswerHead head;
  add(head, {"HTTP/1.1 302 Found", "Location: /there", "", "HTTP/1.1 200 Fine by me", "X-One:  1 ", "x-two", ""});
  EXPECT_EQ(head.head().lines, "HTTP/1.1 200 Fine by me\r\nX-One:  1 \r\nx-two\r\n");
  AnswerHead odd;
  odd.add("HTTP/2 200\n");
  odd.add(std::string_view("X: a\rX-Evil: 1\0b\r\n", 18));
  EXPECT_EQ(odd.head().lines, "HTTP/2 200\r\nX: a X-Evil: 1 b\r\n");
}

TEST(AnswerHead, has_no_length_when_the_body_is_chunked) {
  AnswerHead head;
  add(head, {"HTTP/1.1 200 OK", "Content-Length: 5", "Transfer-Encoding: chunked", "Content-Length: x", ""});
  EXPECT_FALSE(head.head().content_length);
  EXPECT_FALSE(head.length_is_unclear());
  EXPECT_FALSE(head.has_transfer_coding());
}

TEST(AnswerHead, knows_transfer_codings_from_chunks) {
  const struct {
    std::initializer_list<std::string_view> lines;
    bool coded;
    std::optional<std::uint64_t> length;
  } kCases[] = {
      {{"Transfer-Encoding: Chunked"}, false, {}},
      {{"Transfer-Encoding: identity"}, false, 5},
      {{"Transfer-Encoding: identity, chunked"}, false, {}},
      {{"Transfer-Encoding: gzip"}, true, {}},
      {{"Transfer-Encoding: gzip, chunked"}, true, {}},
      {{"Transfer-Encoding: gzip", "Transfer-Encoding: chunked"}, true, {}},
      {{"Transfer-Encoding: chunked, chunked"}, true, {}},
      {{"Transfer-Encoding: xchunked"}, true, {}},
  };
  for (const auto& c : kCases) {
    AnswerHead head;
    add(head, {"HTTP/1.1 200 OK", "Content-Length: 5"});
    add(head, c.lines);
    EXPECT_EQ(head.has_transfer_coding(), c.coded) << *c.lines.begin();
    EXPECT_EQ(head.head().content_length, c.length) << *c.lines.begin();
  }
}

TEST(AnswerHead, keeps_every_content_coding) {
  AnswerHead head;
  add(head, {"HTTP/1.1 200 OK", "Content-Encoding: identity", "content-encoding: gzip", "Date: then",
             "Content-Type: text/html", ""});
  EXPECT_EQ(head.head().content_encoding, "identity, gzip");
  EXPECT_EQ(head.head().date, "then");
  EXPECT_EQ(head.head().content_type, "text/html");
  AnswerHead odd;
  add(odd, {"HTTP/1.1 200 OK", "Content-Encoding: g\x01zip", ""});
  EXPECT_EQ(odd.head().content_encoding, "unreadable");
}

TEST(AnswerHead, says_when_the_length_is_unclear) {
  for (const auto* second : {"Content-Length: 6", "Content-Length: -5", "Content-Length: 5, 5", "Content-Length: 5x",
                             "Content-Length:", "Content-Length: 99999999999999999999"}) {
    AnswerHead head;
    add(head, {"HTTP/1.1 200 OK", "Content-Length: 5", second, ""});
    EXPECT_TRUE(head.length_is_unclear()) << second;
  }
  AnswerHead head;
  add(head, {"HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 5", ""});
  EXPECT_FALSE(head.length_is_unclear());
}

TEST(AnswerHead, drops_values_that_nobody_should_keep) {
  AnswerHead head;
  add(head, {"HTTP/1.1 200 OK", "ETag: \"a\rX-Evil: 1\"", "Last-Modified: " + std::string(9000, 'x'),
             "Content-Disposition: a\x1b[2J", ""});
  EXPECT_EQ(head.head().etag, "");
  EXPECT_EQ(head.head().last_modified, "");
  EXPECT_EQ(head.head().content_disposition, "");
}

TEST(AnswerHead, takes_nonsense_for_no_status) {
  for (const auto* line : {"HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 2x0 OK", "HTTP/1.1 -20 OK", "HTTP/1.1 20"}) {
    AnswerHead head;
    add(head, {line});
    EXPECT_EQ(head.head().status, 0) << line;
  }
}

TEST(AnswerHead, has_enough_of_headers_at_some_point) {
  AnswerHead head;
  const auto line = "X-Padding: " + std::string(1000, 'x') + "\r\n";
  auto after = After::more;
  int lines = 0;
  for (; after == After::more && lines < 10'000; ++lines) after = head.add(line);
  EXPECT_EQ(after, After::too_large);
  EXPECT_LT(lines, 1000);
}

}  // namespace
}  // namespace dosvc
