// Connections that fail in all their ways: time mends them, and the file is right in the end.

#include <arpa/inet.h>
#include <sys/socket.h>

#include "base/unique_fd.h"
#include "e2e/e2e_fixture.h"
#include "host/link_watch.h"

namespace dosvc {
namespace {

using origin::always;
using origin::Behaviour;
using origin::cut_after;
using origin::Ending;
using origin::for_first;
using origin::for_ranged;
using origin::Framing;
using origin::from_request;
using origin::in_turn;

constexpr std::uint64_t kSize = 3 * kMiB + 17;
constexpr std::uint64_t kCut = kMiB;

// A port on which nobody listens, and which is ours as long as this lives.
class ClosedPort {
 public:
  ClosedPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int yes = 1;
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    ::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), length);
    ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &length);
    number_ = ntohs(address.sin_port);
  }
  std::uint16_t number() const { return number_; }

 private:
  UniqueFd socket_;
  std::uint16_t number_ = 0;
};

class Connections : public BothViews {
 protected:
  Download start_file(std::vector<origin::Rule> rules) {
    origin_.serve("/a.bin", {.size = kSize, .rules = std::move(rules)});
    return start(GetParam(), "/a.bin");
  }
  // It came through without anybody hearing of trouble, by asking for the rest alone.
  void expect_resumed_in_silence(const Download& download, std::uint64_t from = kCut) {
    EXPECT_EQ(settle(download)->job.error_count, 0u);
    expect_whole(download, kSize);
    const auto requests = origin_.requests_of("/a.bin");
    ASSERT_EQ(requests.size(), 2u);
    EXPECT_EQ(requests[1].range(), "bytes=" + std::to_string(from) + "-");
    EXPECT_EQ(requests[1].header("If-Range"), origin::etag_of(origin::Etag::strong, 1));
  }
  void mend_and_expect_whole(const Download& download) {
    origin_.serve("/a.bin", {.size = kSize});
    resume(download);
    expect_whole(download, kSize);
  }
};
DOSVC_IN_BOTH_VIEWS(Connections);

TEST_P(Connections, that_are_refused_are_tried_again) {
  const ClosedPort port;
  const std::string url = "http://127.0.0.1:" + std::to_string(port.number()) + "/a.bin";
  NewJob spec;
  spec.view = GetParam();
  const auto download = start(spec, {{url, "a.bin"}});
  expect_failure(download, JobState::transient_error, WININET_E_CANNOT_CONNECT, ErrorContext::transport);
  expect_nothing_wrong_on_disk();
  origin::Origin late(origin::Origin::Options{.port = port.number()});
  ASSERT_EQ(late.error(), "");
  late.serve("/a.bin", {.size = kSize});
  resume(download);
  expect_whole(download, kSize);
}

TEST_P(Connections, to_an_unknown_host_are_tried_again) {
  if (network_now() == NetworkState::lost) GTEST_SKIP() << "without a network no name is asked for";
  transport_.connect_timeout = std::chrono::seconds(10);
  NewJob spec;
  spec.view = GetParam();
  const auto download = start(spec, {{"http://name.invalid/a.bin", "a.bin"}});
  const auto shot = settle(download);
  ASSERT_TRUE(shot->job.error);
  if (shot->job.error->error.code == WININET_E_TIMEOUT) GTEST_SKIP() << "the resolver of this machine doesn't answer";
  expect_failure(download, JobState::transient_error, WININET_E_NAME_NOT_RESOLVED, ErrorContext::transport);
  expect_cancelled_without_a_trace(download);
}

TEST_P(Connections, that_close_in_mid_body_are_resumed) {
  expect_resumed_in_silence(start_file(in_turn({cut_after(kCut)})));
}

TEST_P(Connections, that_are_reset_in_mid_body_are_resumed) {
  expect_resumed_in_silence(start_file(in_turn({cut_after(kCut, Ending::reset)})));
}

TEST_P(Connections, that_fall_silent_in_mid_body_are_resumed) {
  transport_.stall_timeout = std::chrono::milliseconds(600);
  expect_resumed_in_silence(start_file(in_turn({cut_after(kCut, Ending::stall)})));
}

TEST_P(Connections, on_which_no_answer_comes_are_tried_again) {
  transport_.stall_timeout = std::chrono::milliseconds(600);
  const auto download = start_file({always({.delay = std::chrono::minutes(10)})});
  expect_failure(download, JobState::transient_error, WININET_E_TIMEOUT, ErrorContext::transport);
  expect_nothing_wrong_on_disk();
  mend_and_expect_whole(download);
}

TEST_P(Connections, that_close_without_a_word_are_tried_again) {
  const auto download = start_file({always({.raw = ""})});
  expect_failure(download, JobState::transient_error, WININET_E_CONNECTION_ABORTED, ErrorContext::transport);
  mend_and_expect_whole(download);
}

TEST_P(Connections, that_break_again_and_again_are_no_trouble_while_bytes_come) {
  const auto download = start_file({for_first(6, cut_after(kSize / 8))});
  EXPECT_EQ(settle(download)->job.error_count, 0u);
  expect_whole(download, kSize);
}

TEST_P(Connections, that_break_without_new_bytes_are_given_time) {
  const auto download = start_file({for_first(1, cut_after(kCut)), from_request(2, cut_after(0))});
  expect_failure(download, JobState::transient_error, WININET_E_CONNECTION_ABORTED, ErrorContext::transport);
  EXPECT_EQ(download.shot()->progress.bytes_transferred, kCut);
  EXPECT_EQ(origin_.requests_of("/a.bin").size(), 4u);  // three more without a new byte
  expect_nothing_wrong_on_disk();
  mend_and_expect_whole(download);
  EXPECT_EQ(origin_.requests_of("/a.bin").back().range(), "bytes=" + std::to_string(kCut) + "-");
}

TEST_P(Connections, with_a_body_shorter_than_announced_are_tried_again) {
  const auto download = start_file(in_turn({{.length_lie = 100}}));
  expect_whole(download, kSize);
}

TEST_P(Connections, whose_bodies_are_always_too_short_never_give_a_file) {
  const auto download = start_file({always({.length_lie = 100})});
  const auto shot = settle(download);
  EXPECT_EQ(shot->job.state(), JobState::transient_error) << told(shot);
  EXPECT_EQ(download.watcher->errors(), 0);
  expect_nothing_wrong_on_disk();
  mend_and_expect_whole(download);
}

// What was announced is the file; what comes behind it is nobody's. At worst it stands where the next file's answer is
// expected: a clear error, and never a byte of that file.
TEST_P(Connections, with_a_body_longer_than_announced_give_what_was_announced) {
  constexpr std::int64_t kExcess = 5000;
  origin_.serve("/a.bin", {.size = kSize, .rules = {always({.length_lie = -kExcess})}});
  origin_.serve("/b.bin", {.size = kSize, .seed = 2});
  NewJob spec;
  spec.view = GetParam();
  const auto download = start(spec, {{origin_.url("/a.bin"), "a.bin"}, {origin_.url("/b.bin"), "b.bin"}});
  auto shot = settle(download);
  if (shot->job.state() == JobState::error) {
    EXPECT_EQ(shot->job.error->error.code, BG_E_INVALID_SERVER_RESPONSE) << told(shot);
    resume(download);
    shot = settle(download);
  }
  ASSERT_EQ(shot->job.state(), JobState::transferred) << told(shot);
  const auto completed = command(download, JobCommand::complete);
  ASSERT_TRUE(completed) << completed.error().message;
  EXPECT_EQ(origin::first_difference(folder_ + "/a.bin", 1, kSize - kExcess), std::nullopt);
  EXPECT_EQ(origin::first_difference(folder_ + "/b.bin", 2, kSize), std::nullopt);
}

TEST_P(Connections, that_bring_more_than_the_rest_of_the_file_are_refused_or_cut) {
  const auto download = start_file({for_first(1, cut_after(kCut)), for_ranged({.length_lie = -100})});
  const auto shot = settle(download);
  EXPECT_NE(shot->job.state(), JobState::transferred) << "Content-Length and Content-Range contradict each other";
  expect_nothing_wrong_on_disk();
  mend_and_expect_whole(download);
}

TEST_P(Connections, without_content_length_end_the_file_where_they_end) {
  const auto download = start_file({always({.framing = Framing::until_close})});
  expect_whole(download, kSize);
  EXPECT_EQ(origin_.requests_of("/a.bin").size(), 1u);
}

TEST_P(Connections, without_content_length_that_are_reset_are_resumed) {
  Behaviour broken = cut_after(kCut, Ending::reset);
  broken.framing = Framing::until_close;
  expect_resumed_in_silence(start_file(in_turn({broken})));
}

TEST_P(Connections, in_chunks_give_the_file) {
  const auto download = start_file({always({.framing = Framing::chunked})});
  expect_whole(download, kSize);
}

TEST_P(Connections, in_chunks_that_are_cut_are_resumed) {
  for (const Ending ending : {Ending::fin, Ending::reset}) {
    Behaviour broken = cut_after(kCut, ending);
    broken.framing = Framing::chunked;
    expect_resumed_in_silence(start_file(in_turn({broken})));
    std::filesystem::remove(folder_ + "/a.bin");
    origin_.record().clear();
  }
}

TEST_P(Connections, of_an_empty_file_give_an_empty_file) {
  origin_.serve("/a.bin", {.size = 0});
  expect_whole(start(GetParam(), "/a.bin"), 0);
}

TEST_P(Connections, that_end_with_the_program_go_on_with_the_next) {
  const auto download = start_file(in_turn({cut_after(kCut, Ending::stall)}));
  ASSERT_TRUE(wait_for_bytes(download, kCut));
  close_queue();
  const auto again = find_again(download.id());
  expect_whole(again, kSize);
}

}  // namespace
}  // namespace dosvc
