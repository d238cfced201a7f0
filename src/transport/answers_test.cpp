#include "fakes/transport_fixture.h"

namespace dosvc {
namespace {

using origin::Behaviour;

// What the program can look at of an answer, and where redirects lead.
class AnswersTest : public CurlTransportTest {
 protected:
  static HttpOptions with_policy(std::uint32_t flags) {
    HttpOptions http;
    http.security_flags = flags;
    return http;
  }
};

TEST_F(AnswersTest, are_told_with_all_their_lines) {
  Behaviour behaviour;
  behaviour.interim = {103};
  behaviour.headers = {{"X-Mine", "1"}, {"X-Mine", "2"}};
  origin_.serve("/there", {.size = 10, .rules = {origin::always(behaviour)}});
  auto& download = start(origin_.url("/redirect/1?to=/there"));
  expect_taken(download, 10);
  const auto head = download.events.head();
  EXPECT_EQ(head.lines.rfind("HTTP/1.1 200 OK\r\n", 0), 0u) << head.lines;
  EXPECT_NE(head.lines.find("\r\nX-Mine: 1\r\nX-Mine: 2\r\n"), std::string::npos) << head.lines;
  EXPECT_EQ(head.lines.find("Location"), std::string::npos) << head.lines;
  EXPECT_EQ(head.lines.substr(head.lines.size() - 2), "\r\n");
  EXPECT_EQ(head.address, "127.0.0.1");
  EXPECT_EQ(head.effective_url, origin_.url("/there"));
  EXPECT_EQ(head.location, "");
  EXPECT_EQ(download.events.answers(), 1);
}

TEST_F(AnswersTest, are_told_when_they_bring_no_file) {
  for (const int status : {404, 503, 204, 401, 407}) {
    auto& download = fetch(origin::status(status));
    download.events.wait_until_done();
    EXPECT_EQ(download.events.answers(), 1) << status;
    EXPECT_EQ(download.events.head().status, status);
    EXPECT_EQ(download.events.head().lines.rfind("HTTP/1.1 " + std::to_string(status), 0), 0u);
    EXPECT_FALSE(download.events.take());
  }
  auto& other_version = fetch(origin::Resource{.size = 5000}, holding(2000, 5000, 2));
  EXPECT_TRUE(std::holds_alternative<StartAnew>(other_version.events.wait_until_done()));
  EXPECT_EQ(other_version.events.head().status, 200);
}

TEST_F(AnswersTest, are_not_told_when_there_is_none) {
  auto& download = fetch_raw("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  expect_failure(download, WININET_E_CANNOT_CONNECT, FailureClass::transient);
  EXPECT_EQ(download.events.answers(), 0);
}

TEST_F(AnswersTest, of_the_last_redirect_say_where_it_led) {
  auto& loop = start(origin_.url("/loop"));
  expect_failure(loop, WININET_E_REDIRECT_FAILED, FailureClass::fatal);
  EXPECT_EQ(loop.events.head().location, origin_.url("/loop"));
  auto& elsewhere = fetch(origin::redirect(301, "file:///etc/passwd"));
  expect_failure(elsewhere, hresult_from_win32(301), FailureClass::fatal);
  EXPECT_EQ(elsewhere.events.head().status, 301);
  EXPECT_EQ(elsewhere.events.head().location, "");  // nothing that could be asked for
}

TEST_F(AnswersTest, that_redirect_can_be_refused) {
  for (const int status : {300, 301, 302, 303, 307, 308}) {
    origin_.serve("/there", {.size = 10});
    origin_.serve("/f", {.rules = {origin::always(origin::redirect(status, "there?token=secret#x"))}});
    auto& download = start(origin_.url("/f"), {}, with_policy(security::kRedirectRefused));
    const auto failure =
        expect_failure(download, hresult_from_win32(static_cast<std::uint32_t>(status)), FailureClass::fatal);
    EXPECT_EQ(failure.error.context, ErrorContext::remote_file);
    EXPECT_EQ(failure.http_status, status);
    expect_no_secret(failure);
    EXPECT_EQ(download.events.head().location, origin_.url("/there?token=secret#x"));
    EXPECT_EQ(download.events.head().effective_url, origin_.url("/f"));
    expect_nothing_written(download);
  }
  EXPECT_TRUE(origin_.requests_of("/there").empty());
}

TEST_F(AnswersTest, that_redirect_to_nowhere_name_no_place) {
  auto& download = start(origin_.url("/f"), {}, with_policy(security::kRedirectRefused));
  for (const auto* place : {"", "ftp://host/", "http://", "http://a b/", "//[::1"}) {
    origin_.serve("/g", {.rules = {origin::always(origin::redirect(302, place))}});
    auto& refused = start(origin_.url("/g"), {}, with_policy(security::kRedirectRefused));
    expect_failure(refused, hresult_from_win32(302), FailureClass::fatal);
    EXPECT_EQ(refused.events.head().location, "") << place;
  }
  expect_failure(download, BG_E_HTTP_ERROR_404, FailureClass::fatal);  // no redirect, as ever
}

TEST_F(AnswersTest, that_redirect_are_followed_when_that_is_only_to_be_reported) {
  origin_.serve("/there", {.size = 10});
  auto& download = start(origin_.url("/redirect/2?to=/there"), {}, with_policy(security::kRedirectReported));
  expect_taken(download, 10);
  EXPECT_EQ(download.events.head().effective_url, origin_.url("/there"));
}

TEST_F(AnswersTest, lead_from_https_to_http_when_the_job_allows_it) {
  SecureOrigin secure;
  origin_.serve("/f", {.size = 10});
  secure->serve("/down", {.rules = {origin::always(origin::redirect(302, origin_.url("/f")))}});
  auto http = secure.trusting();
  expect_failure(start(secure.url("/down"), {}, http), hresult_from_win32(302), FailureClass::fatal);
  http.security_flags = security::kRedirectToHttp;
  auto& download = start(secure.url("/down"), {}, http);
  expect_taken(download, 10);
  EXPECT_EQ(download.events.head().effective_url, origin_.url("/f"));
}

TEST_F(AnswersTest, are_asked_for_with_the_jobs_method) {
  origin_.serve("/f", {.size = 10});
  HttpOptions http;
  http.method = "PROPFIND";
  expect_failure(start(origin_.url("/f"), {}, http), BG_E_HTTP_ERROR_405, FailureClass::fatal);
  http.method = "POST";
  expect_failure(start(origin_.url("/f"), {}, http), BG_E_HTTP_ERROR_405, FailureClass::fatal);
  const auto requests = origin_.requests();
  EXPECT_EQ(requests.at(0).method, "PROPFIND");
  EXPECT_EQ(requests.at(0).header("Content-Length"), "");
  EXPECT_EQ(requests.at(1).method, "POST");
  EXPECT_EQ(requests.at(1).header("Content-Length"), "0");
}

TEST_F(AnswersTest, to_head_are_an_empty_file) {
  origin_.serve("/f", {.size = 1000});
  HttpOptions http;
  http.method = "HEAD";
  auto& download = start(origin_.url("/f"), {}, http);
  expect_taken(download, 0);
  EXPECT_EQ(origin_.requests().at(0).method, "HEAD");
  EXPECT_NE(download.events.head().lines.find("Content-Length: 1000\r\n"), std::string::npos);
}

TEST_F(AnswersTest, that_redirect_change_the_method_as_in_browsers) {
  const struct {
    const char* method;
    int status;
    const char* then;
  } kCases[] = {{"POST", 301, "GET"}, {"POST", 302, "GET"}, {"POST", 303, "GET"},  {"POST", 307, "POST"},
                {"PUT", 302, "PUT"},  {"PUT", 303, "GET"},  {"HEAD", 303, "HEAD"}, {"POST", 308, "POST"}};
  for (const auto& c : kCases) {
    HttpOptions http;
    http.method = c.method;
    const auto path = std::string("/then/") + c.method + std::to_string(c.status);
    start(origin_.url("/redirect/1?to=" + path + "&status=" + std::to_string(c.status)), {}, http)
        .events.wait_until_done();
    const auto requests = origin_.requests_of(path);
    ASSERT_EQ(requests.size(), 1u) << path;
    EXPECT_EQ(requests[0].method, c.then) << path;
    EXPECT_EQ(requests[0].header("Content-Length"), std::string_view(c.then).starts_with('P') ? "0" : "") << path;
  }
}

TEST_F(AnswersTest, are_asked_for_with_the_headers_of_the_program) {
  origin_.serve("/f", {.size = 10});
  HttpOptions http;
  http.headers = {"X-Empty:", "Host: other.example", "User-Agent: mine", "Range: bytes=1-2", "Content-Length: 5"};
  expect_taken(start(origin_.url("/f"), {}, http), 10);
  const auto request = origin_.requests().at(0);
  const auto names = [&](std::string_view name) {
    return std::count_if(request.headers.begin(), request.headers.end(),
                         [&](const auto& header) { return origin::same_ignoring_case(header.first, name); });
  };
  EXPECT_EQ(names("X-Empty"), 1);
  EXPECT_EQ(request.header("X-Empty"), "");
  EXPECT_EQ(request.header("Host"), "other.example");
  EXPECT_EQ(names("Host"), 1);
  EXPECT_EQ(request.header("User-Agent"), "mine");
  EXPECT_EQ(names("Range") + names("Content-Length"), 0);
}

}  // namespace
}  // namespace dosvc
