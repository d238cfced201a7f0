#include "core/validator.h"

#include <gtest/gtest.h>

namespace dosvc {
namespace {

constexpr const char* kMonday = "Mon, 05 Feb 2024 10:00:00 GMT";
constexpr const char* kTuesday = "Tue, 06 Feb 2024 10:00:00 GMT";

TEST(Validator, if_range_is_a_strong_etag_or_the_date) {
  const struct {
    Validator held;
    std::string_view if_range;
  } kCases[] = {
      {{R"("a")", kMonday}, R"("a")"}, {{R"("a")", ""}, R"("a")"}, {{R"(W/"a")", kMonday}, kMonday},
      {{R"(W/"a")", ""}, ""},          {{"", kMonday}, kMonday},   {{"", ""}, ""},
      {{"\"", kMonday}, kMonday},
  };
  for (const auto& c : kCases)
    EXPECT_EQ(c.held.for_if_range(), c.if_range) << c.held.etag << ' ' << c.held.last_modified;
}

TEST(Validator, tells_versions_apart) {
  const struct {
    Validator held;
    Validator told;
    bool same;
    const char* why;
  } kCases[] = {
      {{R"("a")", kMonday}, {R"("a")", kMonday}, true, "both agree"},
      {{R"("a")", kMonday}, {R"("a")", kTuesday}, true, "a strong ETag decides alone"},
      {{R"("a")", kMonday}, {R"("b")", kMonday}, false, "written twice within a second"},
      {{R"("a")", kMonday}, {"", kMonday}, true, "the 206 leaves the ETag out"},
      {{R"("a")", kMonday}, {"", kTuesday}, false, "the 206 leaves the ETag out, the date changed"},
      {{R"("a")", kMonday}, {R"("a")", ""}, true, "the 206 leaves the date out"},
      {{R"("a")", kMonday}, {R"("b")", ""}, false, "the 206 leaves the date out, the ETag changed"},
      {{R"("a")", kMonday}, {"", ""}, true, "it answered If-Range with a 206"},
      {{"", kMonday}, {"", ""}, true, "it answered If-Range with a 206"},
      {{"", kMonday}, {R"("a")", kMonday}, true, "a date is enough where there is nothing else"},
      {{"", kMonday}, {R"("a")", ""}, false, "nothing to compare"},
      {{R"("a")", ""}, {"", kMonday}, false, "nothing to compare"},
      {{R"(W/"a")", kMonday}, {R"(W/"a")", kMonday}, true, "the date tells"},
      {{R"(W/"a")", kMonday}, {R"(W/"b")", kMonday}, false, "even a weak ETag can tell a change"},
      {{R"(W/"a")", ""}, {R"(W/"a")", ""}, false, "a weak ETag doesn't vouch for every byte"},
      {{R"("a")", ""}, {R"(W/"a")", ""}, false, "a weak ETag doesn't vouch for every byte"},
      {{R"("a")", kMonday}, {R"(W/"a")", kMonday}, true, "the date tells"},
      {{R"("a")", kMonday}, {R"(W/"b")", kMonday}, false, "the tags differ"},
      {{"", ""}, {"", ""}, false, "nothing proves nothing"},
      {{"", ""}, {R"("a")", kMonday}, false, "nothing proves nothing"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(c.held.same_version(c.told), c.same) << c.held.etag << ' ' << c.held.last_modified << " and "
                                                   << c.told.etag << ' ' << c.told.last_modified << ": " << c.why;
  }
}

TEST(Validator, knows_contradictions_from_silence) {
  const struct {
    Validator held;
    Validator told;
    bool contradicts;
    const char* why;
  } kCases[] = {
      {{}, {R"("a")", kMonday}, false, "nothing is held"},
      {{R"("a")", kMonday}, {}, false, "nothing is told"},
      {{R"(W/"a")", ""}, {R"(W/"a")", ""}, false, "perhaps the same"},
      {{R"(W/"a")", ""}, {R"("a")", ""}, false, "perhaps the same"},
      {{R"(W/"a")", ""}, {R"(W/"b")", ""}, true, "surely another"},
      {{R"("a")", ""}, {R"("b")", ""}, true, "surely another"},
      {{R"("a")", kMonday}, {R"("a")", kTuesday}, false, "a strong ETag decides alone"},
      {{R"(W/"a")", kMonday}, {R"(W/"a")", kTuesday}, true, "the date changed"},
      {{"", kMonday}, {R"("a")", kTuesday}, true, "the date changed"},
      {{R"("a")", ""}, {"", kMonday}, false, "they speak of different things"},
  };
  for (const auto& c : kCases) EXPECT_EQ(c.held.contradicts(c.told), c.contradicts) << c.why << ' ' << c.told.etag;
}

}  // namespace
}  // namespace dosvc
