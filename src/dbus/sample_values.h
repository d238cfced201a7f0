#pragma once

// What the tests of the bus begin with: structures no member of which has its default, and no two of a kind are alike.

#include "core/job_service.h"

#include <string>

namespace dosvc {

inline Uuid sample_id(std::uint8_t number) {
  Uuid id;
  id.bytes.fill(0xAB);
  id.bytes[15] = number;
  return id;
}

inline WallTime sample_time(std::int64_t microseconds) { return WallTime(WallTime::duration(microseconds)); }

inline HttpOptions sample_http() {
  HttpOptions http;
  http.method = "POST";
  http.headers = {"A: b", "C: d,e", ""};
  http.headers_hidden = true;
  http.auth_headers = {"Authorization: x", "B: \xff"};
  http.credentials = {{AuthTarget::proxy, AuthScheme::negotiate, "", ""},
                      {AuthTarget::server, AuthScheme::digest, "Jürgen", "\xff\n,"}};
  http.client_certificate = ClientCertificate{0x20000, "MY", std::string(40, 'c'), "CN=\xff", "-----BEGIN"};
  http.security_flags = 0xFFFFFFFD;
  http.proxy = {ProxyUsage::listed, "http=a:1 b:2", "*.lan;c"};
  http.ca_file = "/etc/ca.pem";
  http.http_proxy = "http://p:1";
  http.https_proxy = "http://q:2";
  http.no_proxy = "localhost,\xfe";
  return http;
}

inline DownloadSettings sample_download() {
  DownloadSettings download;
  download.content_id = "content";
  download.correlation_vector = "vector.1";
  download.cost_policy = 3;
  download.no_cellular = true;
  download.callback_percent = 100;
  download.callback_interval = std::chrono::seconds(14);
  download.no_progress_timeout = std::chrono::seconds(16);
  download.keep = true;
  download.to_stream = true;
  download.finished = 17;
  return download;
}

inline Job sample_job() {
  Job job = Job::restored(JobState::transient_error);
  job.id = sample_id(1);
  job.owner = 4'000'000'000u;
  job.files_of = 4'000'000'002u;
  job.view = ApiView::delivery_optimization;
  job.display_name = "Größe and \n line";
  job.description = "description \U0001F40C";
  job.priority = Priority::high;
  job.notify_flags = 0xFFFFFFFF;
  job.minimum_retry_delay = std::chrono::seconds(11);
  job.no_progress_timeout = std::chrono::seconds(4'294'967'294);
  job.maximum_download_time = std::chrono::seconds(4'294'967'295);
  job.downloading = std::chrono::seconds(12);
  job.umask = 0707;
  job.notify_command = {"/usr/bin/\xff tell", "tell \"me\" \t all"};
  job.notify_class = sample_id(200);
  job.notify_interval = std::chrono::milliseconds(13);
  job.cost_flags = 0xFFFFFFFE;
  job.peer_caching_flags = 5;
  job.file_acl_flags = 6;
  job.resumed = true;
  job.command_done = true;
  job.dynamic_content = true;
  job.high_performance = true;
  job.on_demand = true;
  job.maximum_size = 0xFFFF'FFFF'FFFF'FFFD;
  job.stored_proxy_credentials = true;
  job.http = sample_http();
  job.download = sample_download();
  job.created = sample_time(1'600'000'000'000'000);
  job.modified = sample_time(1'700'000'000'000'001);
  job.transfer_completed = sample_time(0);
  job.error = JobError{{hresult(0x801901F7u), ErrorContext::remote_file, "no"}, 1, 503, true};
  job.error_count = 4'000'000'001u;
  return job;
}

inline JobSnapshot sample_snapshot() {
  return {sample_job(), {18, 19, 20, 21}, WaitReason::retry, sample_time(1'700'000'000'000'002)};
}

inline File sample_file() {
  File file;
  file.index = 22;
  file.remote_name = "https://host/ä?x=1";
  file.local_name = "/tmp/name";
  file.temp_name = "/tmp/.name.part";
  file.sha256 = std::string(64, 'e');
  file.file_id = "id";
  file.integrity = {"https://host/hashes?y", std::string(64, 'a'), std::string(64, 'b')};
  file.integrity_mandatory = true;
  file.ranges = {{200, 7}, {0, 100}, {300, FileRange::kToEnd}};
  file.wanted.add({5, 6});
  file.wanted.add({9, 0xFFFF'FFFF'FFFF'FFFF});
  file.verdict = Verdict::invalid;
  file.stage = FileStage::transferred;
  file.size = 0x7FFF'FFFF'FFFF'FFFF;
  file.validator = {"\"etag\xff\"", "Sun, 06 Nov 1994 08:49:37 GMT"};
  file.modified = sample_time(784'111'777'000'000);
  file.done.add({0, 100});
  file.done.add({200, 0xFFFF'FFFF'FFFF'FFFF});
  file.identity = {0xFFFF'FFFF'FFFF'FFFE, 0x8000'0000'0000'0001};
  file.answer = {206, "HTTP/1.1 206 \xff\r\nA: b\r\n", "http://other/x", "[::1]"};
  file.fetched = 0xFFFF'FFFF'FFFF'FFFC;
  file.fetching = std::chrono::milliseconds(15);
  return file;
}

inline FileSnapshot sample_file_snapshot() {
  FileSnapshot shot{sample_file(), "https://shown/", 23, 24, {}, true};
  shot.received.add({1, 2});
  shot.received.add({3, 5});
  return shot;
}

inline NewJob sample_new_job() {
  return {ApiView::delivery_optimization, "name", Priority::low, 027, sample_http(), sample_download()};
}

inline NewFile sample_new_file() {
  return {"https://host/a", "/tmp/a", std::string(64, 'f'), 25, "file id", {{1, 2}, {7, FileRange::kToEnd}}};
}

inline CertificateChoice sample_choice() {
  return {0x10000, "ROOT", std::string(40, 'd'), "CN=me", std::string("\0\xff binary\0", 10)};
}

inline JobChange sample_change() {
  JobChange change;
  change.display_name = "another";
  change.description = "";  // empty is not the same as none
  change.priority = Priority::foreground;
  change.notify_flags = 26;
  change.notify_command = NotifyCommand{"/bin/true", "true"};
  change.notify_class = sample_id(2);
  change.notify_interval = std::chrono::milliseconds(27);
  change.minimum_retry_delay = std::chrono::seconds(28);
  change.no_progress_timeout = std::chrono::seconds(0);
  change.maximum_download_time = std::chrono::seconds(29);
  change.cost_flags = 30;
  change.peer_caching_flags = 31;
  change.file_acl_flags = 32;
  change.dynamic_content = true;
  change.maximum_size = 33;
  change.high_performance = false;
  change.on_demand = true;
  change.stored_credentials = AuthTarget::proxy;
  change.proxy = ProxySettings{ProxyUsage::listed, "p:1", "q"};
  change.method = "HEAD";
  change.headers = {"D: e"};
  change.hide_headers = true;
  change.auth_headers = std::vector<std::string>{};
  change.security_flags = 34;
  change.set_credentials = Credentials{AuthTarget::server, AuthScheme::basic, "me", "secret"};
  change.remove_credentials = {AuthTarget::proxy, AuthScheme::ntlm};
  change.content_id = "c";
  change.correlation_vector = "v";
  change.cost_policy = 35;
  change.no_cellular = false;
  change.callback_percent = 36;
  change.callback_interval = std::chrono::seconds(37);
  change.keep = true;
  change.to_stream = false;
  return change;
}

inline FileChange sample_file_change() {
  return {"https://host/b", "/tmp/b", 38,        IntegrityCheck{"https://host/h", "1", "2"}, true,
          Verdict::valid,   39,       {{40, 41}}};
}

}  // namespace dosvc
