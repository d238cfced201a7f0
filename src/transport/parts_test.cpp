#include "fakes/transport_fixture.h"

namespace dosvc {
namespace {

using origin::Behaviour;

// Parts of a file, as a job with ranges asks for them.
class PartsTest : public CurlTransportTest {
 protected:
  static Asked part(std::uint64_t begin, std::optional<std::uint64_t> end, bool holds_bytes = false) {
    Asked asked;
    if (holds_bytes) asked = holding(begin, kSize);
    asked.offset = begin;
    asked.part = true;
    asked.end = end;
    asked.holds_bytes = holds_bytes;
    return asked;
  }
  Download& fetch_part(Asked asked, std::uint64_t into, Behaviour behaviour = {}) {
    origin_.serve("/f", {.size = kSize, .rules = {origin::always(std::move(behaviour))}});
    auto& download = prepare();
    engine_->run_and_wait([&] {
      download.fetch =
          transport_->start({origin_.url("/f"), http_, std::move(asked), download.file, into}, download.events);
    });
    return download;
  }
  // Bytes [begin, end) of the remote file, and nothing else, lie from `into` on.
  static void expect_part(Download& download, std::uint64_t begin, std::uint64_t end, std::uint64_t into) {
    const auto done = download.events.wait_until_done();
    const auto* taken = std::get_if<BodyTaken>(&done);
    ASSERT_TRUE(taken) << (std::holds_alternative<Failure>(done) ? std::get<Failure>(done).error.message : "anew");
    EXPECT_EQ(taken->end, into + (end - begin));
    EXPECT_EQ(download.events.progress(), taken->end);
    const auto bytes = download.file->bytes();
    ASSERT_EQ(bytes.size(), taken->end);
    EXPECT_FALSE(origin::first_difference(std::span(bytes).subspan(into), 1, begin));
    EXPECT_TRUE(std::all_of(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(into),
                            [](std::byte b) { return b == std::byte{}; }));
  }

  static constexpr std::uint64_t kSize = 500'000;
  HttpOptions http_;
};

// The engine has given what follows to another connection.
TEST_F(PartsTest, end_early_where_no_more_is_wanted) {
  origin_.serve("/f", {.size = kSize, .rules = {}});
  auto& download = prepare();
  const auto until = std::make_shared<std::atomic<std::uint64_t>>(123'456);
  engine_->run_and_wait([&] {
    FetchRequest request{origin_.url("/f"), http_, {}, download.file, 0};
    request.until = until;
    download.fetch = transport_->start(std::move(request), download.events);
  });
  expect_part(download, 0, 123'456, 0);
}

TEST_F(PartsTest, end_at_once_when_what_comes_is_not_wanted_any_more) {
  origin_.serve("/f", {.size = 8 << 20, .rules = {origin::always({.rate = 4'000'000})}});
  auto& download = prepare();
  const auto until = std::make_shared<std::atomic<std::uint64_t>>(~std::uint64_t{0});
  engine_->run_and_wait([&] {
    FetchRequest request{origin_.url("/f"), http_, {}, download.file, 0};
    request.until = until;
    download.fetch = transport_->start(std::move(request), download.events);
  });
  ASSERT_TRUE(origin_.record().wait_for_bytes("/f", 1 << 20, std::chrono::seconds(20)));
  until->store(1000);
  const auto done = download.events.wait_until_done();
  const auto* taken = std::get_if<BodyTaken>(&done);
  ASSERT_TRUE(taken);
  EXPECT_LT(taken->end, 8u << 20);
  EXPECT_EQ(download.file->bytes().size(), taken->end);
}

TEST_F(PartsTest, are_asked_for_and_lie_where_they_belong) {
  const struct {
    Asked asked;
    std::uint64_t into;
    const char* range;
    bool has_if_range;
  } kCases[] = {
      {part(1000, 9000), 0, "bytes=1000-8999", false},
      {part(0, 9000), 0, "bytes=0-8999", false},
      {part(0, 1), 70'000, "bytes=0-0", false},
      {part(200'000, 400'000, true), 5, "bytes=200000-399999", true},
      {part(0, 9000, true), 200'000, "bytes=0-8999", true},
      {part(499'999, {}), 3, "bytes=499999-", false},
      {part(1000, {}, true), 1000, "bytes=1000-", true},
      {part(0, {}), 0, "bytes=0-", false},
  };
  for (const auto& c : kCases) {
    expect_part(fetch_part(c.asked, c.into), c.asked.offset, c.asked.end.value_or(kSize), c.into);
    const auto request = origin_.requests().back();
    EXPECT_EQ(request.range(), c.range);
    EXPECT_EQ(request.header("If-Range"), c.has_if_range ? origin::etag_of(origin::Etag::strong, 1) : "") << c.range;
  }
}

TEST_F(PartsTest, are_told_in_the_words_of_the_remote_file) {
  auto& download = fetch_part(part(1000, 9000), 50);
  expect_part(download, 1000, 9000, 50);
  const auto take = download.events.take();
  EXPECT_EQ(take->offset, 1000u);
  EXPECT_EQ(take->end, 9000u);
  EXPECT_EQ(take->size, kSize);
}

TEST_F(PartsTest, that_are_cut_keep_what_came) {
  auto& download = fetch_part(part(1000, 9000), 50, origin::cut_after(700));
  expect_failure(download, WININET_E_CONNECTION_ABORTED, FailureClass::transient);
  EXPECT_EQ(download.events.progress(), 750u);

  Behaviour silently = origin::cut_after(700);
  silently.framing = origin::Framing::until_close;
  auto& short_one = fetch_part(part(1000, 9000), 50, silently);
  expect_failure(short_one, WININET_E_CONNECTION_ABORTED, FailureClass::transient);
  EXPECT_EQ(short_one.events.progress(), 750u);
}

TEST_F(PartsTest, never_grow_into_what_lies_behind_them) {
  Behaviour longer;
  longer.raw =
      "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 100-199/500000\r\nTransfer-Encoding: "
      "chunked\r\n\r\n80\r\n" +
      std::string(0x80, 'x') + "\r\n0\r\n\r\n";
  auto& download = fetch_part(part(100, 200), 1000, longer);
  expect_failure(download, BG_E_INVALID_SERVER_RESPONSE, FailureClass::fatal);
  EXPECT_LE(download.file->bytes().size(), 1100u);
}

TEST_F(PartsTest, are_fatal_where_they_cannot_be_had) {
  Behaviour whole;
  whole.range = origin::RangeAnswer::ignored;
  auto& ignored = fetch_part(part(1000, 9000), 0, whole);
  EXPECT_EQ(expect_failure(ignored, BG_E_INSUFFICIENT_RANGE_SUPPORT, FailureClass::fatal).http_status, 200);
  expect_nothing_written(ignored);
  auto& beyond = fetch_part(part(kSize, kSize + 1), 0);
  EXPECT_EQ(expect_failure(beyond, BG_E_INVALID_RANGE, FailureClass::fatal).http_status, 416);
  expect_nothing_written(beyond);
  EXPECT_EQ(beyond.events.head().status, 416);
}

TEST_F(PartsTest, of_another_version_start_anew) {
  auto& download = fetch_part(part(1000, 9000, true), 0, origin::version(2));
  EXPECT_TRUE(std::holds_alternative<StartAnew>(download.events.wait_until_done()));
  expect_nothing_written(download);
}

}  // namespace
}  // namespace dosvc
