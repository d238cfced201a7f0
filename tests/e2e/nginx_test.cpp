// Against a server that the world uses: nginx on this machine, plain and TLS.

#include "e2e/nginx.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <optional>

#include "e2e/e2e_fixture.h"

namespace dosvc {
namespace {

namespace fs = std::filesystem;

constexpr std::time_t kModified = 1'709'296'496;  // 2024-03-01 12:34:56

class NginxTest : public BothViews {
 protected:
  void SetUp() override {
    const std::string folder = home_ / "nginx";
    fs::create_directory(folder);
    nginx_.emplace(folder);
    if (!nginx_->error().empty()) GTEST_SKIP() << nginx_->error();
  }

  void publish(const std::string& name, std::uint64_t size, std::uint64_t seed = 1) {
    const std::string path = nginx_->documents() + "/" + name;
    ASSERT_TRUE(origin::write_content(path, seed, size));
    const timespec times[2] = {{kModified, 0}, {kModified, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  }
  NewJob trusting_job() const {
    NewJob spec;
    spec.view = GetParam();
    spec.http.ca_file = nginx_->ca_file();
    return spec;
  }
  static std::size_t count(const std::vector<std::string>& lines, const std::string& beginning) {
    return static_cast<std::size_t>(
        std::count_if(lines.begin(), lines.end(), [&](const auto& line) { return line.starts_with(beginning); }));
  }

  std::optional<Nginx> nginx_;
};
DOSVC_IN_BOTH_VIEWS(NginxTest);

TEST_P(NginxTest, a_large_file_comes_whole_with_the_servers_time_and_the_programs_mode) {
  publish("large", 64 * kMiB);
  for (const mode_t umask : {mode_t{022}, mode_t{027}}) {
    NewJob spec = trusting_job();
    spec.umask = umask;
    const auto download = start(spec, {{nginx_->url("/large"), "large"}});
    expect_whole(download, 64 * kMiB, 1, "large");
    struct stat status {};
    ASSERT_EQ(::stat((folder_ + "/large").c_str(), &status), 0);
    EXPECT_EQ(status.st_mtim.tv_sec, kModified);
    EXPECT_EQ(status.st_mtim.tv_nsec, 0);
    EXPECT_EQ(status.st_mode & 07777, 0666 & ~umask);
    fs::remove(folder_ + "/large");
  }
  EXPECT_EQ(nginx_->stop(), std::vector<std::string>(2, "GET HTTP/1.1 200 - /large"));
}

TEST_P(NginxTest, a_large_file_comes_whole_over_tls) {
  publish("large", 64 * kMiB);
  expect_whole(start(trusting_job(), {{nginx_->tls_url("/large"), "large"}}), 64 * kMiB, 1, "large");
  EXPECT_EQ(nginx_->stop(), std::vector<std::string>{"GET HTTP/2.0 200 - /large"});
}

TEST_P(NginxTest, a_suspended_file_goes_on_where_it_was) {
  constexpr std::uint64_t kFast = 24 * kMiB;  // of each answer
  publish("large", 40 * kMiB);
  const auto download = start(trusting_job(), {{nginx_->url("/slow/large"), "large"}});
  ASSERT_TRUE(wait_for_bytes(download, kFast));
  const auto suspended = command(download, JobCommand::suspend);
  ASSERT_TRUE(suspended) << suspended.error().message;
  EXPECT_EQ(download.shot()->job.state(), JobState::suspended);
  resume(download);
  expect_whole(download, 40 * kMiB, 1, "large");
  const auto log = nginx_->stop();
  ASSERT_EQ(log.size(), 2u);
  const std::string second = "GET HTTP/1.1 206 bytes=";
  ASSERT_EQ(log[1].substr(0, second.size()), second);
  EXPECT_GE(std::stoull(log[1].substr(second.size())), kFast);
}

TEST_P(NginxTest, many_small_files_come_whole) {
  constexpr int kFiles = 500;
  constexpr std::uint64_t kSize = 4096;
  for (int i = 0; i < kFiles; ++i) publish(std::to_string(i), kSize, static_cast<std::uint64_t>(i));
  std::vector<Wanted> files;
  for (int i = 0; i < kFiles; ++i) {
    // Half of them each way: both at once in one job.
    const std::string path = "/" + std::to_string(i);
    files.push_back({i % 2 == 0 ? nginx_->url(path) : nginx_->tls_url(path), std::to_string(i)});
  }
  const auto download = start(trusting_job(), files);
  const auto shot = settle(download);
  ASSERT_EQ(shot->job.state(), JobState::transferred) << told(shot);
  EXPECT_EQ(shot->progress.files_transferred, static_cast<std::uint32_t>(kFiles));
  EXPECT_EQ(shot->progress.bytes_transferred, kFiles * kSize);
  const auto completed = command(download, JobCommand::complete);
  ASSERT_TRUE(completed) << completed.error().message;
  EXPECT_EQ(names_in(folder_).size(), static_cast<std::size_t>(kFiles));
  for (int i = 0; i < kFiles; ++i) {
    const std::string name = folder_ + "/" + std::to_string(i);
    EXPECT_EQ(origin::first_difference(name, static_cast<std::uint64_t>(i), kSize), std::nullopt) << name;
  }
  const auto log = nginx_->stop();
  EXPECT_EQ(count(log, "GET HTTP/1.1 200"), kFiles / 2u);
  EXPECT_EQ(count(log, "GET HTTP/2.0 200"), kFiles / 2u);
}

TEST_P(NginxTest, files_of_two_jobs_share_one_connection_of_http_2) {
  constexpr int kFiles = 200;
  NewJob spec = trusting_job();
  for (const std::string job : {"first", "second"}) {
    std::vector<Wanted> files;
    for (int i = 0; i < kFiles; ++i) {
      const std::string name = job + std::to_string(i);
      publish(name, 4096, static_cast<std::uint64_t>(i));
      files.push_back({nginx_->tls_url("/" + name), name});
    }
    const auto download = start(spec, files);
    const auto shot = settle(download);
    ASSERT_EQ(shot->job.state(), JobState::transferred) << told(shot);
  }
  EXPECT_EQ(count(nginx_->stop(), "GET HTTP/2.0 200"), 2u * kFiles);
  EXPECT_EQ(nginx_->tls_connections(), 1u);
}

TEST_P(NginxTest, a_certificate_of_a_stranger_is_an_error) {
  publish("small", 4096);
  NewJob spec = trusting_job();
  ASSERT_TRUE(make_certificate(home_ / "stranger.pem", home_ / "stranger.key"));
  spec.http.ca_file = home_ / "stranger.pem";
  const auto download = start(spec, {{nginx_->tls_url("/small"), "small"}});
  expect_failure(download, JobState::error, HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_FAILURE), ErrorContext::transport);
  expect_nothing_wrong_on_disk();
  expect_cancelled_without_a_trace(download);
  EXPECT_EQ(nginx_->stop(), std::vector<std::string>{});
}

// In HTTP/2 a connection serves several requests at a time: what one job let in must not answer another.
TEST_P(NginxTest, a_certificate_that_one_job_forgives_is_forgiven_for_no_other) {
  publish("large", 40 * kMiB);
  publish("small", 4096);
  ASSERT_TRUE(make_certificate(home_ / "stranger.pem", home_ / "stranger.key"));
  NewJob lax = trusting_job();
  lax.http.ca_file = home_ / "stranger.pem";
  lax.http.security_flags = security::kIgnoreUnknownCa;
  const auto slow = start(lax, {{nginx_->tls_url("/slow/large"), "large"}});
  ASSERT_TRUE(wait_for_bytes(slow, 24 * kMiB));
  for (const std::uint32_t flags : {0u, security::kIgnoreDate}) {
    NewJob stricter = lax;
    stricter.http.security_flags = flags;
    const auto download = start(stricter, {{nginx_->tls_url("/small"), "small"}});
    expect_failure(download, JobState::error, HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_FAILURE),
                   ErrorContext::transport);
    ASSERT_TRUE(command(download, JobCommand::cancel));
  }
  ASSERT_TRUE(command(slow, JobCommand::cancel));
}

TEST_P(NginxTest, a_page_of_nginx_is_never_the_file) {
  const auto download = start(trusting_job(), {{nginx_->url("/missing"), "missing"}});
  expect_failure(download, JobState::error, BG_E_HTTP_ERROR_404, ErrorContext::remote_file);
  expect_nothing_wrong_on_disk();
  publish("missing", 4096);
  resume(download);
  expect_whole(download, 4096, 1, "missing");
}

}  // namespace
}  // namespace dosvc
