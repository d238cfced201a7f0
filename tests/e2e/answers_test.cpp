// What a server may answer beside the file, each on a real connection: the job's state and error are the documented
// ones, nothing that isn't the file gets near the disk, and the file is right once the server is.

#include <openssl/evp.h>

#include <algorithm>
#include <fstream>

#include "core/failure.h"
#include "e2e/e2e_fixture.h"

namespace dosvc {
namespace {

using origin::always;
using origin::Behaviour;
using origin::cut_after;
using origin::for_first;
using origin::for_ranged;
using origin::from_request;
using origin::in_turn;
using origin::RangeAnswer;
using origin::Resource;

constexpr std::uint64_t kSize = 3 * kMiB + 17;
constexpr std::uint64_t kCut = kMiB;

Resource file_with(std::vector<origin::Rule> rules) { return {.size = kSize, .rules = std::move(rules)}; }

std::string sha256_of_content(std::uint64_t seed, std::uint64_t size) {
  std::vector<std::byte> content(size);
  origin::fill_content(seed, 0, content);
  unsigned char digest[EVP_MAX_MD_SIZE];
  std::size_t length = 0;
  EXPECT_EQ(EVP_Q_digest(nullptr, "SHA256", nullptr, content.data(), content.size(), digest, &length), 1);
  std::string hex;
  for (std::size_t i = 0; i < length; ++i) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += {kDigits[digest[i] >> 4], kDigits[digest[i] & 15]};
  }
  return hex;
}

class Answers : public BothViews {
 protected:
  Download start_file(std::vector<origin::Rule> rules) {
    origin_.serve("/a.bin", file_with(std::move(rules)));
    return start(GetParam(), "/a.bin");
  }
  // Over how many connections a file comes is nothing to rely on: these ask which requests there were at all.
  bool was_asked_without_if_range() const {
    const auto requests = origin_.requests_of("/a.bin");
    return std::any_of(requests.begin(), requests.end(), [](const origin::Request& request) {
      return !request.range().empty() && request.header("If-Range").empty();
    });
  }
  long whole_requests() const {
    const auto requests = origin_.requests_of("/a.bin");
    return std::count_if(requests.begin(), requests.end(),
                         [](const origin::Request& request) { return request.range().empty(); });
  }
  // The server comes to its senses, and the program asks again.
  void mend_and_expect_whole(const Download& download) {
    origin_.serve("/a.bin", file_with({}));
    resume(download);
    expect_whole(download, kSize);
  }
};
DOSVC_IN_BOTH_VIEWS(Answers);

TEST_P(Answers, that_refuse_the_file_for_good_are_errors) {
  for (const int status : {401, 403, 404, 410, 416, 451, 501, 505}) {
    SCOPED_TRACE(status);
    const auto download = start_file({always(origin::status(status))});
    expect_failure(download, JobState::error, http_status_code(status), ErrorContext::remote_file);
    EXPECT_EQ(download.shot()->job.error->http_status, status);
    EXPECT_EQ(download.shot()->wait, WaitReason::resume_call);
    EXPECT_EQ(origin_.requests_of("/a.bin").size(), 1u);
    expect_nothing_wrong_on_disk();
    expect_cancelled_without_a_trace(download);
    origin_.record().clear();
  }
}

TEST_P(Answers, that_refuse_the_file_for_good_are_mended_by_resume) {
  const auto download = start_file({always(origin::status(404))});
  expect_failure(download, JobState::error, BG_E_HTTP_ERROR_404, ErrorContext::remote_file);
  mend_and_expect_whole(download);
}

TEST_P(Answers, that_time_may_change_are_waited_for_in_silence) {
  for (const int status : {408, 500, 502, 503, 204, 429}) {  // 429 last: it is of the host
    SCOPED_TRACE(status);
    const auto download = start_file({always(origin::status(status))});
    expect_failure(download, JobState::transient_error, http_status_code(status), ErrorContext::remote_file);
    EXPECT_EQ(download.shot()->wait, WaitReason::retry);
    expect_nothing_wrong_on_disk();
    expect_cancelled_without_a_trace(download);
  }
}

TEST_P(Answers, of_trouble_in_the_middle_keep_what_came_before) {
  const auto download = start_file(in_turn({cut_after(kCut), origin::status(500)}));
  expect_failure(download, JobState::transient_error, BG_E_HTTP_ERROR_500, ErrorContext::remote_file);
  expect_nothing_wrong_on_disk();
  resume(download);
  expect_whole(download, kSize);
  EXPECT_EQ(whole_requests(), 1);
}

TEST_P(Answers, with_retry_after_are_given_that_time) {
  const auto download = start_file({always(origin::unavailable("3000"))});
  expect_failure(download, JobState::transient_error, BG_E_HTTP_ERROR_503, ErrorContext::remote_file);
  const auto wait = *download.shot()->next_attempt - download.shot()->job.modified;
  EXPECT_GE(wait, std::chrono::seconds(2990));
  EXPECT_LE(wait, std::chrono::seconds(3600));
  mend_and_expect_whole(download);
}

// The one test that waits for the clock: a foreground job tries again after five seconds, by itself.
TEST_F(E2eTest, a_server_in_trouble_is_asked_again_without_anybodys_help) {
  origin_.serve("/a.bin", file_with(in_turn({origin::unavailable("1")})));
  NewJob spec;
  spec.view = ApiView::delivery_optimization;
  spec.priority = Priority::foreground;
  const auto download = start(spec, {{origin_.url("/a.bin"), "a.bin"}});
  expect_failure(download, JobState::transient_error, BG_E_HTTP_ERROR_503, ErrorContext::remote_file);
  ASSERT_TRUE(download.watcher->wait_until([&] { return download.shot()->job.state() != JobState::transient_error; }));
  expect_whole(download, kSize);
  EXPECT_EQ(download.watcher->errors(), 0);
}

// It is as long as ever, so If-Range may be to blame: the second 416 was sent without.
TEST_P(Answers, of_416_to_a_resume_start_the_file_anew) {
  const auto download = start_file({for_first(1, cut_after(kCut)), for_ranged({.range = RangeAnswer::refused})});
  expect_whole(download, kSize);
  EXPECT_TRUE(was_asked_without_if_range());
  EXPECT_EQ(whole_requests(), 2);
}

TEST_P(Answers, that_stumble_on_if_range_are_continued_without) {
  for (const auto answer :
       {origin::IfRangeAnswer::never_holds, origin::IfRangeAnswer::failed, origin::IfRangeAnswer::refused}) {
    const auto download = start_file({for_first(1, cut_after(kCut)), from_request(2, {.if_range = answer})});
    expect_whole(download, kSize);
    EXPECT_TRUE(was_asked_without_if_range());
    EXPECT_EQ(whole_requests(), 1);
    std::filesystem::remove(folder_ + "/a.bin");
    origin_.record().clear();
  }
}

// Each request is answered by the next of three.
TEST_P(Answers, of_nodes_with_etags_of_their_own_are_continued) {
  Behaviour cut = cut_after(kCut);
  cut.nodes = 3;
  const auto download = start_file({for_first(1, cut), always({.nodes = 3})});
  expect_whole(download, kSize);
  EXPECT_EQ(origin_.requests_of("/a.bin").at(1).header("If-Range"), origin::etag_of(origin::Etag::strong, 1));
  EXPECT_EQ(whole_requests(), 1);
}

// Where the dates differ, too, nothing tells that it's the same file.
TEST_P(Answers, of_nodes_that_have_nothing_in_common_give_one_of_them_whole) {
  Behaviour node{.nodes = 3, .node_mark = origin::NodeMark::both};
  Behaviour cut = node;
  cut.cut_after = kCut;
  const auto download = start_file({for_first(1, cut), always(node)});
  expect_whole(download, kSize);
  EXPECT_GE(whole_requests(), 2);
}

// Written less than a minute before it was served: the date vouches for nothing, and the ETag is another.
TEST_P(Answers, of_nodes_with_a_file_just_written_start_anew) {
  Behaviour node{.nodes = 3, .date = origin::http_date(origin::modified_of(1) + 59)};
  Behaviour cut = node;
  cut.cut_after = kCut;
  const auto download = start_file({for_first(1, cut), always(node)});
  expect_whole(download, kSize);
  EXPECT_GE(whole_requests(), 2);
}

TEST_P(Answers, that_keep_silent_about_the_version_start_the_file_anew) {
  const auto download = start_file(
      {for_first(1, cut_after(kCut)),
       for_ranged(
           {.seed = 8, .etag = origin::Etag::none, .last_modified = false, .if_range = origin::IfRangeAnswer::ignored}),
       always(origin::version(8))});
  expect_whole(download, kSize, 8);
}

TEST_P(Answers, of_200_to_a_range_start_the_file_anew) {
  const auto download = start_file({for_first(1, cut_after(kCut)), for_ranged({.range = RangeAnswer::ignored})});
  expect_whole(download, kSize);
  EXPECT_TRUE(was_asked_without_if_range());
  EXPECT_EQ(whole_requests(), 2);
}

TEST_P(Answers, of_206_nobody_asked_for_are_the_file_when_they_are_all_of_it) {
  expect_whole(start_file({always({.range = RangeAnswer::always_partial})}), kSize);
}

TEST_P(Answers, that_bring_another_range_than_asked_are_refused) {
  const auto download = start_file({for_first(1, cut_after(kCut)), for_ranged({.range_shift = 4096})});
  expect_failure(download, JobState::error, BG_E_INVALID_SERVER_RESPONSE, ErrorContext::remote_file);
  expect_nothing_wrong_on_disk();
  mend_and_expect_whole(download);
}

TEST_P(Answers, that_lie_about_their_range_are_refused) {
  for (const char* lie : {"", "bytes", "bytes 0-99/100", "bytes 1048576-9/100", "bytes */3145745"}) {
    SCOPED_TRACE(lie);
    const auto download = start_file({for_first(1, cut_after(kCut)), for_ranged({.content_range = std::string(lie)})});
    const auto shot = settle(download);
    // Another total is another version: begun anew until that is enough.
    EXPECT_NE(shot->job.state(), JobState::transferred);
    ASSERT_TRUE(shot->job.error);
    expect_nothing_wrong_on_disk();
    expect_cancelled_without_a_trace(download);
  }
}

TEST_P(Answers, of_another_version_in_the_middle_give_one_version_whole) {
  const auto download = start_file({for_first(1, cut_after(kCut)), from_request(2, origin::version(8))});
  expect_whole(download, kSize, 8);
  EXPECT_EQ(origin_.requests_of("/a.bin").at(1).header("If-Range"), origin::etag_of(origin::Etag::strong, 1));
}

TEST_P(Answers, that_ignore_if_range_give_one_version_whole) {
  const auto download =
      start_file({for_first(1, cut_after(kCut)),
                  from_request(2, {.seed = 8, .size = kSize, .if_range = origin::IfRangeAnswer::ignored})});
  expect_whole(download, kSize, 8);
}

TEST_P(Answers, of_a_shorter_version_in_the_middle_give_that_one_whole) {
  constexpr std::uint64_t kShorter = kCut / 2;
  const auto download = start_file({for_first(1, cut_after(kCut)), from_request(2, {.seed = 8, .size = kShorter})});
  expect_whole(download, kShorter, 8);
}

TEST_P(Answers, without_a_validator_are_taken_in_one_go) {
  origin_.serve(
      "/a.bin",
      {.size = kSize, .etag = origin::Etag::none, .last_modified = false, .rules = in_turn({cut_after(kCut)})});
  expect_whole(start(GetParam(), "/a.bin"), kSize);
  EXPECT_EQ(origin_.requests_of("/a.bin").back().range(), "");
}

TEST_P(Answers, with_a_weak_etag_resume_by_time_and_size) {
  origin_.serve("/a.bin", {.size = kSize,
                           .etag = origin::Etag::weak,
                           .rules = {for_first(1, cut_after(kCut)), from_request(2, origin::version(8))}});
  expect_whole(start(GetParam(), "/a.bin"), kSize, 8);
}

TEST_P(Answers, that_redirect_in_a_circle_are_an_error) {
  const auto download = start(GetParam(), "/loop");
  expect_failure(download, JobState::error, WININET_E_REDIRECT_FAILED, ErrorContext::remote_file);
  expect_nothing_wrong_on_disk();
  expect_cancelled_without_a_trace(download);
}

TEST_P(Answers, that_redirect_are_followed) {
  origin_.serve("/a.bin", file_with(in_turn({cut_after(kCut)})));
  origin_.serve("/go", {.rules = {always(origin::redirect(302, origin_.url("/a.bin")))}});
  expect_whole(start(GetParam(), "/go"), kSize);
}

TEST_P(Answers, that_redirect_from_https_to_http_are_not_followed) {
  origin::Origin secure(origin::Origin::Options{.tls_directory = home_.path()});
  if (!secure.error().empty()) GTEST_SKIP() << secure.error();
  origin_.serve("/a.bin", file_with({}));
  secure.serve("/go", {.rules = {always(origin::redirect(302, origin_.url("/a.bin")))}});
  NewJob spec;
  spec.view = GetParam();
  spec.http.ca_file = home_ / "ca.pem";
  const auto download = start(spec, {{secure.tls_url("/go"), "a.bin"}});
  expect_failure(download, JobState::error, HRESULT_FROM_WIN32(302), ErrorContext::remote_file);
  EXPECT_EQ(origin_.connections(), 0u);
  expect_nothing_wrong_on_disk();
  expect_cancelled_without_a_trace(download);
}

// What somebody on the way put in place of the file isn't always a page: the digest tells.
TEST_P(Answers, with_anything_in_place_of_the_file_are_found_out_by_the_digest) {
  origin_.serve("/a.bin", file_with({}));
  origin_.intercept(Behaviour{.status = 200, .content_type = "text/plain"});
  NewJob spec;
  spec.view = GetParam();
  const auto download = start(spec, {{origin_.url("/a.bin"), "a.bin", sha256_of_content(1, kSize)}});
  expect_failure(download, JobState::error, BG_E_VALIDATION_FAILED, ErrorContext::remote_file);
  EXPECT_EQ(download.shot()->progress.bytes_transferred, 0u);
  origin_.intercept(std::nullopt);
  resume(download);
  expect_whole(download, kSize);
}

// A network that wants a login answers every URL with a page and 200.
TEST_P(Answers, of_a_portal_are_not_taken_for_the_file) {
  origin_.serve("/a.bin", file_with({}));
  origin_.intercept(origin::status(200));
  const auto download = start(GetParam(), "/a.bin");
  expect_failure(download, JobState::transient_error, BG_E_INVALID_SERVER_RESPONSE, ErrorContext::remote_file);
  EXPECT_NE(told(download.shot()).find("log in to the network"), std::string::npos) << told(download.shot());
  EXPECT_EQ(download.shot()->progress.bytes_transferred, 0u);
  origin_.intercept(std::nullopt);
  resume(download);
  expect_whole(download, kSize);
}

TEST_P(Answers, of_a_portal_in_the_middle_of_the_file_lose_nothing) {
  Behaviour elsewhere = origin::redirect(
      302, "http://localhost:" + std::to_string(origin_.port()) + "/bytes/900/login?type=text/html&range=ignored");
  for (const Behaviour& portal : {origin::status(200), origin::status(511), elsewhere}) {
    SCOPED_TRACE(portal.status);
    const auto download = start_file({for_first(1, cut_after(kCut)), from_request(2, portal)});
    const HRESULT code = portal.status == 511 ? http_status_code(511) : BG_E_INVALID_SERVER_RESPONSE;
    expect_failure(download, JobState::transient_error, code, ErrorContext::remote_file);
    EXPECT_NE(told(download.shot()).find("log in to the network"), std::string::npos) << told(download.shot());
    EXPECT_EQ(download.shot()->progress.bytes_transferred, kCut);
    expect_nothing_wrong_on_disk();
    origin_.serve("/a.bin", file_with({}));
    origin_.record().clear();
    resume(download);
    expect_whole(download, kSize);
    EXPECT_EQ(origin_.requests_of("/a.bin").at(0).header("If-Range"), origin::etag_of(origin::Etag::strong, 1));
    EXPECT_EQ(whole_requests(), 0);
    std::filesystem::remove(folder_ + "/a.bin");
  }
}

TEST_P(Answers, that_are_compressed_though_nobody_asked_are_refused) {
  const auto download = start_file({always({.headers = {{"Content-Encoding", "gzip"}}})});
  expect_failure(download, JobState::error, BG_E_INVALID_SERVER_RESPONSE, ErrorContext::remote_file);
  EXPECT_EQ(origin_.requests_of("/a.bin").at(0).header("Accept-Encoding"), "identity");
  expect_nothing_wrong_on_disk();
  mend_and_expect_whole(download);
}

TEST_P(Answers, that_tell_another_total_in_the_middle_never_mix) {
  const auto download = start_file({for_first(1, cut_after(kCut)), for_ranged({.content_range_total = "4000000"})});
  expect_whole(download, kSize);
  EXPECT_GE(whole_requests(), 2);
}

TEST_P(Answers, of_several_parts_in_one_body_are_refused) {
  const auto download = start_file({for_first(1, cut_after(kCut)), for_ranged({.range = RangeAnswer::multipart})});
  expect_failure(download, JobState::error, BG_E_INVALID_SERVER_RESPONSE, ErrorContext::remote_file);
  expect_nothing_wrong_on_disk();
  mend_and_expect_whole(download);
}

TEST_P(Answers, that_are_no_http_are_an_error) {
  for (const char* nonsense : {"hello\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n"}) {
    SCOPED_TRACE(nonsense);
    const auto download = start_file({always({.raw = std::string(nonsense)})});
    expect_failure(download, JobState::error, BG_E_INVALID_SERVER_RESPONSE, ErrorContext::remote_file);
    expect_nothing_wrong_on_disk();
    expect_cancelled_without_a_trace(download);
  }
}

TEST_P(Answers, with_headers_that_never_end_are_an_error) {
  const auto download = start_file({always({.padding_headers = origin::kEndless})});
  expect_failure(download, JobState::error, BG_E_INVALID_SERVER_RESPONSE, ErrorContext::remote_file);
  expect_nothing_wrong_on_disk();
  mend_and_expect_whole(download);
}

// The documented difference between the views: one file after the other, or several at a time.
TEST_P(Answers, that_fail_one_file_of_many_leave_the_others_unpublished) {
  std::vector<Wanted> files;
  for (int i = 0; i < 5; ++i) {
    const std::string path = "/" + std::to_string(i);
    origin_.serve(
        path, {.size = 5000, .rules = i == 2 ? std::vector{always(origin::status(404))} : std::vector<origin::Rule>{}});
    files.push_back({origin_.url(path), std::to_string(i)});
  }
  NewJob spec;
  spec.view = GetParam();
  const auto download = start(spec, files);
  const auto shot = settle(download);
  ASSERT_EQ(shot->job.state(), JobState::error);
  EXPECT_EQ(shot->job.error->file, 2u);
  for (const std::string& name : names_in(folder_)) EXPECT_TRUE(is_temporary(name)) << name;
  if (GetParam() == ApiView::bits) {
    EXPECT_TRUE(origin_.requests_of("/3").empty());
  }
  // Complete keeps what is finished and nothing else.
  const auto completed = command(download, JobCommand::complete);
  ASSERT_TRUE(completed) << completed.error().message;
  EXPECT_EQ(completed->code, BG_S_PARTIAL_COMPLETE);
  for (const std::string& name : names_in(folder_)) {
    EXPECT_NE(name, "2");
    EXPECT_EQ(origin::first_difference(folder_ + "/" + name, 1, 5000), std::nullopt) << name;
  }
  if (GetParam() == ApiView::bits) {
    EXPECT_EQ(names_in(folder_), (std::vector<std::string>{"0", "1"}));
  }
}

}  // namespace
}  // namespace dosvc
