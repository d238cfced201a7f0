#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>

#include "base/unique_fd.h"
#include "fakes/transport_fixture.h"

namespace dosvc {
namespace {

using origin::Behaviour;
using origin::Ending;
using origin::Resource;
using namespace std::string_literals;

constexpr std::uint64_t kMiB = 1024 * 1024;

// A proxy that isn't there: every test would fail if libcurl looked into the environment.
const bool kProxyInEnvironment = [] {
  ::setenv("http_proxy", "http://127.0.0.1:9", 1);
  ::setenv("https_proxy", "http://127.0.0.1:9", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:9", 1);
  return true;
}();

Resource of_size(std::uint64_t size) {
  Resource resource;
  resource.size = size;
  return resource;
}

// A port on which nobody listens, held as long as this lives.
class ClosedPort {
 public:
  ClosedPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    ::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), length);
    ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/f"; }

 private:
  UniqueFd socket_;
  int port_ = 0;
};

TEST_F(CurlTransportTest, writes_a_whole_body_and_tells_what_it_is) {
  auto& download = fetch(of_size(3 * kMiB + 17));
  expect_taken(download, 3 * kMiB + 17);
  const auto take = download.events.take();
  ASSERT_TRUE(take);
  EXPECT_EQ(take->offset, 0u);
  EXPECT_EQ(take->size, 3 * kMiB + 17);
  EXPECT_EQ(take->validator.etag, origin::etag_of(origin::Etag::strong, 1));
  EXPECT_EQ(download.events.head().status, 200);
  EXPECT_EQ(download.events.head().effective_url, origin_.url("/f"));
  const auto requests = origin_.requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].header("User-Agent").rfind("dosvc/", 0), 0u);
  EXPECT_EQ(requests[0].range(), "");
  EXPECT_EQ(requests[0].header("If-Range"), "");
}

TEST_F(CurlTransportTest, gathers_the_body_into_aligned_writes) {
  auto& download = fetch(of_size(8 * kMiB));
  expect_taken(download, 8 * kMiB);
  // libcurl hands it out in pieces of all sizes. Each look at the progress writes out what there is, a few times a
  // second, and makes one write unaligned.
  constexpr int kLooks = 60;
  EXPECT_LE(download.file->writes(), 512 + kLooks);
  EXPECT_LE(download.file->unaligned_writes(), kLooks);
}

TEST_F(CurlTransportTest, ends_an_empty_file_without_a_write) {
  auto& download = fetch(of_size(0));
  expect_taken(download, 0);
  EXPECT_EQ(download.file->writes(), 0);
  EXPECT_EQ(download.events.order(), "ad");
}

TEST_F(CurlTransportTest, goes_on_where_the_file_ends) {
  auto& download = fetch(of_size(5000), holding(2000, 5000));
  expect_taken(download, 5000, 1, 2000);
  EXPECT_EQ(download.events.take()->offset, 2000u);
  const auto request = origin_.requests().at(0);
  EXPECT_EQ(request.range(), "bytes=2000-");
  EXPECT_EQ(request.header("If-Range"), origin::etag_of(origin::Etag::strong, 1));
  const auto bytes = download.file->bytes();
  EXPECT_TRUE(std::all_of(bytes.begin(), bytes.begin() + 2000, [](std::byte b) { return b == std::byte{}; }));
}

TEST_F(CurlTransportTest, starts_anew_when_a_range_is_answered_with_the_whole_file) {
  auto& download = fetch(of_size(5 * kMiB), holding(2000, 5 * kMiB, 2));
  EXPECT_TRUE(std::holds_alternative<StartAnew>(download.events.wait_until_done()));
  expect_nothing_written(download);
}

TEST_F(CurlTransportTest, never_writes_an_error_page) {
  for (const int status : {403, 404, 416, 500, 204, 304, 300}) {
    auto& download = fetch(origin::status(status));
    const bool is_server_error = status == 500 || status == 204;
    expect_failure(download, http_status_code(status), is_server_error ? FailureClass::transient : FailureClass::fatal);
    expect_nothing_written(download);
  }
}

TEST_F(CurlTransportTest, passes_the_servers_wish_to_wait) {
  auto& download = fetch(origin::unavailable("120"));
  const auto failure = expect_failure(download, BG_E_HTTP_ERROR_503, FailureClass::transient);
  EXPECT_EQ(failure.retry_after, std::chrono::seconds(120));
  EXPECT_EQ(failure.http_status, 503);
}

TEST_F(CurlTransportTest, keeps_what_came_before_a_cut) {
  for (const auto ending : {Ending::fin, Ending::reset}) {
    auto& download = fetch(origin::cut_after(700'000, ending), kMiB);
    expect_failure(download, WININET_E_CONNECTION_ABORTED, FailureClass::transient);
    const auto bytes = download.file->bytes();
    // A reset takes back what wasn't read yet.
    EXPECT_TRUE(ending == Ending::reset || bytes.size() == 700'000u) << bytes.size();
    EXPECT_FALSE(origin::first_difference(bytes, 1, 0));
    EXPECT_EQ(download.events.progress().value_or(0), bytes.size());
  }
}

TEST_F(CurlTransportTest, fails_when_a_chunked_body_is_cut) {
  auto behaviour = origin::cut_after(500'000);
  behaviour.framing = origin::Framing::chunked;
  expect_failure(fetch(behaviour, kMiB), WININET_E_CONNECTION_ABORTED, FailureClass::transient);
}

TEST_F(CurlTransportTest, takes_a_body_whose_length_nobody_told) {
  for (const auto framing : {origin::Framing::chunked, origin::Framing::until_close}) {
    Behaviour behaviour;
    behaviour.framing = framing;
    auto& download = fetch(behaviour, kMiB);
    expect_taken(download, kMiB);
    EXPECT_FALSE(download.events.take()->size);
  }
}

TEST_F(CurlTransportTest, knows_a_body_that_is_shorter_than_the_file) {
  Behaviour behaviour;
  behaviour.framing = origin::Framing::until_close;
  behaviour.cut_after = 600;
  auto& download = fetch(behaviour, 1000, holding(100, 1000));
  expect_failure(download, WININET_E_CONNECTION_ABORTED, FailureClass::transient);
  EXPECT_EQ(download.events.progress(), 700u);
}

TEST_F(CurlTransportTest, never_writes_beyond_the_end_of_the_file) {
  origin_.serve("/f", of_size(0));
  Behaviour behaviour;
  behaviour.raw = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 100-199/200\r\nETag: " +
                  origin::etag_of(origin::Etag::strong, 1) + "\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n" +
                  std::string(0x80, 'x') + "\r\n0\r\n\r\n";
  auto& download = fetch(behaviour, 200, holding(100, 200));
  expect_failure(download, BG_E_INVALID_SERVER_RESPONSE, FailureClass::fatal);
  EXPECT_LE(download.file->bytes().size(), 200u);
}

TEST_F(CurlTransportTest, gives_up_a_server_that_falls_silent) {
  TransportOptions options;
  options.stall_timeout = std::chrono::milliseconds(300);
  make_transport(options);
  auto& in_body = fetch(origin::cut_after(1000, Ending::stall), kMiB);
  Behaviour mute;
  mute.delay = std::chrono::seconds(20);
  origin_.serve("/mute", {.size = 10, .rules = {origin::always(mute)}});
  auto& before = start(origin_.url("/mute"));
  expect_failure(in_body, WININET_E_TIMEOUT, FailureClass::transient);
  EXPECT_EQ(in_body.events.progress(), 1000u);
  expect_failure(before, WININET_E_TIMEOUT, FailureClass::transient);
}

TEST_F(CurlTransportTest, reports_a_trickle_while_it_goes_on) {
  auto& download = fetch(origin::cut_after(1000, Ending::stall), kMiB);
  EXPECT_TRUE(download.events.wait_for_progress(1000));
  EXPECT_EQ(download.file->bytes().size(), 1000u);
}

TEST_F(CurlTransportTest, says_when_nobody_listens) {
  const ClosedPort port;
  const auto failure = expect_failure(start(port.url()), WININET_E_CANNOT_CONNECT, FailureClass::transient);
  EXPECT_EQ(failure.error.context, ErrorContext::transport);
  EXPECT_NE(failure.error.message.find("refused"), std::string::npos) << failure.error.message;
}

TEST_F(CurlTransportTest, says_when_a_name_is_unknown) {
  // No name in DNS has a part this long: the resolver knows that by itself.
  const auto url = "http://" + std::string(70, 'x') + ".invalid/f";
  expect_failure(start(url), WININET_E_NAME_NOT_RESOLVED, FailureClass::transient);
}

TEST_F(CurlTransportTest, passes_on_the_disks_error) {
  const Error full{hresult_from_win32(ERROR_DISK_FULL), ErrorContext::local_file, "The disk is full."};
  const Error broken{hresult_from_win32(ERROR_WRITE_FAULT), ErrorContext::local_file, "The disk is broken."};
  origin_.serve("/f", of_size(2 * kMiB));
  for (const auto& error : {full, broken}) {
    auto& download = prepare();
    download.file->fail_beyond(kMiB, error);
    start(download, origin_.url("/f"));
    const auto failure =
        expect_failure(download, error.code, error == full ? FailureClass::transient : FailureClass::fatal);
    EXPECT_EQ(failure.error, error);
    EXPECT_EQ(download.events.progress(), download.file->bytes().size());
  }
}

TEST_F(CurlTransportTest, notices_a_write_that_fails_between_two_reads) {
  auto& download = prepare();
  download.file->fail_beyond(0, Error{E_ACCESSDENIED, ErrorContext::local_file, "No."});
  origin_.serve("/f", {.size = kMiB, .rules = {origin::always(origin::cut_after(1000, Ending::stall))}});
  start(download, origin_.url("/f"));
  expect_failure(download, E_ACCESSDENIED, FailureClass::fatal);
  EXPECT_EQ(download.events.order(), "ad");
}

TEST_F(CurlTransportTest, follows_redirects_to_the_file) {
  origin_.serve("/there", of_size(1000));
  auto& download = start(origin_.url("/redirect/3?to=/there"));
  expect_taken(download, 1000);
  EXPECT_EQ(download.events.head().effective_url, origin_.url("/there"));
}

TEST_F(CurlTransportTest, stops_following_at_some_point) {
  const auto failure = expect_failure(start(origin_.url("/loop")), WININET_E_REDIRECT_FAILED, FailureClass::fatal);
  EXPECT_EQ(failure.error.context, ErrorContext::remote_file);
  EXPECT_EQ(origin_.requests().size(), 21u);
}

TEST_F(CurlTransportTest, follows_only_to_http_and_https) {
  for (const auto* place : {"file:///etc/passwd", "ftp://127.0.0.1/f", "gopher://127.0.0.1/f"}) {
    auto& download = fetch(origin::redirect(301, place));
    const auto failure = expect_failure(download, hresult_from_win32(301), FailureClass::fatal);
    const auto scheme = std::string(place).substr(0, std::string_view(place).find("://"));
    EXPECT_NE(failure.error.message.find("redirects to " + scheme + "://…"), std::string::npos)
        << failure.error.message;
    expect_nothing_written(download);
  }
}

TEST_F(CurlTransportTest, does_not_read_the_body_of_a_redirect_for_ever) {
  expect_failure(
      fetch_raw("HTTP/1.1 302 Found\r\nLocation: /f\r\nContent-Length: 99999999\r\n\r\n" + std::string(4 * kMiB, 'x')),
      BG_E_INVALID_SERVER_RESPONSE, FailureClass::fatal);
}

TEST_F(CurlTransportTest, skips_interim_answers) {
  Behaviour behaviour;
  behaviour.interim = {100, 103};
  expect_taken(fetch(behaviour), 1000);
}

TEST_F(CurlTransportTest, takes_no_nonsense_for_an_answer) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  for (const auto& answer : {
           std::string("<html>no status line at all, but much else</html>\r\n"),
           ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
           ok + "Content-Length: 5\r\nX: a\0b\r\n\r\nabcde"s,
           ok + "ETag: " + std::string(200'000, 'x') + "\r\n\r\nabcde",
       }) {
    auto& download = fetch_raw(answer);
    expect_failure(download, BG_E_INVALID_SERVER_RESPONSE, FailureClass::fatal);
    expect_nothing_written(download);
  }
}

TEST_F(CurlTransportTest, stops_reading_headers_that_never_end) {
  Behaviour behaviour;
  behaviour.padding_headers = origin::kEndless;
  auto& download = fetch(behaviour);
  expect_failure(download, BG_E_INVALID_SERVER_RESPONSE, FailureClass::fatal);
  expect_nothing_written(download);
}

TEST_F(CurlTransportTest, says_nothing_more_once_a_fetch_is_dropped_in_mid_body) {
  origin_.serve("/f", {.size = kMiB, .rules = {origin::always(origin::cut_after(1000, Ending::stall))}});
  auto& dropped = prepare();
  dropped.events.during_progress = [&] { dropped.fetch.reset(); };
  start(dropped, origin_.url("/f"));
  ASSERT_TRUE(dropped.events.wait_for_progress(1000));

  origin_.serve("/g", of_size(1000));
  expect_taken(start(origin_.url("/g")), 1000);  // its events come after any of the dropped one
  EXPECT_EQ(dropped.events.order(), "ap");
}

TEST_F(CurlTransportTest, carries_out_a_cancellation_before_a_later_start) {
  TransportOptions options;
  options.connections_per_host = 1;  // which the first one holds until it is cancelled
  make_transport(options);
  origin_.serve("/old", {.size = kMiB, .rules = {origin::always(origin::cut_after(1000, Ending::stall))}});
  origin_.serve("/new", {.size = kMiB, .seed = 2});
  auto& first = prepare();
  auto& second = prepare();
  second.file = first.file;
  start(first, origin_.url("/old"));
  ASSERT_TRUE(first.events.wait_for_progress(1000));
  engine_->run_and_wait([&] {
    first.fetch.reset();
    second.fetch = transport_->start({origin_.url("/new"), {}, {}, second.file}, second.events);
  });
  expect_taken(second, kMiB, 2);
}

TEST_F(CurlTransportTest, never_asks_when_a_fetch_is_dropped_at_once) {
  engine_->run_and_wait([&] {
    auto& download = prepare();
    for (int i = 0; i < 100; ++i) {
      download.fetch = transport_->start({origin_.url("/f"), {}, {}, download.file}, download.events);
      download.fetch.reset();
    }
  });
  origin_.serve("/g", of_size(10));
  expect_taken(start(origin_.url("/g")), 10);
  EXPECT_EQ(downloads_.front()->events.order(), "");
}

TEST_F(CurlTransportTest, lets_a_fetch_be_dropped_or_followed_by_another_from_its_own_end) {
  origin_.serve("/f", of_size(1000));
  auto& first = prepare();
  auto& second = prepare();
  first.events.during_done = [&] {
    first.fetch.reset();
    second.fetch = transport_->start({origin_.url("/f"), {}, {}, second.file}, second.events);
  };
  start(first, origin_.url("/f"));
  expect_taken(second, 1000);
}

TEST_F(CurlTransportTest, ends_with_fetches_under_way_and_is_silent_afterwards) {
  origin_.serve("/f", {.size = kMiB, .rules = {origin::always(origin::cut_after(1000, Ending::stall))}});
  auto& under_way = start(origin_.url("/f"));
  ASSERT_TRUE(under_way.events.wait_for_progress(1000));
  origin_.serve("/g", of_size(1000));
  // It ends while the engine is busy: what it had to say lies in the engine's loop when the transport goes.
  auto& said = prepare();
  engine_->run_and_wait([&] {
    said.fetch = transport_->start({origin_.url("/g"), {}, {}, said.file}, said.events);
    origin_.record().wait_for_bytes("/g", 1000, std::chrono::seconds(10));
    transport_.reset();
  });
  engine_->run_and_wait([] {});
  EXPECT_EQ(under_way.events.order(), "ap");
  EXPECT_EQ(said.events.order(), "");
  drop(under_way);
}

TEST_F(CurlTransportTest, uses_one_connection_for_many_files) {
  origin_.serve("/f", of_size(1000));
  for (int i = 0; i < 20; ++i) expect_taken(start(origin_.url("/f")), 1000);
  EXPECT_EQ(origin_.connections(), 1u);
}

// They may be dead since a sleep or a loss of the network, and nobody says so.
TEST_F(CurlTransportTest, uses_no_connection_that_is_distrusted) {
  origin_.serve("/f", of_size(1000));
  expect_taken(start(origin_.url("/f")), 1000);
  transport_->distrust_connections();
  expect_taken(start(origin_.url("/f")), 1000);
  EXPECT_EQ(origin_.connections(), 2u);
}

TEST_F(CurlTransportTest, opens_no_more_connections_than_it_may) {
  TransportOptions options;
  options.connections_per_host = 2;
  make_transport(options);
  origin_.serve("/f", of_size(100'000));
  std::vector<Download*> all;
  for (int i = 0; i < 50; ++i) all.push_back(&start(origin_.url("/f")));
  for (auto* download : all) expect_taken(*download, 100'000);
  EXPECT_LE(origin_.connections(), 2u);
}

TEST_F(CurlTransportTest, sends_the_jobs_headers_and_password) {
  origin_.serve("/f", of_size(10));
  HttpOptions http;
  http.headers = {"X-One: 1", "Accept: text/html"};
  http.credentials = {{AuthTarget::server, AuthScheme::basic, "user", "pass"}};
  expect_taken(start(origin_.url("/f"), {}, http), 10);
  const auto request = origin_.requests().at(0);
  EXPECT_EQ(request.header("X-One"), "1");
  EXPECT_EQ(request.header("Accept"), "text/html");
  EXPECT_EQ(request.header("Authorization"), "Basic dXNlcjpwYXNz");

  expect_taken(start(origin_.url("/f")), 10);  // the next fetch has none of it
  EXPECT_EQ(origin_.requests().at(1).header("Authorization"), "");
  EXPECT_EQ(origin_.requests().at(1).header("X-One"), "");
}

TEST_F(CurlTransportTest, tells_the_password_to_the_first_host_only) {
  origin::Origin other;
  other.serve("/f", of_size(10));
  auto place = other.url("/f");
  place.replace(place.find("127.0.0.1"), 9, "localhost");
  HttpOptions http;
  http.credentials = {{AuthTarget::server, AuthScheme::basic, "user", "pass"}};
  http.headers = {"Authorization: Bearer x"};
  expect_taken(start(origin_.url("/redirect/1?to=" + place), {}, http), 10);
  EXPECT_NE(origin_.requests().at(0).header("Authorization"), "");
  EXPECT_EQ(other.requests().at(0).header("Authorization"), "");
}

TEST_F(CurlTransportTest, sends_no_header_that_would_be_two) {
  HttpOptions http;
  http.headers = {"X-One: secret\r\nX-Two: secret"};
  expect_no_secret(expect_failure(start(origin_.url("/f"), {}, http), E_INVALIDARG, FailureClass::fatal));
  EXPECT_TRUE(origin_.requests().empty());
}

TEST_F(CurlTransportTest, goes_through_the_jobs_proxy_but_for_its_exceptions) {
  origin_.serve("/g", of_size(10));
  HttpOptions http;
  http.http_proxy = origin_.url("");
  auto& proxied = start("http://files.example/f", {}, http);
  expect_failure(proxied, BG_E_HTTP_ERROR_404, FailureClass::fatal);  // of our origin, which is no proxy
  EXPECT_EQ(origin_.requests().at(0).target, "http://files.example/f");

  const ClosedPort nowhere;
  http.http_proxy = nowhere.url();
  http.no_proxy = "files.example,127.0.0.1";
  expect_taken(start(origin_.url("/g"), {}, http), 10);
  http.no_proxy.clear();
  const auto failure =
      expect_failure(start(origin_.url("/g"), {}, http), WININET_E_CANNOT_CONNECT, FailureClass::transient);
  EXPECT_NE(failure.error.message.find("check the proxy"), std::string::npos) << failure.error.message;
}

class CurlTransportTlsTest : public CurlTransportTest {
 protected:
  SecureOrigin secure_;
  HttpOptions trusting_ = secure_.trusting();
};

TEST_F(CurlTransportTlsTest, takes_a_file_from_a_server_it_trusts) {
  secure_->serve("/f", of_size(3 * kMiB));
  expect_taken(start(secure_.url("/f"), {}, trusting_), 3 * kMiB);
}

TEST_F(CurlTransportTlsTest, takes_nothing_from_a_server_it_does_not_trust) {
  secure_->serve("/f", of_size(10));
  auto& download = start(secure_.url("/f"));
  expect_failure(download, hresult(0x80072F8F), FailureClass::fatal);
  EXPECT_TRUE(secure_->requests().empty());
}

TEST_F(CurlTransportTlsTest, says_when_the_trusted_certificates_are_none) {
  HttpOptions http;
  http.ca_file = "/proc/version";
  const auto failure = expect_failure(start(secure_.url("/f"), {}, http), CRYPT_E_FILE_ERROR, FailureClass::fatal);
  EXPECT_NE(failure.error.message.find(http.ca_file), std::string::npos) << failure.error.message;
}

TEST_F(CurlTransportTlsTest, follows_from_http_to_https_but_never_back) {
  origin_.serve("/f", of_size(10));
  secure_->serve("/f", of_size(20));
  secure_->serve("/down", {.rules = {origin::always(origin::redirect(307, origin_.url("/f")))}});
  expect_taken(start(origin_.url("/redirect/1?to=" + secure_.url("/f")), {}, trusting_), 20);
  expect_failure(start(secure_.url("/down"), {}, trusting_), hresult_from_win32(307), FailureClass::fatal);
  auto& up_and_down = start(origin_.url("/redirect/1?to=" + secure_.url("/down")), {}, trusting_);
  expect_failure(up_and_down, hresult_from_win32(307), FailureClass::fatal);
  EXPECT_TRUE(origin_.requests_of("/f").empty());
}

TEST_F(CurlTransportTlsTest, chooses_the_proxy_of_each_scheme_after_a_redirect_too) {
  secure_->serve("/f", of_size(20));
  trusting_.http_proxy = origin_.url("");
  origin_.intercept(origin::redirect(302, secure_.url("/f")));
  expect_taken(start("http://files.example/f", {}, trusting_), 20);
  EXPECT_EQ(origin_.requests().size(), 1u);  // no CONNECT: https goes direct
}

TEST_F(CurlTransportTlsTest, passes_on_the_refusal_of_a_proxy) {
  trusting_.https_proxy = origin_.url("");
  origin_.intercept(origin::status(407));
  expect_failure(start(secure_.url("/f"), {}, trusting_), BG_E_HTTP_ERROR_407, FailureClass::fatal);
}

TEST_F(CurlTransportTlsTest, may_try_again_when_the_handshake_is_cut) {
  trusting_.https_proxy = origin_.url("");
  Behaviour cut;
  cut.raw = "HTTP/1.1 200 Go on\r\n\r\n";  // and then the connection ends
  origin_.intercept(cut);
  expect_failure(start(secure_.url("/f"), {}, trusting_), WININET_E_CONNECTION_ABORTED, FailureClass::transient);
}

}  // namespace
}  // namespace dosvc
