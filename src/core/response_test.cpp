#include "core/response.h"

#include <gtest/gtest.h>

#include <limits>
#include <ostream>

namespace dosvc {

void PrintTo(const TakeBody& take, std::ostream* out) {
  *out << "take from " << take.offset << " to " << (take.end ? std::to_string(*take.end) : "the end") << " of "
       << (take.size ? std::to_string(*take.size) : "unknown") << ' ' << take.validator.etag << ' '
       << take.validator.last_modified;
}
void PrintTo(const StartAnew& anew, std::ostream* out) {
  *out << (anew.ask_without_if_range ? "ask without If-Range: " : "start anew: ") << anew.why;
}
void PrintTo(const Failure& failure, std::ostream* out) { *out << "failure: " << failure.error.message; }

namespace {

using std::chrono::seconds;

constexpr std::uint64_t kMax64 = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kLongestFile = std::numeric_limits<std::int64_t>::max();
constexpr const char* kUrl = "https://host/a.bin";
constexpr const char* kMonday = "Mon, 05 Feb 2024 10:00:00 GMT";
constexpr const char* kTuesday = "Tue, 06 Feb 2024 10:00:00 GMT";
constexpr WallTime kMondayTime{seconds(1707127200)};
constexpr WallTime kNow{seconds(1709208000)};

ResponseHead head_with(int status) {
  ResponseHead head;
  head.status = status;
  head.effective_url = kUrl;
  return head;
}

ResponseHead ok(std::optional<std::uint64_t> length = std::nullopt) {
  ResponseHead head = head_with(200);
  head.content_length = length;
  return head;
}

ResponseHead part(std::string content_range, std::string etag = R"("a")", std::string last_modified = kMonday) {
  ResponseHead head = head_with(206);
  head.content_range = std::move(content_range);
  head.etag = std::move(etag);
  head.last_modified = std::move(last_modified);
  return head;
}

Validator held() { return {R"("a")", kMonday}; }

Asked rest_from(std::uint64_t offset, std::optional<std::uint64_t> size, Validator validator = held()) {
  return {offset, std::move(validator), size};
}

// The judgement in a word, for tables.
std::string verdict(const Judgement& judgement) {
  if (const auto* take = std::get_if<TakeBody>(&judgement)) {
    std::string part = std::to_string(take->offset);
    if (take->end != take->size) part += "-" + (take->end ? std::to_string(*take->end) : "?");
    return "take " + part + " of " + (take->size ? std::to_string(*take->size) : "?");
  }
  if (const auto* anew = std::get_if<StartAnew>(&judgement)) {
    return anew->ask_without_if_range ? "ask without If-Range" : "anew";
  }
  const Failure& failure = std::get<Failure>(judgement);
  if (failure.error.code == BG_E_INVALID_SERVER_RESPONSE) {
    return failure.failure_class == FailureClass::fatal ? "nonsense" : "transient nonsense";
  }
  if (failure.error.code == BG_E_INVALID_RANGE) return "outside";
  if (failure.error.code == BG_E_INSUFFICIENT_RANGE_SUPPORT) return "no ranges";
  EXPECT_EQ(failure.error.code, http_status_code(failure.http_status));
  return failure.failure_class == FailureClass::fatal ? "fatal" : "transient";
}

TEST(Judge, whole_file) {
  const struct {
    Asked asked;
    ResponseHead head;
    std::string_view verdict;
    const char* why;
  } kCases[] = {
      {{}, ok(10), "take 0 of 10", "the usual case"},
      {{}, ok(0), "take 0 of 0", "an empty file is a file"},
      {{}, ok(), "take 0 of ?", "the end of the body is the end of the file"},
      {{0, {}, 20}, ok(10), "take 0 of 10", "the program was wrong"},
      {{0, {}, 20}, ok(), "take 0 of 20", "the server says nothing against it"},
      {{0, held(), 20}, ok(), "take 0 of ?", "the size was that of a version that is gone"},
      {{}, ok(kLongestFile), "take 0 of 9223372036854775807", "to be refused by the disk"},
      {{}, ok(kLongestFile + 1), "nonsense", "no file is that long"},
      {{}, ok(kMax64), "nonsense", "no file is that long"},
      {{}, part("bytes 0-9/10"), "take 0 of 10", "the range is all there is"},
      {{0, {}, 20}, part("bytes 0-9/10"), "take 0 of 10", "the program was wrong"},
      {{0, {}, 10}, part("bytes 0-9/*"), "take 0 of 10", "the range is all there is"},
      {{}, part("bytes 0-9/*"), "nonsense", "perhaps a part"},
      {{0, {}, 20}, part("bytes 0-9/*"), "nonsense", "a part"},
      {{}, part("bytes 0-8/10"), "nonsense", "a part"},
      {{}, part("bytes 1-9/10"), "nonsense", "a part"},
      {{}, part(""), "nonsense", "nobody knows which part"},
      {{}, head_with(416), "fatal", "there was no range to be wrong"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(verdict(judge(c.asked, c.head, kNow)), c.verdict)
        << c.head.status << ' ' << c.head.content_range << ": " << c.why;
  }
}

TEST(Judge, rest_of_a_file) {
  const struct {
    Asked asked;
    ResponseHead head;
    std::string_view verdict;
    const char* why;
  } kCases[] = {
      {rest_from(4, 10), part("bytes 4-9/10"), "take 4 of 10", "the usual case"},
      {rest_from(4, {}), part("bytes 4-9/10"), "take 4 of 10", "now the size is known"},
      {rest_from(4, 10), part("bytes 4-9/*"), "take 4 of 10", "it ends where we know the end to be"},
      {rest_from(4, {}), part("bytes 4-9/*"), "anew", "nobody knows whether that is the end"},
      {rest_from(4, 10), part("bytes 4-8/*"), "anew", "not to the end"},
      {rest_from(4, 10), part("bytes 4-10/*"), "anew", "longer than it was"},
      {rest_from(4, 10), part("bytes 4-8/10"), "anew", "not to the end"},
      {rest_from(4, 10), part("bytes 4-10/11"), "anew", "longer than it was"},
      {rest_from(4, 10), part("bytes 4-8/9"), "anew", "shorter than it was"},
      {rest_from(4, {}), part("bytes 0-2/3"), "anew", "shorter than what we hold"},
      {rest_from(4, 10), part("bytes 0-9/10"), "nonsense", "not the range that was asked for"},
      {rest_from(4, 10), part("bytes 5-9/10"), "nonsense", "not the range that was asked for"},
      {rest_from(4, 10), part(""), "nonsense", "no Content-Range"},
      {rest_from(4, 10), part("bytes */10"), "nonsense", "that belongs to a 416"},
      {rest_from(4, 10), part("bytes 4-18446744073709551616/18446744073709551617"), "nonsense", "above 64 bits"},
      {rest_from(4, 10), part("bytes 4-9/10", R"("b")", kTuesday), "anew", "another version"},
      {rest_from(4, 10), part("bytes 0-9/10", R"("b")", kTuesday), "anew", "another version"},
      {rest_from(4, 10), part("bytes 4-9/10", R"("b")", ""), "anew", "another version"},
      {rest_from(4, 10), part("bytes 4-9/10", "", kTuesday), "anew", "another version"},
      {rest_from(4, 10), part("bytes 4-9/10", "", ""), "anew", "perhaps it knows no If-Range"},
      {rest_from(4, 10, {"", kMonday}), part("bytes 4-9/10", "", ""), "anew", "perhaps it knows no If-Range"},
      {rest_from(4, 10), part("bytes 4-9/10", R"("a")", "yesterday"), "take 4 of 10",
       "a malformed date counts as none"},
      {rest_from(4, 10), part("bytes 4-9/10", "b\"", kMonday), "take 4 of 10", "a malformed ETag counts as none"},
      {rest_from(4, 10, {}), part("bytes 4-9/10"), "anew", "no validator, no proof"},
      {rest_from(4, 10, {}), part("bytes 4-9/10", "", ""), "anew", "no validator, no proof"},
      {rest_from(4, 10, {R"(W/"a")", ""}), part("bytes 4-9/10", R"(W/"a")", ""), "anew", "a weak ETag is no proof"},
      {rest_from(4, 10), ok(10), "anew", "the server knows no ranges, or the file has changed"},
      {rest_from(4, 10), head_with(416), "ask without If-Range", "or the file is shorter now"},
      {rest_from(4, 10, {}), head_with(416), "anew", "nothing to compare"},
      {rest_from(4, 10), head_with(404), "fatal", "gone"},
      {rest_from(4, 10), head_with(503), "transient", "busy"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(verdict(judge(c.asked, c.head, kNow)), c.verdict)
        << c.head.status << ' ' << c.head.content_range << ' ' << c.head.etag << ' ' << c.head.last_modified << ": "
        << c.why;
  }
}

Asked part_of(std::uint64_t begin, std::optional<std::uint64_t> end, std::optional<std::uint64_t> size = {}) {
  Asked asked{begin, {}, size};
  asked.part = true;
  asked.end = end;
  return asked;
}

Asked another_part(std::uint64_t begin, std::optional<std::uint64_t> end, std::optional<std::uint64_t> size,
                   Validator validator = held()) {
  Asked asked = part_of(begin, end, size);
  asked.validator = std::move(validator);
  asked.holds_bytes = true;
  asked.unproven_will_do = true;
  return asked;
}

// One that whoever asks has chosen, of a file that could come in one piece.
Asked chosen_part(std::uint64_t begin, std::optional<std::uint64_t> end, std::optional<std::uint64_t> size,
                  Validator validator = held()) {
  Asked asked = another_part(begin, end, size, std::move(validator));
  asked.unproven_will_do = false;
  return asked;
}

ResponseHead ok_with(std::optional<std::uint64_t> length, std::string etag, std::string last_modified) {
  ResponseHead head = ok(length);
  head.etag = std::move(etag);
  head.last_modified = std::move(last_modified);
  return head;
}

TEST(Judge, first_part_of_a_file) {
  const struct {
    Asked asked;
    ResponseHead head;
    std::string_view verdict;
    const char* why;
  } kCases[] = {
      {part_of(4, 8), part("bytes 4-7/10"), "take 4-8 of 10", "the usual case"},
      {part_of(0, 8), part("bytes 0-7/10"), "take 0-8 of 10", "a part, though it is the first"},
      {part_of(4, 8), part("bytes 4-7/*"), "take 4-8 of ?", "the server doesn't know the size"},
      {part_of(4, 8, 10), part("bytes 4-7/*"), "take 4-8 of 10", "but the program does"},
      {part_of(4, 8, 20), part("bytes 4-7/10"), "take 4-8 of 10", "the program was wrong"},
      {part_of(4, {}), part("bytes 4-9/10"), "take 4 of 10", "to the end"},
      {part_of(4, {}), part("bytes 4-9/*"), "take 4 of 10", "to the end, wherever that is"},
      {part_of(4, {}, 20), part("bytes 4-9/10"), "take 4 of 10", "the program was wrong"},
      {part_of(4, {}, 20), part("bytes 4-9/*"), "take 4 of 10", "the program was wrong"},
      {part_of(0, {}), part("bytes 0-9/10"), "take 0 of 10", "all of it"},
      {part_of(4, {}), part("bytes 4-8/10"), "nonsense", "not to the end"},
      {part_of(4, 8), part("bytes 4-6/10"), "nonsense", "less than was asked for"},
      {part_of(4, 8), part("bytes 4-8/10"), "nonsense", "more than was asked for"},
      {part_of(4, 8), part("bytes 3-7/10"), "nonsense", "another part"},
      {part_of(4, 8), part("bytes 0-9/10"), "nonsense", "another part"},
      {part_of(4, 8), part(""), "nonsense", "nobody knows which part, as of several in one body"},
      {part_of(4, 8), part("bytes */10"), "nonsense", "that belongs to a 416"},
      {part_of(4, 20), part("bytes 4-9/10"), "outside", "the file ends before"},
      {part_of(4, 20, 10), part("bytes 4-9/*"), "outside", "the file ends before, the program knows"},
      {part_of(40, 50), head_with(416), "outside", "the file ends before"},
      {part_of(0, 50), head_with(416), "outside", "the file is empty"},
      {part_of(40, {}), head_with(416), "outside", "the file ends before"},
      {part_of(4, 8), ok(10), "no ranges", "the server knows none"},
      {part_of(4, 8), ok(), "no ranges", "the server knows none"},
      {part_of(4, {}), ok(10), "no ranges", "the server knows none"},
      {part_of(0, 8), ok(10), "no ranges", "more than was asked for"},
      {part_of(0, 20), ok(10), "no ranges", "less than was asked for"},
      {part_of(0, 8), ok(), "no ranges", "perhaps more than was asked for"},
      {part_of(0, 10), ok(10), "take 0 of 10", "the part is the whole"},
      {part_of(0, 10, 10), ok(), "take 0 of 10", "the part is the whole, the program knows"},
      {part_of(0, {}), ok(10), "take 0 of 10", "the part is the whole"},
      {part_of(0, {}), ok(), "take 0 of ?", "the part is the whole"},
      {part_of(4, 8), head_with(404), "fatal", "gone"},
      {part_of(4, 8), head_with(503), "transient", "busy"},
      {part_of(4, 8), head_with(204), "transient", "odd"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(verdict(judge(c.asked, c.head, kNow)), c.verdict)
        << c.head.status << ' ' << c.head.content_range << ": " << c.why;
  }
}

TEST(Judge, further_part_of_a_file) {
  const Validator weak{R"(W/"a")", ""};
  const struct {
    Asked asked;
    ResponseHead head;
    std::string_view verdict;
    const char* why;
  } kCases[] = {
      {another_part(4, 8, 10), part("bytes 4-7/10"), "take 4-8 of 10", "the usual case"},
      {another_part(4, 8, {}), part("bytes 4-7/*"), "take 4-8 of ?", "the server doesn't know the size"},
      {another_part(4, 8, {}), part("bytes 4-7/10"), "take 4-8 of 10", "now the size is known"},
      {another_part(4, 8, 10), part("bytes 4-7/*"), "take 4-8 of 10", "nothing says that it changed"},
      {another_part(4, {}, 10), part("bytes 4-9/*"), "take 4 of 10", "to the end we know"},
      {another_part(4, {}, {}), part("bytes 4-9/*"), "take 4 of 10", "to the end, wherever that is"},
      {another_part(4, {}, 10), part("bytes 4-8/*"), "anew", "it ends elsewhere"},
      {another_part(4, {}, 10), part("bytes 4-8/10"), "anew", "not to the end"},
      {another_part(4, 8, 10), part("bytes 4-7/11"), "anew", "another size"},
      {another_part(4, 8, 10), part("bytes 4-7/10", R"("b")", kTuesday), "anew", "another version"},
      {another_part(4, 8, 10), part("bytes 0-3/10", R"("b")", kTuesday), "anew", "another version"},
      {another_part(4, 8, 10), part("bytes 4-7/10", "", kTuesday), "anew", "another version"},
      {another_part(4, 8, 10), part("bytes 4-7/10", "", ""), "take 4-8 of 10", "nothing says otherwise"},
      {another_part(4, 8, 10, weak), part("bytes 4-7/10", R"(W/"a")", ""), "take 4-8 of 10",
       "a weak ETag doesn't say otherwise"},
      {another_part(4, 8, 10, weak), part("bytes 4-7/10", R"(W/"b")", ""), "anew", "another version"},
      {another_part(4, 8, 10, {}), part("bytes 4-7/10", "", ""), "take 4-8 of 10", "nothing says otherwise"},
      {another_part(4, 8, 10, {}), part("bytes 4-7/9", "", ""), "anew", "the size says otherwise"},
      {another_part(4, 8, 10), part("bytes 4-6/10"), "nonsense", "less than was asked for"},
      {another_part(4, 8, 10), part("bytes 5-7/10"), "nonsense", "another part"},
      {another_part(4, 8, 10), part(""), "nonsense", "nobody knows which part"},
      {another_part(4, 20, {}), part("bytes 4-9/10"), "outside", "the file ends before"},
      {another_part(4, 8, 10), ok(10), "anew", "If-Range says that the file has changed"},
      {another_part(0, 10, 10), ok(10), "anew", "though it would be the whole"},
      {another_part(4, 8, 10), head_with(416), "ask without If-Range", "it was longer when we asked before"},
      {chosen_part(4, 8, 10), part("bytes 4-7/10"), "take 4-8 of 10", "the usual case"},
      {chosen_part(4, 8, {}), part("bytes 4-7/*"), "take 4-8 of ?", "the ETag tells"},
      {chosen_part(4, 8, 10), part("bytes 4-7/10", "", ""), "anew", "nothing tells"},
      {chosen_part(4, 8, 10, weak), part("bytes 4-7/10", R"(W/"a")", ""), "anew", "a weak ETag is no proof"},
      {chosen_part(4, 8, 10, {}), part("bytes 4-7/10"), "anew", "no validator, no proof"},
      {chosen_part(4, 8, 10), part("bytes 4-7/11"), "anew", "another size"},
      {another_part(40, 50, {}), head_with(416), "outside", "nobody knew its end, and the range is beyond it"},
      {another_part(4, 8, 10), head_with(404), "fatal", "gone"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(verdict(judge(c.asked, c.head, kNow)), c.verdict)
        << c.head.status << ' ' << c.head.content_range << ' ' << c.head.etag << ": " << c.why;
  }
}

// As two connections ask that race each other for all of it.
TEST(Judge, whole_file_beside_bytes_of_it) {
  Asked asked{0, held(), 10};
  asked.holds_bytes = true;
  const struct {
    ResponseHead head;
    std::string_view verdict;
    const char* why;
  } kCases[] = {
      {ok_with(10, R"("a")", kMonday), "take 0 of 10", "the same"},
      {ok_with({}, R"("a")", kMonday), "take 0 of 10", "the same"},
      {ok_with(10, R"("b")", kMonday), "take 0 of 10", "another node"},
      {ok_with(10, R"("b")", kTuesday), "anew", "another version"},
      {ok_with(11, R"("a")", kMonday), "anew", "another size"},
      {ok_with(10, "", ""), "anew", "nothing tells"},
      {part("bytes 0-9/10"), "take 0 of 10", "the same"},
      {part("bytes 0-9/10", R"("b")", kTuesday), "anew", "another version"},
  };
  for (const auto& c : kCases) EXPECT_EQ(verdict(judge(asked, c.head, kNow)), c.verdict) << c.why;
  const Judgement of_node = judge(asked, ok_with(10, R"("b")", kMonday), kNow);
  EXPECT_EQ(of_node, Judgement(TakeBody{0, 10, 10, held(), kMondayTime})) << "the validator stays";
}

TEST(Judge, part_brings_what_its_validator_lacked) {
  EXPECT_EQ(judge(part_of(4, 8), part("bytes 4-7/10"), kNow), Judgement(TakeBody{4, 8, 10, held(), kMondayTime}));
  const Judgement known = judge(another_part(4, 8, 10), part("bytes 4-7/10", R"(W/"a")", ""), kNow);
  EXPECT_EQ(known, Judgement(TakeBody{4, 8, 10, held(), kMondayTime}));
  const Judgement learned = judge(another_part(4, 8, 10, {"", kMonday}), part("bytes 4-7/10"), kNow);
  EXPECT_EQ(learned, Judgement(TakeBody{4, 8, 10, held(), kMondayTime}));
}

// Nodes that hold the same file and name its version each in their own way; and all that isn't that, though it looks
// like it.
TEST(Judge, node_with_an_etag_of_its_own_is_told_by_date_and_size) {
  constexpr const char* kB = R"("b")";
  Asked again = rest_from(4, 10);
  again.without_if_range = true;
  Asked coded = rest_from(4, 10);
  coded.any_coding = true;
  Asked part_again = chosen_part(4, 8, 10);
  part_again.without_if_range = true;
  const struct {
    Asked asked;
    ResponseHead head;
    std::string_view verdict;
    const char* why;
  } kCases[] = {
      {rest_from(4, 10), ok_with(10, kB, kMonday), "ask without If-Range", "date and size are the same"},
      {chosen_part(4, 8, 10), ok_with(10, kB, kMonday), "ask without If-Range", "date and size are the same"},
      {chosen_part(0, 8, 10), ok_with(10, kB, kMonday), "ask without If-Range", "date and size are the same"},
      {rest_from(4, 10), ok_with(11, kB, kMonday), "anew", "another size"},
      {rest_from(4, 10), ok_with({}, kB, kMonday), "anew", "no size"},
      {rest_from(4, {}), ok_with(10, kB, kMonday), "anew", "no size to compare"},
      {rest_from(4, 10), ok_with(10, kB, kTuesday), "anew", "another date"},
      {rest_from(4, 10), ok_with(10, kB, ""), "anew", "no date"},
      {rest_from(4, 10, {R"("a")", ""}), ok_with(10, kB, kMonday), "anew", "no strong date to compare"},
      {rest_from(4, 10, {R"(W/"a")", kMonday}), ok_with(10, R"(W/"b")", kMonday), "ask without If-Range", "weak ETags"},
      {rest_from(4, 10), ok_with(10, R"("a")", kMonday), "ask without If-Range", "200 though If-Range names it"},
      {rest_from(4, 10), ok_with({}, R"("a")", kMonday), "ask without If-Range", "200 though If-Range names it"},
      {rest_from(4, 10), ok_with(10, "", kMonday), "ask without If-Range", "the date is the same"},
      {coded, ok_with(10, kB, kMonday), "anew", "or another form of the file"},
      {again, ok_with(10, kB, kMonday), "anew", "it brings no parts at all"},
      {again, ok_with(10, R"("a")", kMonday), "anew", "it brings no parts at all"},
      {again, head_with(416), "anew", "once more is enough"},
      {again, head_with(412), "fatal", "there was no condition to fail"},
      {again, part("bytes 4-9/10", kB), "take 4 of 10", "date and total are the same"},
      {again, part("bytes 4-9/10", R"("c")"), "take 4 of 10", "a third node"},
      {again, part("bytes 4-9/10", R"("a")", kTuesday), "take 4 of 10", "the first node, which is sure"},
      {again, part("bytes 4-9/*", kB), "anew", "no total"},
      {again, part("bytes 4-9/10", kB, kTuesday), "anew", "another date"},
      {again, part("bytes 4-9/10", kB, ""), "anew", "no date"},
      {again, part("bytes 4-9/10", "", ""), "anew", "silence"},
      {again, part("bytes 4-10/11", kB), "anew", "another size"},
      {part_again, part("bytes 4-7/10", kB), "take 4-8 of 10", "date and total are the same"},
      {part_again, part("bytes 4-7/*", kB), "anew", "no total"},
      {part_again, part("bytes 4-7/10", kB, kTuesday), "anew", "another date"},
      {part_again, ok_with(10, kB, kMonday), "anew", "it brings no parts at all"},
      {rest_from(4, 10), part("bytes 4-9/10", kB), "take 4 of 10", "a node that ignores If-Range"},
      {rest_from(4, {}), part("bytes 4-9/10", kB), "anew", "no size to compare"},
      {coded, part("bytes 4-9/10", kB), "anew", "another form of the file"},
      {coded, part("bytes 4-9/10", "", kMonday), "anew", "perhaps another form of the file"},
      {coded, part("bytes 4-9/10"), "take 4 of 10", "a strong ETag is one of this form"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(verdict(judge(c.asked, c.head, kNow)), c.verdict)
        << c.head.status << ' ' << c.head.content_range << ' ' << c.head.etag << ' ' << c.head.last_modified << ": "
        << c.why;
  }
}

TEST(Judge, keeps_the_validator_of_the_node_it_began_with) {
  const Judgement judgement = judge(rest_from(4, 10), part("bytes 4-9/10", R"("b")"), kNow);
  EXPECT_EQ(judgement, Judgement(TakeBody{4, 10, 10, held(), kMondayTime}));
}

TEST(Judge, refusals_of_if_range_itself_are_no_word_on_the_file) {
  EXPECT_EQ(verdict(judge(rest_from(4, 10), head_with(412), kNow)), "ask without If-Range");
  EXPECT_EQ(verdict(judge(rest_from(4, 10, {}), head_with(412), kNow)), "fatal");
  EXPECT_EQ(verdict(judge({}, head_with(412), kNow)), "fatal");
  ResponseHead refused = head_with(416);
  refused.content_range = "bytes */10";
  EXPECT_EQ(verdict(judge(rest_from(4, 10), refused, kNow)), "ask without If-Range");
  refused.content_range = "bytes */3";
  EXPECT_EQ(verdict(judge(rest_from(4, 10), refused, kNow)), "anew");
}

TEST(Judge, date_is_kept_only_when_the_file_was_at_rest_before_the_answer) {
  const auto kept = [](std::string date, WallTime now) {
    ResponseHead head = ok_with(10, R"("a")", kMonday);
    head.date = std::move(date);
    return std::get<TakeBody>(judge({}, head, now));
  };
  EXPECT_EQ(kept("Mon, 05 Feb 2024 10:01:00 GMT", kNow).validator, held());
  EXPECT_EQ(kept("Mon, 05 Feb 2024 10:00:59 GMT", kNow).validator, (Validator{R"("a")", ""}));
  EXPECT_EQ(kept("Mon, 05 Feb 2024 09:00:00 GMT", kNow).validator, (Validator{R"("a")", ""}));
  EXPECT_EQ(kept("", kMondayTime + seconds(60)).validator, held());
  EXPECT_EQ(kept("", kMondayTime + seconds(59)).validator, (Validator{R"("a")", ""}));
  EXPECT_EQ(kept("soon", kMondayTime).validator, (Validator{R"("a")", ""}));
  EXPECT_EQ(kept("Mon, 05 Feb 2024 10:00:00 GMT", kNow).modified, kMondayTime)
      << "the file gets that time all the same";
}

TEST(Judge, date_that_has_become_strong_is_added) {
  ResponseHead head = part("bytes 4-9/10");
  head.date = "Mon, 05 Feb 2024 10:02:00 GMT";
  EXPECT_EQ(judge(rest_from(4, 10, {R"("a")", ""}), head, kNow), Judgement(TakeBody{4, 10, 10, held(), kMondayTime}));
  head.date = "Mon, 05 Feb 2024 10:00:02 GMT";
  EXPECT_EQ(judge(rest_from(4, 10, {R"("a")", ""}), head, kNow),
            Judgement(TakeBody{4, 10, 10, {R"("a")", ""}, kMondayTime}));
}

TEST(Judge, several_parts_in_one_body_are_none) {
  ResponseHead head = part("bytes 4-9/10");
  head.content_type = "Multipart/Byteranges; boundary=x";
  EXPECT_EQ(verdict(judge(rest_from(4, 10), head, kNow)), "nonsense");
  head.content_range.clear();
  EXPECT_EQ(verdict(judge(part_of(4, 8), head, kNow)), "nonsense");
}

TEST(Judge, coding_that_nobody_asked_for_is_refused) {
  for (ResponseHead head : {ok(10), part("bytes 4-9/10")}) {
    const Asked asked = head.status == 200 ? Asked{} : rest_from(4, 10);
    head.content_encoding = "gzip";
    const Judgement judgement = judge(asked, head, kNow);
    ASSERT_EQ(verdict(judgement), "nonsense") << head.status;
    EXPECT_NE(std::get<Failure>(judgement).error.message.find("compressed (gzip)"), std::string::npos);
    Asked wished = asked;
    wished.any_coding = true;
    EXPECT_TRUE(std::holds_alternative<TakeBody>(judge(wished, head, kNow))) << head.status;
    head.content_encoding = "identity";
    EXPECT_TRUE(std::holds_alternative<TakeBody>(judge(asked, head, kNow))) << head.status;
  }
  ResponseHead refusal = head_with(404);
  refusal.content_encoding = "gzip";
  EXPECT_EQ(verdict(judge({}, refusal, kNow)), "fatal") << "its page may be what it likes";
}

TEST(Judge, login_page_is_never_the_file_and_loses_nothing) {
  ResponseHead page = ok(2000);
  page.content_type = "text/html; charset=utf-8";
  page.asked_url = "http://host/a.bin";
  page.effective_url = "http://host/a.bin?token=secret";
  for (const Asked& asked : {Asked{}, rest_from(4, 10), part_of(4, 8), chosen_part(4, 8, 10)}) {
    const Judgement judgement = judge(asked, page, kNow);
    EXPECT_EQ(verdict(judgement), "transient nonsense") << asked.offset;
    const std::string message = std::get<Failure>(judgement).error.message;
    EXPECT_NE(message.find("log in to the network"), std::string::npos) << message;
    EXPECT_EQ(message.find("secret"), std::string::npos) << message;
    EXPECT_EQ(std::get<Failure>(judgement).http_status, 200);
  }
  const Failure network = std::get<Failure>(judge({}, head_with(511), kNow));
  EXPECT_EQ(network.failure_class, FailureClass::transient);
  EXPECT_NE(network.error.message.find("log in to the network"), std::string::npos) << network.error.message;
}

TEST(Judge, ranges_that_cannot_be_had_are_the_servers_word) {
  for (const auto& head : {head_with(416), ok(10)}) {
    const Failure failure = std::get<Failure>(judge(part_of(40, 50), head, kNow));
    EXPECT_EQ(failure.failure_class, FailureClass::fatal);
    EXPECT_EQ(failure.error.context, ErrorContext::remote_file);
    EXPECT_EQ(failure.http_status, head.status);
    EXPECT_NE(failure.error.message.find(kUrl), std::string::npos) << failure.error.message;
  }
}

TEST(Judge, says_why_it_starts_anew) {
  const std::string why = std::get<StartAnew>(judge(rest_from(4, 10, {}), part("bytes 4-9/10"), kNow)).why;
  EXPECT_EQ(why, "nothing tells whether the file on the server is still the same");
}

TEST(Judge, length_of_a_part_must_be_that_of_its_range) {
  for (std::uint64_t offset : {0, 4}) {
    ResponseHead head = part(offset == 0 ? "bytes 0-9/10" : "bytes 4-9/10");
    const Asked asked = offset == 0 ? Asked{} : rest_from(offset, 10);
    head.content_length = 10 - offset;
    EXPECT_TRUE(std::holds_alternative<TakeBody>(judge(asked, head, kNow)));
    for (std::uint64_t wrong : {std::uint64_t{0}, 11 - offset, 9 - offset, kMax64}) {
      head.content_length = wrong;
      EXPECT_EQ(verdict(judge(asked, head, kNow)), "nonsense") << offset << ", length " << wrong;
    }
  }
}

TEST(Judge, whole_file_brings_its_validator_and_time) {
  ResponseHead head = ok(10);
  head.etag = R"("a")";
  head.last_modified = kMonday;
  EXPECT_EQ(judge({}, head, kNow), Judgement(TakeBody{0, 10, 10, held(), kMondayTime}));
}

TEST(Judge, what_is_malformed_never_becomes_a_validator) {
  for (std::string etag : {std::string("a"), std::string("\""), std::string("\"a"), std::string("\"a\rX: y\""),
                           std::string("\"a\" , \"b\""), std::string("w/\"a\""), std::string("\"a b\""),
                           '"' + std::string(2000, 'a') + '"'}) {
    ResponseHead head = ok(10);
    head.etag = etag;
    head.last_modified = "Mon, 05 Feb 2024 10:00:00 GMT\r\nX: y";
    EXPECT_EQ(judge({}, head, kNow), Judgement(TakeBody{0, 10, 10, {}, std::nullopt})) << etag;
  }
}

TEST(Judge, resume_never_empties_the_validator) {
  const struct {
    Validator held;
    Validator told;
    Validator after;
  } kCases[] = {
      {held(), {R"("a")", ""}, held()},
      {held(), {"", kMonday}, held()},
      {{"", kMonday}, {R"("a")", kMonday}, held()},
      {{R"("a")", ""}, {R"("a")", kMonday}, held()},
      {{R"("a")", kMonday}, {R"("a")", kTuesday}, held()},
      {{R"(W/"a")", kMonday}, {R"("a")", kMonday}, {R"(W/"a")", kMonday}},
  };
  for (const auto& c : kCases) {
    const Judgement judgement =
        judge(rest_from(4, 10, c.held), part("bytes 4-9/10", c.told.etag, c.told.last_modified), kNow);
    EXPECT_EQ(judgement, Judgement(TakeBody{4, 10, 10, c.after, kMondayTime}))
        << c.told.etag << ' ' << c.told.last_modified;
  }
}

TEST(Judge, everything_else_is_a_failure_of_its_status) {
  const struct {
    int status;
    std::string_view verdict;
  } kCases[] = {
      {101, "transient"}, {201, "transient"}, {204, "transient"}, {207, "transient"}, {300, "fatal"},
      {302, "fatal"},     {304, "fatal"},     {308, "fatal"},     {401, "fatal"},     {403, "fatal"},
      {404, "fatal"},     {407, "fatal"},     {408, "transient"}, {409, "fatal"},     {410, "fatal"},
      {429, "transient"}, {451, "fatal"},     {500, "transient"}, {501, "fatal"},     {503, "transient"},
      {505, "fatal"},     {0, "nonsense"},    {-1, "nonsense"},   {1000, "nonsense"},
  };
  for (const auto& c : kCases) {
    for (std::uint64_t offset : {0, 4}) {
      const Judgement judgement = judge(offset == 0 ? Asked{} : rest_from(4, 10), head_with(c.status), kNow);
      EXPECT_EQ(verdict(judgement), c.verdict) << c.status << " from " << offset;
      ASSERT_TRUE(std::holds_alternative<Failure>(judgement)) << c.status;
      const Failure& failure = std::get<Failure>(judgement);
      EXPECT_EQ(failure.error.context, ErrorContext::remote_file) << c.status;
      EXPECT_EQ(failure.http_status, c.status);
      EXPECT_NE(failure.error.message.find(kUrl), std::string::npos) << failure.error.message;
    }
  }
}

TEST(Judge, keeps_the_servers_wish_for_a_retry) {
  ResponseHead head = head_with(503);
  head.retry_after = "120";
  EXPECT_EQ(std::get<Failure>(judge({}, head, kNow)).retry_after, seconds(120));
  head.retry_after = "Thu, 29 Feb 2024 12:01:00 GMT";
  EXPECT_EQ(std::get<Failure>(judge({}, head, kNow)).retry_after, seconds(60));
  head.retry_after = "soon";
  EXPECT_EQ(std::get<Failure>(judge({}, head, kNow)).retry_after, std::nullopt);
  head.status = 404;
  head.retry_after = "120";
  EXPECT_EQ(std::get<Failure>(judge({}, head, kNow)).retry_after, std::nullopt);
}

TEST(Judge, messages_show_no_secrets) {
  ResponseHead head = part("");
  head.effective_url = "https://me:secret@host/a?sig=secret";
  const std::string message = std::get<Failure>(judge({}, head, kNow)).error.message;
  EXPECT_EQ(message.find("secret"), std::string::npos) << message;
}

TEST(ContentRange, reads_ranges) {
  const struct {
    std::string_view text;
    ContentRange range;
  } kCases[] = {
      {"bytes 0-0/1", {{0, 1}, 1}},
      {"bytes 0-99/1234", {{0, 100}, 1234}},
      {"BYTES 5-9/10", {{5, 10}, 10}},
      {"bytes 5-9/*", {{5, 10}, std::nullopt}},
      {"bytes 0-9223372036854775806/9223372036854775807", {{0, kLongestFile}, kLongestFile}},
  };
  for (const auto& c : kCases) EXPECT_EQ(parse_content_range(c.text), c.range) << c.text;
}

TEST(ContentRange, refuses_everything_else) {
  for (std::string_view text : {
           "",
           "bytes",
           "bytes ",
           "bytes 0-9",
           "bytes 0-9/",
           "bytes 0-/10",
           "bytes -9/10",
           "bytes 9/10",
           "bytes */10",
           "bytes 9-5/10",
           "bytes 0-10/10",
           "bytes 0-9/5",
           "bytes=0-9/10",
           "bytes: 0-9/10",
           "bytes  0-9/10",
           " bytes 0-9/10",
           "bytes 0-9/10 ",
           "bytes 0 - 9/10",
           "bytes 0-9/10,20-29/30",
           "bytes 0-9/**",
           "bytes 0-9/*0",
           "bytes +0-9/10",
           "bytes 0-+9/10",
           "bytes 0-9/+10",
           "bytes 0-9/-10",
           "bytes 0x0-9/10",
           "items 0-9/10",
           "bytes 18446744073709551616-18446744073709551617/*",
           "bytes 0-18446744073709551615/*",
           "bytes 18446744073709551615-18446744073709551615/*",
           "bytes 0-9/18446744073709551616",
           "bytes 0-9/18446744073709551615",
           "bytes 0-9223372036854775807/*",
       }) {
    EXPECT_FALSE(parse_content_range(text)) << text;
  }
  EXPECT_FALSE(parse_content_range(std::string_view("bytes 0-9/10\0", 13)));
  EXPECT_FALSE(parse_content_range(std::string_view()));
}

}  // namespace
}  // namespace dosvc
