// What a server answers, and what is made of it. The first line is what was asked: offset, end of the part, size of the
// file, each a number or "-", and any of the words "part", "held", "unproven", "unconditional", "codings" and "pages",
// for the members of Asked. The second and third are the ETag and the Last-Modified of the bytes that are held. All
// others are the lines of the answer's head.

#include <algorithm>
#include <limits>
#include <string>

#include "core/response.h"
#include "fuzz/input.h"
#include "transport/answer_head.h"

using namespace dosvc;

namespace {

constexpr std::uint64_t kLongestFile = std::numeric_limits<std::int64_t>::max();

// Validators are held as an answer brought them, long after the file was written.
Validator validator_told_by(std::string_view etag, std::string_view last_modified) {
  constexpr WallTime kLongAfter(std::chrono::hours(24 * 366 * 9000));
  ResponseHead head;
  head.status = 200;
  head.etag = etag;
  head.last_modified = last_modified;
  return std::get<TakeBody>(judge({}, head, kLongAfter)).validator;
}

Asked asked_in(Input& input) {
  Asked asked;
  std::string_view words = input.line();
  const auto word = [&] {
    const auto found = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(found.size() + 1, words.size()));
    return found;
  };
  const auto number = [&](std::uint64_t lowest, std::uint64_t highest) -> std::optional<std::uint64_t> {
    const auto told = Input::number_in(word());
    if (!told) return std::nullopt;
    return std::clamp(*told, lowest, highest);
  };
  asked.offset = number(0, kLongestFile - 1).value_or(0);
  asked.end = number(asked.offset + 1, kLongestFile);
  asked.size = number(asked.end.value_or(asked.offset + 1), kLongestFile);
  const auto has = [&](std::string_view told) { return words.find(told) != words.npos; };
  asked.part = has("part");
  if (!asked.part) asked.end.reset();
  // A request that names no part goes on behind what is held.
  asked.holds_bytes = has("held") || (!asked.part && asked.offset > 0);
  asked.unproven_will_do = asked.part && has("unproven");
  asked.without_if_range = has("unconditional");
  asked.any_coding = has("codings");
  asked.any_page = has("pages");
  const auto etag = input.line();
  const auto held = validator_told_by(etag, input.line());
  if (asked.holds_bytes) asked.validator = held;
  return asked;
}

bool is_clean(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7f; });
}

void must_be_lines(std::string_view lines) {
  while (!lines.empty()) {
    const auto end = lines.find_first_of(std::string_view("\r\n\0", 3));
    must(end != lines.npos && lines.substr(end, 2) == "\r\n", "each line ends once, and holds no zero");
    lines.remove_prefix(end + 2);
  }
}

void must_be_a_head(const AnswerHead& answer) {
  const ResponseHead& head = answer.head();
  must(head.status == 0 || (head.status >= 100 && head.status <= 999), "a status has three digits");
  for (const std::string* value : {&head.etag, &head.last_modified, &head.date, &head.content_type, &head.content_range,
                                   &head.retry_after, &head.content_disposition}) {
    must(is_clean(*value) && value->size() <= 8192, "values are clean, and not too long");
  }
  must(is_clean(answer.location()) && is_clean(head.content_encoding), "the location and the codings too");
  must(head.status == 0 || head.lines.starts_with("HTTP/"), "the head begins with the status line");
  must_be_lines(head.lines);
}

void must_be_a_body(const TakeBody& body, const Asked& asked, const ResponseHead& head) {
  must(head.status == 200 || head.status == 206, "only those have the file");
  must(body.offset == (head.status == 206 ? asked.offset : 0), "the body goes where it was asked for");
  must(head.status == 206 || asked.offset == 0, "the whole file is no rest of it");
  must(body.offset <= body.end.value_or(kLongestFile), "it ends behind its beginning");
  must(body.end.value_or(0) <= body.size.value_or(kLongestFile), "it ends within the file");
  must(body.end.value_or(0) <= kLongestFile && body.size.value_or(0) <= kLongestFile,
       "no file is longer than files can be");
  if (asked.part && asked.end) must(body.end == asked.end, "a part is exactly what was asked for");
  if (body.end && head.content_length)
    must(*body.end - body.offset == *head.content_length, "it is as long as was told");
  must(!body.validator.contradicts(body.validator), "its validator is one");
  must(validator_told_by(body.validator.etag, body.validator.last_modified) == body.validator, "and can be sent back");
  must(is_clean(body.validator.for_if_range()), "in a header");
  if (!asked.holds_bytes) return;
  must(!asked.size || !body.size || asked.size == body.size, "what is added to bytes is of a file as long");
  must(!asked.validator.contradicts(body.validator), "and of the same version");
  must(asked.validator.etag.empty() || body.validator.etag == asked.validator.etag,
       "of which no less is known than before");
  must(asked.unproven_will_do || !asked.validator.empty(), "which can be proven, unless it needn't");
  const Validator told = validator_told_by(head.etag, head.last_modified);
  const bool another_etag =
      asked.validator.has_strong_etag() && told.has_strong_etag() && asked.validator.etag != told.etag;
  must(!another_etag ||
           (asked.size && !told.last_modified.empty() && asked.validator.last_modified == told.last_modified),
       "another ETag is that of another version, unless date and size are the same");
}

void must_make_sense(const Judgement& judgement, const Asked& asked, const ResponseHead& head) {
  if (const auto* body = std::get_if<TakeBody>(&judgement)) return must_be_a_body(*body, asked, head);
  if (const auto* anew = std::get_if<StartAnew>(&judgement)) {
    must(asked.holds_bytes, "only who holds bytes begins anew");
    must(!anew->why.empty(), "and is told why");
    must(!anew->ask_without_if_range || !asked.without_if_range, "and asks without If-Range once");
    return;
  }
  const auto& failure = std::get<Failure>(judgement);
  must(FAILED(failure.error.code) && !failure.error.message.empty(), "a failure has a code and a sentence");
  must(failure.error.message.find("secret") == std::string::npos ||
           head.content_encoding.find("secret") != std::string::npos,
       "which shows no password");
  must(failure.http_status == head.status, "and the status");
  if (failure.retry_after)
    must(failure.retry_after->count() >= 0 && failure.retry_after->count() <= 3600, "the wait is bounded");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const Asked asked = asked_in(input);
  AnswerHead answer;
  std::size_t bytes = 0;
  while (!input.done()) {
    const std::string line = std::string(input.line()) + "\n";
    bytes += line.size();
    const auto after = answer.add(line);
    must((after == AnswerHead::After::too_large) == (bytes > 256 * 1024), "a head has a size that is bounded");
    if (after == AnswerHead::After::too_large) return 0;
    must_be_a_head(answer);
    if (after != AnswerHead::After::complete || answer.length_is_unclear() || answer.has_transfer_coding()) continue;
    ResponseHead head = answer.head();
    head.effective_url = "http://user:secret@host/file?key=secret";
    const WallTime now(std::chrono::seconds(1'700'000'000));
    must_make_sense(judge(asked, head, now), asked, head);
  }
  return 0;
}
