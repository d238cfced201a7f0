#pragma once

// What the tests of the store begin with: a job and a file whose every field is set, and a queue to be damaged.

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>

#include "core/job.h"

namespace dosvc {

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return std::move(all).str();
}

inline WallTime at(std::int64_t microseconds) { return WallTime(WallTime::duration(microseconds)); }

inline Uuid id_of(std::uint8_t number) {
  Uuid id;
  id.bytes.fill(0xAB);
  id.bytes[15] = number;
  return id;
}

inline HttpOptions full_http() {
  HttpOptions http;
  http.method = "POST";
  http.headers = {"A: b", "C: d,e", ""};
  http.headers_hidden = true;
  http.auth_headers = {"Authorization: 1:x,"};
  http.credentials = {{AuthTarget::proxy, AuthScheme::negotiate, "", ""},
                      {AuthTarget::server, AuthScheme::digest, "Jürgen:,", "3:\xff\n,"}};
  http.client_certificate = ClientCertificate{0x20000, "MY", std::string(40, 'c'), "CN=\xff", "-----BEGIN"};
  http.security_flags = 0xFFFFFFFD;
  http.proxy = {ProxyUsage::listed, "http=a:1 b:2", "*.lan;c"};
  http.ca_file = "/etc/ca.pem";
  http.http_proxy = "http://p:1";
  http.https_proxy = "http://q:2";
  http.no_proxy = "localhost,.lan";
  return http;
}

// No field has its default, and no two of a kind are alike. Not a download: that has but one file.
inline Job full_job(std::uint8_t number = 1) {
  Job job = Job::restored(JobState::transient_error);
  job.id = id_of(number);
  job.owner = 4'000'000'000u;
  job.files_of = 4'000'000'002u;
  job.view = ApiView::delivery_optimization;
  job.display_name = "Größe \xff and \n line";
  job.description = std::string("before\0after", 12);
  job.priority = Priority::high;
  job.notify_flags = 0xFFFFFFFF;
  job.minimum_retry_delay = std::chrono::seconds(11);
  job.no_progress_timeout = std::chrono::seconds(1'000'000'000'000);
  job.maximum_download_time = std::chrono::seconds(4'294'967'295);
  job.downloading = std::chrono::seconds(12);
  job.umask = 0707;
  job.notify_command = {"/usr/bin/\xff tell", "tell \"me\" \t all"};
  job.notify_class = id_of(200);
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
  job.http = full_http();
  job.created = at(-5);
  job.modified = at(1'700'000'000'000'001);
  job.transfer_completed = at(0);
  job.error = JobError{{hresult(0x801901F7u), ErrorContext::remote_file, "no"}, 1, 503, true};
  job.error_count = 4'000'000'001u;
  return job;
}

inline DownloadSettings full_download() {
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

inline File full_file(std::uint32_t index) {
  File file;
  file.index = index;
  file.remote_name = "https://host/ä?x=1";
  file.local_name = "/tmp/\xff name";
  file.temp_name = "/tmp/.name.part";
  file.sha256 = std::string(64, 'e');
  file.file_id = "\xfe id";
  file.integrity = {"https://host/hashes?y", std::string(64, 'a'), std::string(64, 'b')};
  file.integrity_mandatory = true;
  file.ranges = {{200, 7}, {0, 100}, {300, FileRange::kToEnd}};
  file.wanted.add({5, 6});
  file.wanted.add({9, 0xFFFF'FFFF'FFFF'FFFF});
  file.verdict = Verdict::invalid;
  file.stage = FileStage::transferred;
  file.size = 0x7FFF'FFFF'FFFF'FFFF;
  file.validator = {"\"etag\"", "Sun, 06 Nov 1994 08:49:37 GMT"};
  file.modified = at(784'111'777'000'000);
  file.done.add({0, 100});
  file.done.add({200, 0xFFFF'FFFF'FFFF'FFFF});
  file.identity = {0xFFFF'FFFF'FFFF'FFFE, 0x8000'0000'0000'0001};
  file.answer = {206, "HTTP/1.1 206 \xff\r\nA: b\r\n", "http://other/x", "[::1]"};
  file.fetched = 0xFFFF'FFFF'FFFF'FFFC;
  file.fetching = std::chrono::milliseconds(15);
  return file;
}

// A folder of its own for one queue; gone with the object.
class QueueFolder {
 public:
  QueueFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "dosvc-store.XXXXXX").string();
    if (!::mkdtemp(name.data())) ::abort();
    folder = name;
    path = (folder / "queue.db").string();
  }
  ~QueueFolder() { std::filesystem::remove_all(folder); }
  QueueFolder(const QueueFolder&) = delete;
  QueueFolder& operator=(const QueueFolder&) = delete;

  // What another program, or a damaged disk, does to the database: what went wrong with it, or nothing.
  std::string tamper(const std::string& sql) const {
    sqlite3* db = nullptr;
    sqlite3_open(path.c_str(), &db);
    const int result = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
    std::string error = result == SQLITE_OK ? "" : sqlite3_errmsg(db);
    sqlite3_close(db);
    return error;
  }
  // The same by a program that dies right after, and leaves what it wrote in the log.
  void tamper_and_die(const std::string& sql) const {
    in_killed_process([&] {
      sqlite3* db = nullptr;
      sqlite3_open(path.c_str(), &db);
      sqlite3_exec(db, ("PRAGMA locking_mode = EXCLUSIVE; " + sql).c_str(), nullptr, nullptr, nullptr);
    });
  }
  // Runs `work` in a process that then dies on the spot.
  static void in_killed_process(const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
      work();
      ::kill(::getpid(), SIGKILL);
    }
    ::waitpid(child, nullptr, 0);
  }
  std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      files[entry.path().filename()] = bytes_of(entry.path());
    return files;
  }

  std::filesystem::path folder;
  std::string path;
};

}  // namespace dosvc
