#include "property/answers.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dosvc {

using std::chrono::milliseconds;

PlannedAnswer AnswerWriter::write() {
  using W = AnswerWriter;
  static constexpr Maker kAny[] = {&W::well,
                                   &W::well,
                                   &W::well,
                                   &W::without_length,
                                   &W::after_a_redirect,
                                   &W::as_a_part,
                                   &W::cut,
                                   &W::cut,
                                   &W::cut,
                                   &W::cut_without_length,
                                   &W::stalls,
                                   &W::refused,
                                   &W::reset,
                                   &W::silent,
                                   &W::busy,
                                   &W::busy,
                                   &W::refuses_for_good,
                                   &W::odd_status,
                                   &W::whole_to_a_range,
                                   &W::another_range,
                                   &W::shorter_range,
                                   &W::wrong_content_range,
                                   &W::another_total,
                                   &W::promises_too_much,
                                   &W::another_nodes_etag,
                                   &W::another_version,
                                   &W::ignores_if_range,
                                   &W::says_little,
                                   &W::tells_no_version,
                                   &W::portal};
  static constexpr Maker kLies[] = {&W::ends_early, &W::too_short_a_length, &W::wrong_bytes};
  if (site_.lies && chance_.one_in(4)) return (this->*kLies[chance_.below(std::size(kLies))])();
  return (this->*kAny[chance_.below(std::size(kAny))])();
}

// At any speed, after any time.
PlannedAnswer AnswerWriter::plain(std::string text) {
  PlannedAnswer answer;
  const std::uint64_t pieces = chance_.pick<std::uint64_t>({1, 2, 3, 5, 10, kMostPieces - 1});
  answer.how.chunk = std::max<std::uint64_t>(1, site_.largest() / pieces);
  const auto pace = milliseconds(chance_.pick({0, 0, 1, 10, 100, 400, 1000, 7000}));
  answer.how.pace = pace;
  const auto thought = milliseconds(chance_.pick({0, 0, 0, 20, 300, 5000, 30'000}));
  answer.how.answer_after = thought;
  answer.how.gives_up_after = kSilence;
  if (thought.count() > 0) text += ", after " + std::to_string(thought.count()) + " ms";
  if (pace.count() > 0) {
    text += ", " + std::to_string(*answer.how.chunk) + " bytes every " + std::to_string(pace.count()) + " ms";
  }
  answer.text = std::move(text);
  return answer;
}

std::uint64_t AnswerWriter::some_place() {
  const std::uint64_t size = site_.largest();
  return chance_.one_in(4) ? chance_.below(3) : chance_.below(size + 1);
}

// ---- As it should be

PlannedAnswer AnswerWriter::well() { return plain("answered well"); }

PlannedAnswer AnswerWriter::without_length() {
  PlannedAnswer answer = plain("chunked");
  answer.how.alter = [](ResponseHead& head) { head.content_length.reset(); };
  return answer;
}

PlannedAnswer AnswerWriter::after_a_redirect() {
  PlannedAnswer answer = plain("answered well, after a redirect");
  answer.how.alter = [](ResponseHead& head) { head.effective_url = "http://elsewhere/file"; };
  return answer;
}

PlannedAnswer AnswerWriter::as_a_part() {
  PlannedAnswer answer = plain("the whole as a 206");
  answer.how.alter = [](ResponseHead& head) {
    if (head.status != 200 || head.content_length.value_or(0) == 0) return;
    head.status = 206;
    const std::string size = std::to_string(*head.content_length);
    head.content_range = "bytes 0-" + std::to_string(*head.content_length - 1) + "/" + size;
  };
  // The request may be one for a part of another version.
  answer.may_be_fatal = true;
  return answer;
}

// ---- The connection

PlannedAnswer AnswerWriter::cut() {
  const std::uint64_t bytes = some_place();
  PlannedAnswer answer = plain("cut after " + std::to_string(bytes) + " bytes");
  answer.how.cut_after = bytes;
  return answer;
}

PlannedAnswer AnswerWriter::cut_without_length() {
  PlannedAnswer answer = cut();
  answer.text = "chunked, " + answer.text;
  answer.how.alter = [](ResponseHead& head) { head.content_length.reset(); };
  return answer;
}

PlannedAnswer AnswerWriter::stalls() {
  const std::uint64_t bytes = some_place();
  PlannedAnswer answer = plain("stalls after " + std::to_string(bytes) + " bytes");
  answer.how.stall_after = bytes;
  return answer;
}

PlannedAnswer AnswerWriter::refused() {
  PlannedAnswer answer = plain("refused");
  answer.how.fail = FakeTransport::refused();
  return answer;
}

PlannedAnswer AnswerWriter::reset() {
  PlannedAnswer answer = plain("reset");
  answer.how.fail = FakeTransport::broken();
  return answer;
}

PlannedAnswer AnswerWriter::silent() {
  PlannedAnswer answer = plain("never answered");
  answer.how.never_answer = true;
  return answer;
}

// ---- The status

PlannedAnswer AnswerWriter::busy() {
  const int status = chance_.pick({408, 429, 500, 502, 503, 504});
  const std::string after = chance_.pick<const char*>(
      {"", "", "0", "1", "60", "3000", "99999999999", "Tue, 01 Jan 2030 02:00:00 GMT", "soon"});
  PlannedAnswer answer =
      plain("status " + std::to_string(status) + (after.empty() ? std::string() : ", Retry-After: " + after));
  answer.how.status = status;
  answer.how.alter = [after](ResponseHead& head) { head.retry_after = after; };
  return answer;
}

PlannedAnswer AnswerWriter::refuses_for_good() {
  const int status = chance_.pick({400, 401, 403, 404, 410, 416, 501, 505});
  PlannedAnswer answer = plain("status " + std::to_string(status));
  answer.how.status = status;
  answer.may_be_fatal = true;
  return answer;
}

PlannedAnswer AnswerWriter::odd_status() {
  const int status = chance_.pick({0, 99, 201, 204, 300, 304, 1000});
  PlannedAnswer answer = plain("status " + std::to_string(status));
  answer.how.alter = [status](ResponseHead& head) { head.status = status; };
  answer.may_be_fatal = true;
  return answer;
}

// ---- Ranges and lengths

PlannedAnswer AnswerWriter::whole_to_a_range() {
  PlannedAnswer answer = plain("the whole, whatever was asked for");
  answer.how.ignore_range = true;
  answer.refuses_parts = true;
  return answer;
}

PlannedAnswer AnswerWriter::another_range() {
  const auto by = static_cast<std::int64_t>(chance_.between(1, 2000)) * (chance_.one_in(2) ? 1 : -1);
  PlannedAnswer answer = plain("a range that begins " + std::to_string(by) + " bytes later");
  answer.how.shift_range = by;
  answer.may_be_fatal = true;
  return answer;
}

PlannedAnswer AnswerWriter::shorter_range() {
  const std::uint64_t by = chance_.between(1, 2000);
  PlannedAnswer answer = plain("a range that ends " + std::to_string(by) + " bytes earlier");
  answer.how.shorten_range = by;
  answer.may_be_fatal = true;
  return answer;
}

PlannedAnswer AnswerWriter::wrong_content_range() {
  const std::string range = chance_.pick<const char*>(
      {"", "bytes", "bytes 0-0", "bytes 5-2/10", "bytes 1-9999999999/10000000000", "bytes 0-18446744073709551615/*",
       "bytes */*", "items 0-1/2", "bytes 0-0/1", "bytes=0-0/1"});
  PlannedAnswer answer = plain("Content-Range: " + range);
  answer.how.alter = [range](ResponseHead& head) {
    if (head.status == 206) head.content_range = range;
  };
  answer.may_be_fatal = true;
  return answer;
}

PlannedAnswer AnswerWriter::another_total() {
  const bool star = chance_.one_in(2) && site_.versions.front()->validator.has_strong_etag();
  PlannedAnswer answer = plain(star ? "a range of * bytes" : "a range of one byte more in all");
  const std::uint64_t size = site_.largest();
  answer.how.alter = [star, size](ResponseHead& head) {
    const auto slash = head.content_range.find('/');
    if (head.status != 206 || slash == std::string::npos) return;
    head.content_range.resize(slash + 1);
    head.content_range += star ? "*" : std::to_string(size + 1);
  };
  answer.may_be_fatal = true;
  return answer;
}

PlannedAnswer AnswerWriter::promises_too_much() {
  const std::uint64_t more = chance_.between(1, 5000);
  PlannedAnswer answer = plain("a Content-Length of " + std::to_string(more) + " bytes too much");
  answer.how.alter = [more](ResponseHead& head) {
    if (head.content_length) *head.content_length += more;
  };
  answer.may_be_fatal = true;
  return answer;
}

// ---- Versions

PlannedAnswer AnswerWriter::another_nodes_etag() {
  const FakeContent& version = *site_.versions.front();
  PlannedAnswer answer = plain("from another node, with an ETag of its own for version 0");
  FakeContent same = version;
  if (!same.validator.etag.empty()) same.validator.etag.insert(same.validator.etag.size() - 1, "-node2");
  answer.how.instead = std::make_shared<FakeContent>(std::move(same));
  answer.refuses_parts = true;
  return answer;
}

PlannedAnswer AnswerWriter::another_version() {
  const std::size_t which = chance_.below(site_.versions.size());
  PlannedAnswer answer = plain("from another node, which has version " + std::to_string(which));
  answer.how.instead = site_.versions[which];
  return answer;
}

PlannedAnswer AnswerWriter::ignores_if_range() {
  PlannedAnswer answer = plain("ignores If-Range");
  answer.how.ignore_if_range = true;
  return answer;
}

PlannedAnswer AnswerWriter::says_little() {
  PlannedAnswer answer = plain("doesn't repeat what If-Range says");
  answer.how.terse = true;
  return answer;
}

PlannedAnswer AnswerWriter::tells_no_version() {
  const std::string etag = chance_.pick<const char*>({"", "v1", "\"v1", "W/", "\"a\"b\""});
  PlannedAnswer answer = plain("no Last-Modified, ETag: " + etag);
  answer.how.alter = [etag](ResponseHead& head) {
    if (head.status != 200) return;
    head.etag = etag;
    head.last_modified.clear();
  };
  return answer;
}

PlannedAnswer AnswerWriter::portal() {
  PlannedAnswer answer = plain("the page of a portal");
  const std::string page = "<html>log in: " + std::to_string(chance_.next()) + "</html>";
  answer.how.instead = std::make_shared<FakeContent>(FakeContent{page, {}});
  answer.how.ignore_range = true;
  answer.how.alter = [](ResponseHead& head) { head.effective_url = "http://portal/login"; };
  answer.refuses_parts = true;
  return answer;
}

// ---- Lies, which a digest alone tells from the truth

PlannedAnswer AnswerWriter::ends_early() {
  const std::uint64_t bytes = some_place();
  PlannedAnswer answer = plain("no length, and ends after " + std::to_string(bytes) + " bytes");
  answer.how.ends_after = bytes;
  answer.how.alter = [](ResponseHead& head) { head.content_length.reset(); };
  return answer;
}

PlannedAnswer AnswerWriter::too_short_a_length() {
  const std::uint64_t less = chance_.between(1, 1000);
  PlannedAnswer answer = plain("a Content-Length of " + std::to_string(less) + " bytes too few");
  answer.how.alter = [less](ResponseHead& head) {
    if (head.content_length) *head.content_length -= std::min(less, *head.content_length);
  };
  answer.may_be_fatal = true;
  return answer;
}

PlannedAnswer AnswerWriter::wrong_bytes() {
  PlannedAnswer answer = plain("wrong bytes, and all else as it should be");
  FakeContent wrong = *site_.versions[chance_.below(site_.versions.size())];
  if (!wrong.bytes.empty()) wrong.bytes[chance_.below(wrong.bytes.size())] ^= 0x40;
  answer.how.instead = std::make_shared<FakeContent>(std::move(wrong));
  return answer;
}

}  // namespace dosvc
