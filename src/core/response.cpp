#include "core/response.h"

#include "base/text.h"
#include "base/url.h"

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

TakeBody take(std::uint64_t offset, std::optional<std::uint64_t> size, Validator validator) {
  TakeBody body;
  body.offset = offset;
  body.end = size;
  body.size = size;
  body.modified = parse_http_date(validator.last_modified);
  body.validator = std::move(validator);
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

Judgement judge_whole(const Asked& asked, const ResponseHead& head) {
  Validator told = validator_of(head);
  if (head.content_length) {
    if (*head.content_length > kLongestFile) return bad_answer(head, "its length is more than a file can have");
    return take(0, head.content_length, std::move(told));
  }
  // The size we know still tells a cut body from a whole one, unless it is that of a version that is gone.
  const bool size_holds = asked.validator.empty() || (!told.empty() && asked.validator.same_version(told));
  return take(0, size_holds ? asked.size : std::nullopt, std::move(told));
}

// A 206 to a request without a range: good when the range is all there is.
Judgement judge_unasked_range(const Asked& asked, const ResponseHead& head, const ContentRange& content) {
  const std::optional<std::uint64_t> size = content.total ? content.total : asked.size;
  if (content.range.begin != 0 || size != content.range.end) {
    return bad_answer(head, "it brings a part, though the whole file was asked for");
  }
  return take(0, size, validator_of(head));
}

// What is held, and what was told beside it: a resume never knows less than before.
Validator merged(Validator held, const Validator& told) {
  if (held.etag.empty()) held.etag = told.etag;
  if (held.last_modified.empty()) held.last_modified = told.last_modified;
  return held;
}

Judgement judge_rest(const Asked& asked, const ResponseHead& head, const ContentRange& content) {
  if (asked.validator.empty()) return StartAnew{"nothing tells whether the file on the server is still the same"};
  if (content.total && (*content.total < asked.offset || (asked.size && asked.size != content.total))) {
    return StartAnew{"the file on the server has another size now"};
  }
  const Validator told = validator_of(head);
  if (!asked.validator.same_version(told)) return StartAnew{"the file on the server has changed"};
  if (content.range.begin != asked.offset) return bad_answer(head, "it brings another part than was asked for");

  const std::optional<std::uint64_t> size = content.total ? content.total : asked.size;
  if (size != content.range.end) return StartAnew{"the server doesn't bring the file to its end"};
  return take(asked.offset, size, merged(asked.validator, told));
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
Judgement judge_too_much(const Asked& asked, const ResponseHead& head) {
  if (asked.holds_bytes) return StartAnew{"the file on the server has changed, or it brings no parts any more"};
  const std::optional<std::uint64_t> size = head.content_length ? head.content_length : asked.size;
  if (asked.offset == 0 && (!asked.end || asked.end == size)) return judge_whole(asked, head);
  return range_failure(BG_E_INSUFFICIENT_RANGE_SUPPORT, head,
                       "comes only as a whole, and parts of it were asked for: ask for the whole file");
}

// One of the parts that were asked for. Parts can't come in one piece: where no validator can prove that the bytes held
// are of the same version, it must do that none says otherwise.
Judgement judge_wanted_part(const Asked& asked, const ResponseHead& head, const ContentRange& content) {
  const Validator told = validator_of(head);
  if (asked.holds_bytes) {
    if (asked.size && content.total && asked.size != content.total) {
      return StartAnew{"the file on the server has another size now"};
    }
    if (asked.validator.contradicts(told)) return StartAnew{"the file on the server has changed"};
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
  TakeBody body = take(asked.offset, size, asked.holds_bytes ? merged(asked.validator, told) : told);
  body.end = end;
  return body;
}

// Parts are asked for within the size that is known; where none is, the server knows better.
Judgement judge_no_such_range(const Asked& asked, const ResponseHead& head) {
  if (asked.part && !(asked.holds_bytes && asked.size)) return outside(head);
  return StartAnew{"the file on the server has no bytes after those we hold"};
}

Judgement judge_part(const Asked& asked, const ResponseHead& head) {
  const std::optional<ContentRange> content = parse_content_range(head.content_range);
  if (!content) return bad_answer(head, "it brings a part of the file and doesn't say which");
  if (head.content_length && *head.content_length != content->range.length()) {
    return bad_answer(head, "its length isn't that of the part it says to bring");
  }
  if (asked.part) return judge_wanted_part(asked, head, *content);
  return asked.offset == 0 ? judge_unasked_range(asked, head, *content) : judge_rest(asked, head, *content);
}

}  // namespace

Judgement judge(const Asked& asked, const ResponseHead& head, WallTime now) {
  constexpr int kOk = 200;
  constexpr int kPartialContent = 206;
  constexpr int kRangeNotSatisfiable = 416;
  if (head.status == kPartialContent) return judge_part(asked, head);
  if (head.status == kOk && asked.part) return judge_too_much(asked, head);
  if (head.status == kOk && asked.offset == 0) return judge_whole(asked, head);
  if (head.status == kOk) return StartAnew{"the server brings the file from its beginning only, or it has changed"};
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
