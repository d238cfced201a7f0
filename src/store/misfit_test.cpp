#include "store/misfit.h"

#include <gtest/gtest.h>

#include "store/sample_queue.h"

namespace dosvc {
namespace {

constexpr std::uint64_t kTooLarge = std::uint64_t{1} << 63;

File good_file() {
  File file;
  file.remote_name = "http://host/a";
  file.local_name = "/home/user/a";
  file.temp_name = "/home/user/.a.part";
  file.sha256 = std::string(64, 'a');
  file.size = 7;
  return file;
}

std::string misfit_of(const auto& thing) {
  const char* column = misfit(thing);
  return column ? column : "";
}

TEST(Misfit, what_may_be_fits) {
  EXPECT_EQ(misfit_of(Job()), "");
  EXPECT_EQ(misfit_of(full_job()), "");
  EXPECT_EQ(misfit_of(good_file()), "");
  EXPECT_EQ(misfit_of(full_file(0)), "");
  File without_temp = good_file();
  without_temp.temp_name.clear();
  EXPECT_EQ(misfit_of(without_temp), "");
}

TEST(Misfit, a_file_may_be_without_address_and_place_only_as_long_as_nothing_of_it_is_done) {
  File file;
  EXPECT_EQ(misfit_of(file), "");
  file.remote_name = "http://host/a";
  EXPECT_EQ(misfit_of(file), "");
  file.temp_name = "/home/user/.a.part";
  EXPECT_EQ(misfit_of(file), "temp_name");

  for (const char* empty : {"remote_name", "local_name"}) {
    const bool remote = empty == std::string("remote_name");
    File begun = good_file();
    (remote ? begun.remote_name : begun.local_name).clear();
    if (!remote) begun.temp_name.clear();
    EXPECT_EQ(misfit_of(begun), "");
    File over = begun;
    begun.done.add({0, 1});
    EXPECT_EQ(misfit_of(begun), empty);
    over.stage = FileStage::completed;
    EXPECT_EQ(misfit_of(over), empty);
  }
}

TEST(Misfit, a_file_with_a_value_that_cannot_be_names_its_column) {
  const auto misfit_with = [](auto change) {
    File file = good_file();
    change(file);
    return misfit_of(file);
  };
  EXPECT_EQ(misfit_with([](File& f) { f.remote_name = std::string("http://h/\0", 10); }), "remote_name");
  EXPECT_EQ(misfit_with([](File& f) { f.local_name = "a"; }), "local_name");
  EXPECT_EQ(misfit_with([](File& f) { f.local_name = std::string("/home/user/a\0b", 14); }), "local_name");
  EXPECT_EQ(misfit_with([](File& f) { f.temp_name = "/etc/passwd"; }), "temp_name");
  EXPECT_EQ(misfit_with([](File& f) { f.temp_name = "/home/user/../.a.part"; }), "temp_name");
  EXPECT_EQ(misfit_with([](File& f) { f.temp_name = f.local_name; }), "temp_name");
  EXPECT_EQ(misfit_with([](File& f) { f.sha256 = std::string(64, 'A'); }), "sha256");
  EXPECT_EQ(misfit_with([](File& f) { f.integrity.url = std::string("http://h/\0", 10); }), "hashes_url");
  EXPECT_EQ(misfit_with([](File& f) { f.integrity.digest = std::string(63, 'a'); }), "hashes_digest");
  EXPECT_EQ(misfit_with([](File& f) { f.integrity.hash_of_hashes = "g"; }), "hash_of_hashes");
  EXPECT_EQ(misfit_with([](File& f) { f.ranges = {{0, 0}}; }), "ranges");
  EXPECT_EQ(misfit_with([](File& f) { f.ranges = {{kTooLarge, 1}}; }), "ranges");
  EXPECT_EQ(misfit_with([](File& f) { f.ranges = {{1, kTooLarge - 1}}; }), "ranges");
  EXPECT_EQ(misfit_with([](File& f) { f.ranges = {{0, kTooLarge - 1}, {0, 1}}; }), "ranges");
  EXPECT_EQ(misfit_with([](File& f) { f.ranges = {{0, kTooLarge - 2}, {0, 1}, {5, FileRange::kToEnd}}; }), "");
  EXPECT_EQ(misfit_with([](File& f) { f.size = kTooLarge; }), "size");
  EXPECT_EQ(misfit_with([](File& f) { f.answer.status = 1000; }), "answer_status");
  EXPECT_EQ(misfit_with([](File& f) { f.answer.status = -1; }), "answer_status");
  EXPECT_EQ(misfit_with([](File& f) { f.fetching = std::chrono::milliseconds(-1); }), "fetching");
}

TEST(Misfit, a_job_with_a_value_that_cannot_be_names_its_column) {
  const auto misfit_with = [](auto change) {
    Job job;
    change(job);
    return misfit_of(job);
  };
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  EXPECT_EQ(misfit_with([](Job& j) { j.umask = 01000; }), "umask");
  EXPECT_EQ(misfit_with([](Job& j) { j.minimum_retry_delay = seconds(-1); }), "minimum_retry_delay");
  EXPECT_EQ(misfit_with([](Job& j) { j.no_progress_timeout = seconds(-1); }), "no_progress_timeout");
  EXPECT_EQ(misfit_with([](Job& j) { j.maximum_download_time = seconds(-1); }), "maximum_download_time");
  EXPECT_EQ(misfit_with([](Job& j) { j.maximum_download_time = seconds(1ll << 32); }), "maximum_download_time");
  EXPECT_EQ(misfit_with([](Job& j) { j.downloading = seconds(-1); }), "downloading");
  EXPECT_EQ(misfit_with([](Job& j) { j.notify_command.program = "tell"; }), "notify_program");
  EXPECT_EQ(misfit_with([](Job& j) { j.notify_command.parameters = std::string("\0", 1); }), "notify_parameters");
  EXPECT_EQ(misfit_with([](Job& j) { j.notify_interval = milliseconds(-1); }), "notify_interval");
  EXPECT_EQ(misfit_with([](Job& j) { j.maximum_size = 0; }), "maximum_size");
  EXPECT_EQ(misfit_with([](Job& j) { j.error = JobError{{S_OK, ErrorContext::none, ""}, {}, 0}; }), "error_code");
  EXPECT_EQ(misfit_with([](Job& j) {
              j.error = JobError{{E_FAIL, ErrorContext::none, ""}, {}, 1000};
            }),
            "error_http_status");
}

TEST(Misfit, requests_with_a_value_that_cannot_be_name_its_column) {
  const auto misfit_with = [](auto change) {
    Job job = full_job();
    change(job.http);
    return misfit_of(job);
  };
  EXPECT_EQ(misfit_with([](HttpOptions& h) { h.method = "GET /"; }), "http_method");
  EXPECT_EQ(misfit_with([](HttpOptions& h) { h.method = "\xff"; }), "http_method");
  EXPECT_EQ(misfit_with([](HttpOptions& h) { h.credentials.push_back(h.credentials[0]); }), "credentials");
  EXPECT_EQ(misfit_with([](HttpOptions& h) { h.credentials[1].user += '\0'; }), "credentials");
  EXPECT_EQ(misfit_with([](HttpOptions& h) { h.credentials[1].password += '\0'; }), "credentials");
  EXPECT_EQ(misfit_with([](HttpOptions& h) { h.client_certificate->sha1 = "C"; }), "certificate_sha1");
  EXPECT_EQ(misfit_with([](HttpOptions& h) { h.proxy.proxies += '\0'; }), "proxy_list");
  EXPECT_EQ(misfit_with([](HttpOptions& h) { h.proxy.bypass += '\0'; }), "proxy_bypass");
  EXPECT_EQ(misfit_with([](HttpOptions& h) { h.ca_file = "ca.pem"; }), "ca_file");
}

TEST(Misfit, a_download_with_a_value_that_cannot_be_names_its_column) {
  Job job;
  job.download = full_download();
  EXPECT_EQ(misfit_of(job), "");
  job.download->callback_percent = 101;
  EXPECT_EQ(misfit_of(job), "download_callback_percent");
  job.download = full_download();
  job.download->callback_interval = std::chrono::seconds(-1);
  EXPECT_EQ(misfit_of(job), "download_callback_interval");
  job.download = full_download();
  job.download->no_progress_timeout = std::chrono::seconds(-1);
  EXPECT_EQ(misfit_of(job), "download_no_progress_timeout");
}

}  // namespace
}  // namespace dosvc
