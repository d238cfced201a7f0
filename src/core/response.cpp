#include "core/response.h"

#include "base/text.h"
#include "base/url.h"
#include "core/body_kind.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>
#include <utility>

namespace dosvc {
namespace {

// No file is longer, and neither the system's calls nor the store have numbers for it.
constexpr std::uint64_t kLongestFile = std::numeric_limits<std::int64_t>::max();

bool is_entity_tag(std::string_view text) {
  constexpr std::size_t kLongest = 1024;
  if (text.size() > kLongest) return false;
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  text = text.substr(1, text.size() - 2);
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != '"' && byte != 0x7f;
  });
}

// What is malformed counts as absent: it proves nothing, and it must not be sent back in a header of ours.
Validator validator_of(const ResponseHead& head) {
  Validator told;
  if (is_entity_tag(head.etag)) told.etag = head.etag;
  if (parse_http_date(head.last_modified)) told.last_modified = head.last_modified;
  return told;
}

// Of a date that lies close before the answer nobody knows whether the file was written once more within that second.
Validator strong_part_of(Validator told, const ResponseHead& head, WallTime now) {
  constexpr std::chrono::seconds kWithinReach{60};
  const std::optional<WallTime> modified = parse_http_date(told.last_modified);
  if (modified && *modified + kWithinReach > parse_http_date(head.date).value_or(now)) told.last_modified.clear();
  return told;
}

// What is held, and what was told beside it: a resume never knows less than before.
Validator merged(Validator held, const Validator& told) {
  if (held.etag.empty()) held.etag = told.etag;
  if (held.last_modified.empty()) held.last_modified = told.last_modified;
  return held;
}

// The body is the file from `offset` on, of the version `held` or, when that is empty, of one that is now begun.
TakeBody take(std::uint64_t offset, std::optional<std::uint64_t> size, const Validator& held, const ResponseHead& head,
              WallTime now) {
  const Validator told = validator_of(head);
  TakeBody body;
  body.offset = offset;
  body.end = size;
  body.size = size;
  body.validator = merged(held, strong_part_of(told, head, now));
  body.modified = parse_http_date(merged(held, told).last_modified);
  return body;
}

Failure bad_answer(const ResponseHead& head, std::string_view what) {
  Failure failure;
  failure.error =
      Error{BG_E_INVALID_SERVER_RESPONSE, ErrorContext::remote_file,
            "the server's answer for " + redacted(head.effective_url) + " makes no sense: " + std::string(what)};
  failure.http_status = head.status;
  return failure;
}

bool same_strong_etag(const Validator& held, const Validator& told) {
  return held.has_strong_etag() && told.has_strong_etag() && held.etag == told.etag;
}

// Nodes of one server that each make an ETag of their own for the same file, as of its inode, look like that.
bool same_but_for_etag(const Validator& held, const Validator& told) {
  const auto opaque = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  return !held.etag.empty() && !told.etag.empty() && opaque(held.etag) != opaque(told.etag) &&
         !held.last_modified.empty() && held.last_modified == told.last_modified;
}

enum class Version { same, another, unknown };

// Which version an answer that tells `told` and a total speaks of. The rule that judge() promises.
Version version_of(const Asked& asked, const Validator& told, std::optional<std::uint64_t> total) {
  const Validator& held = asked.validator;
  if (asked.size && total && asked.size != total) return Version::another;
  if (same_strong_etag(held, told)) return Version::same;
  if (same_but_for_etag(held, told)) {
    return asked.size && total && !asked.any_coding ? Version::same : Version::another;
  }
  if (held.contradicts(told)) return Version::another;
  // Silence proves nothing: whoever leaves both out of a 206 may not even have looked at If-Range.
  const bool same = !told.empty() && held.same_version(told) && !asked.any_coding;
  return same ? Version::same : Version::unknown;
}

// The server answered as if it had, or knew, no part of the version that we hold. When all that it says of its file is
// what we know of it, it's If-Range that it stumbled on.
StartAnew no_rest(const Asked& asked, const ResponseHead& head, std::string why) {
  const bool same = version_of(asked, validator_of(head), head.content_length) == Version::same;
  return {std::move(why), same && !if_range_of(asked).empty()};
}

Judgement judge_whole(const Asked& asked, const ResponseHead& head, WallTime now) {
  const Validator told = validator_of(head);
  if (asked.holds_bytes && version_of(asked, told, head.content_length) != Version::same) {
    return StartAnew{"the file on the server has changed, or nothing tells that it hasn't"};
  }
  const Validator held = asked.holds_bytes ? asked.validator : Validator{};
  if (head.content_length) {
    if (*head.content_length > kLongestFile) return bad_answer(head, "its length is more than a file can have");
    return take(0, head.content_length, held, head, now);
  }
  // The size we know still tells a cut body from a whole one, unless it is that of a version that is gone.
  const bool size_holds = asked.validator.empty() || (!told.empty() && asked.validator.same_version(told));
  return take(0, size_holds ? asked.size : std::nullopt, held, head, now);
}

// A 206 to a request without a range: good when the range is all there is.
Judgement judge_unasked_range(const Asked& asked, const ResponseHead& head, const ContentRange& content, WallTime now) {
  const std::optional<std::uint64_t> size = content.total ? content.total : asked.size;
  if (content.range.begin != 0 || size != content.range.end) {
    return bad_answer(head, "it brings a part, though the whole file was asked for");
  }
  if (asked.holds_bytes && version_of(asked, validator_of(head), size) != Version::same) {
    return StartAnew{"the file on the server has changed, or nothing tells that it hasn't"};
  }
  return take(0, size, asked.holds_bytes ? asked.validator : Validator{}, head, now);
}

// Why a 206 doesn't continue what we hold; nothing when it does.
std::optional<StartAnew> check_version(const Asked& asked, const ResponseHead& head, const ContentRange& content) {
  if (content.total && (*content.total < asked.offset || (asked.size && asked.size != content.total))) {
    return StartAnew{"the file on the server has another size now"};
  }
  switch (version_of(asked, validator_of(head), content.total)) {
    case Version::another:
      return StartAnew{"the file on the server has changed"};
    case Version::unknown:
      if (asked.unproven_will_do) return std::nullopt;
      return StartAnew{"nothing tells whether the file on the server is still the same"};
    case Version::same:
      break;
  }
  return std::nullopt;
}

Judgement judge_rest(const Asked& asked, const ResponseHead& head, const ContentRange& content, WallTime now) {
  if (auto anew = check_version(asked, head, content)) return *std::move(anew);
  if (content.range.begin != asked.offset) return bad_answer(head, "it brings another part than was asked for");

  const std::optional<std::uint64_t> size = content.total ? content.total : asked.size;
  if (size != content.range.end) return StartAnew{"the server doesn't bring the file to its end"};
  return take(asked.offset, size, asked.validator, head, now);
}

Failure range_failure(HRESULT code, const ResponseHead& head, std::string_view why) {
  Failure failure;
  failure.error = Error{code, ErrorContext::remote_file, redacted(head.effective_url) + " " + std::string(why)};
  failure.http_status = head.status;
  return failure;
}

Failure outside(const ResponseHead& head) {
  return range_failure(BG_E_INVALID_RANGE, head, "doesn't have the bytes that were asked for: check the ranges");
}

// The whole file in place of a part of it.
Judgement judge_too_much(const Asked& asked, const ResponseHead& head, WallTime now) {
  if (asked.holds_bytes) {
    return no_rest(asked, head, "the file on the server has changed, or it brings no parts any more");
  }
  const std::optional<std::uint64_t> size = head.content_length ? head.content_length : asked.size;
  if (asked.offset == 0 && (!asked.end || asked.end == size)) return judge_whole(asked, head, now);
  return range_failure(BG_E_INSUFFICIENT_RANGE_SUPPORT, head,
                       "comes only as a whole, and parts of it were asked for: ask for the whole file");
}

// One of the parts that were asked for.
Judgement judge_wanted_part(const Asked& asked, const ResponseHead& head, const ContentRange& content, WallTime now) {
  if (asked.holds_bytes) {
    if (auto anew = check_version(asked, head, content)) return *std::move(anew);
  }
  if (content.range.begin != asked.offset) return bad_answer(head, "it brings another part than was asked for");

  std::optional<std::uint64_t> size = content.total;
  if (!size && (asked.end || asked.holds_bytes)) size = asked.size;
  if (!size && !asked.end) size = content.range.end;
  const std::uint64_t end = asked.end ? *asked.end : *size;
  if (size && end > *size) return outside(head);
  if (content.range.end != end) {
    if (!asked.end && asked.holds_bytes) return StartAnew{"the server doesn't bring the file to its end"};
    return bad_answer(head, "it brings another part than was asked for");
  }
  TakeBody body = take(asked.offset, size, asked.holds_bytes ? asked.validator : Validator{}, head, now);
  body.end = end;
  return body;
}

// Parts are asked for within the size that is known; where none is, the server knows better.
Judgement judge_no_such_range(const Asked& asked, const ResponseHead& head) {
  if (asked.part && !(asked.holds_bytes && asked.size)) return outside(head);
  StartAnew anew{"the file on the server has no bytes after those we hold"};
  // It does when it is as long as ever: 416 may be the answer to If-Range then.
  const bool no_other_size =
      head.content_range.empty() || (asked.size && head.content_range == "bytes */" + std::to_string(*asked.size));
  anew.ask_without_if_range = no_other_size && !if_range_of(asked).empty();
  return anew;
}

Judgement judge_part(const Asked& asked, const ResponseHead& head, WallTime now) {
  if (media_type(head).starts_with("multipart/")) return bad_answer(head, "it brings several parts in place of one");
  const std::optional<ContentRange> content = parse_content_range(head.content_range);
  if (!content) return bad_answer(head, "it brings a part of the file and doesn't say which");
  if (head.content_length && *head.content_length != content->range.length()) {
    return bad_answer(head, "its length isn't that of the part it says to bring");
  }
  if (asked.part) return judge_wanted_part(asked, head, *content, now);
  return asked.offset == 0 ? judge_unasked_range(asked, head, *content, now) : judge_rest(asked, head, *content, now);
}

Failure login_page(const ResponseHead& head) {
  Failure failure;
  failure.error = Error{BG_E_INVALID_SERVER_RESPONSE, ErrorContext::remote_file,
                        redacted(head.effective_url) +
                            " answered with a page in place of the file: log in to the network in a browser if it "
                            "wants that. If the page is the file, send the header \"Accept: text/html\""};
  failure.failure_class = FailureClass::transient;
  failure.http_status = head.status;
  return failure;
}

// What came in place of the file, whatever was asked for.
std::optional<Failure> judge_body(const Asked& asked, const ResponseHead& head) {
  if (head.status == 200 && is_login_page(asked, head)) return login_page(head);
  if (const std::string coding = foreign_coding(head); !coding.empty() && !asked.any_coding) {
    return bad_answer(head, "it is compressed (" + escaped(coding) + ") though that wasn't asked for");
  }
  return std::nullopt;
}

}  // namespace

std::string_view if_range_of(const Asked& asked) {
  const bool continues = asked.part ? asked.holds_bytes : asked.offset > 0;
  return continues && !asked.without_if_range ? asked.validator.for_if_range() : std::string_view();
}

Judgement judge(const Asked& asked, const ResponseHead& head, WallTime now) {
  constexpr int kOk = 200;
  constexpr int kPartialContent = 206;
  constexpr int kPreconditionFailed = 412;
  constexpr int kRangeNotSatisfiable = 416;
  if (head.status == kOk || head.status == kPartialContent) {
    if (auto failure = judge_body(asked, head)) return *std::move(failure);
  }
  if (head.status == kPartialContent) return judge_part(asked, head, now);
  if (head.status == kOk && asked.part) return judge_too_much(asked, head, now);
  if (head.status == kOk && asked.offset == 0) return judge_whole(asked, head, now);
  if (head.status == kOk) {
    return no_rest(asked, head, "the server brings the file from its beginning only, or it has changed");
  }
  if (head.status == kPreconditionFailed && !if_range_of(asked).empty()) {
    return StartAnew{"the server takes no condition with a range", true};
  }
  if (head.status == kRangeNotSatisfiable && (asked.offset > 0 || asked.part)) return judge_no_such_range(asked, head);
  if (head.status < 100 || head.status > 999) return bad_answer(head, "its status isn't one of HTTP's");

  Failure failure = http_failure(head.status, head.effective_url);
  if (failure.failure_class == FailureClass::transient) {
    failure.retry_after = parse_retry_after(head.retry_after, now);
  }
  return failure;
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
  constexpr std::string_view kUnit = "bytes ";
  const bool unit_fits =
      text.size() > kUnit.size() &&
      std::equal(kUnit.begin(), kUnit.end(), text.begin(), [](char unit, char c) { return unit == lower_case(c); });
  if (!unit_fits) return std::nullopt;

  const char* at = text.data() + kUnit.size();
  const char* const end = text.data() + text.size();
  // A number below the longest file, and the character behind it.
  const auto number = [&](std::uint64_t& value, char behind) {
    const auto [stop, error] = std::from_chars(at, end, value);
    if (error != std::errc() || stop == end || *stop != behind || value >= kLongestFile) return false;
    at = stop + 1;
    return true;
  };
  ContentRange content;
  std::uint64_t last = 0;
  if (!number(content.range.begin, '-') || !number(last, '/') || last < content.range.begin) return std::nullopt;
  content.range.end = last + 1;

  if (std::string_view(at, static_cast<std::size_t>(end - at)) == "*") return content;
  std::uint64_t total = 0;
  const auto [stop, error] = std::from_chars(at, end, total);
  if (error != std::errc() || stop != end || total < content.range.end || total > kLongestFile) return std::nullopt;
  content.total = total;
  return content;
}

}  // namespace dosvc
