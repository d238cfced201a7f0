#include "store/misfit.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <span>
#include <string_view>

#include "core/file_layout.h"

namespace dosvc {
namespace {

constexpr std::int64_t kLargestNumber = std::numeric_limits<std::int64_t>::max();
constexpr int kLargestStatus = 999;

bool holds_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

bool is_absolute_path(std::string_view path) { return path.starts_with('/') && !holds_nul(path); }

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_sha256_or_empty(std::string_view text) { return text.empty() || is_hex(text, 64); }

// Programs give these as numbers of 32 bits; more would be more than a timer can count.
template <class Duration>
bool is_delay(Duration delay) {
  return delay.count() >= 0 && delay.count() <= std::numeric_limits<std::uint32_t>::max();
}

std::string_view folder_of(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

const char* misfit(const std::vector<Credentials>& credentials) {
  for (auto each = credentials.begin(); each != credentials.end(); ++each) {
    const bool again = std::any_of(credentials.begin(), each, [&](const Credentials& other) {
      return other.target == each->target && other.scheme == each->scheme;
    });
    if (again || holds_nul(each->user) || holds_nul(each->password)) return "credentials";
  }
  return nullptr;
}

const char* misfit(const HttpOptions& http) {
  // It becomes a word of the request's first line.
  if (std::any_of(http.method.begin(), http.method.end(), [](char c) { return c <= ' ' || c > '~'; }))
    return "http_method";
  if (const char* column = misfit(http.credentials)) return column;
  if (http.client_certificate && !is_hex(http.client_certificate->sha1, 40)) return "certificate_sha1";
  if (holds_nul(http.proxy.proxies)) return "proxy_list";
  if (holds_nul(http.proxy.bypass)) return "proxy_bypass";
  if (!http.ca_file.empty() && !is_absolute_path(http.ca_file)) return "ca_file";
  return nullptr;
}

const char* misfit(const NotifyCommand& command) {
  if (!command.program.empty() && !is_absolute_path(command.program)) return "notify_program";
  if (holds_nul(command.parameters)) return "notify_parameters";
  return nullptr;
}

const char* misfit(const DownloadSettings& download) {
  if (download.callback_percent > 100) return "download_callback_percent";
  if (!is_delay(download.callback_interval)) return "download_callback_interval";
  if (!is_delay(download.no_progress_timeout)) return "download_no_progress_timeout";
  return nullptr;
}

const char* misfit(const JobError& error) {
  if (SUCCEEDED(error.error.code)) return "error_code";
  if (error.http_status < 0 || error.http_status > kLargestStatus) return "error_http_status";
  return nullptr;
}

bool are_ranges(const std::vector<FileRange>& ranges) {
  std::uint64_t total = 0;
  for (const FileRange& range : ranges) {
    // One by one: those of later starts of a download may repeat bytes.
    if (!check_ranges({&range, 1})) return false;
    if (range.length == FileRange::kToEnd) continue;
    total += range.length;
    if (total > static_cast<std::uint64_t>(kLargestNumber)) return false;
  }
  return true;
}

// A file that nothing is known of but that it is wanted may still be without an address or a place.
const char* misfit_of_names(const File& file) {
  const bool untouched = file.stage == FileStage::waiting && file.done.empty();
  if (holds_nul(file.remote_name) || (file.remote_name.empty() && !untouched)) return "remote_name";
  if (file.local_name.empty() && untouched) return file.temp_name.empty() ? nullptr : "temp_name";
  if (!is_absolute_path(file.local_name)) return "local_name";
  if (file.temp_name.empty()) return nullptr;
  // What a restart finds under this name is removed: it must not be able to name a file elsewhere.
  const bool beside = is_absolute_path(file.temp_name) && folder_of(file.temp_name) == folder_of(file.local_name);
  return beside && file.temp_name != file.local_name ? nullptr : "temp_name";
}

}  // namespace

const char* misfit(const Job& job) {
  if (job.umask > 0777) return "umask";
  if (job.minimum_retry_delay.count() < 0) return "minimum_retry_delay";
  if (job.no_progress_timeout.count() < 0) return "no_progress_timeout";
  if (!is_delay(job.maximum_download_time)) return "maximum_download_time";
  if (const char* column = misfit(job.notify_command)) return column;
  if (!is_delay(job.notify_interval)) return "notify_interval";
  if (job.maximum_size == 0u) return "maximum_size";
  if (const char* column = job.download ? misfit(*job.download) : nullptr) return column;
  if (const char* column = misfit(job.http)) return column;
  if (job.downloading.count() < 0) return "downloading";
  return job.error ? misfit(*job.error) : nullptr;
}

const char* misfit(const File& file) {
  if (const char* column = misfit_of_names(file)) return column;
  if (!is_sha256_or_empty(file.sha256)) return "sha256";
  if (holds_nul(file.integrity.url)) return "hashes_url";
  if (!is_sha256_or_empty(file.integrity.digest)) return "hashes_digest";
  if (!is_sha256_or_empty(file.integrity.hash_of_hashes)) return "hash_of_hashes";
  if (!are_ranges(file.ranges)) return "ranges";
  if (file.size && *file.size > static_cast<std::uint64_t>(kLargestNumber)) return "size";
  if (file.answer.status < 0 || file.answer.status > kLargestStatus) return "answer_status";
  if (file.fetching.count() < 0) return "fetching";
  return nullptr;
}

}  // namespace dosvc
