#include "store/rows.h"

#include <algorithm>
#include <charconv>

namespace dosvc {

const char* const kJobColumns =
    "id, owner, api_view, state, display_name, description, priority, notify_flags, minimum_retry_delay, "
    "no_progress_timeout, umask, http_headers, user_password, ca_file, http_proxy, https_proxy, no_proxy, created, "
    "modified, transfer_completed, error_count, error_code, error_context, error_message, error_file, "
    "error_http_status";

// Not INSERT OR REPLACE: that deletes the old row first, and its files with it.
const char* const kSaveJob =
    "INSERT INTO jobs (id, owner, api_view, state, display_name, description, priority, notify_flags, "
    "minimum_retry_delay, no_progress_timeout, umask, http_headers, user_password, ca_file, http_proxy, https_proxy, "
    "no_proxy, created, modified, transfer_completed, error_count, error_code, error_context, error_message, "
    "error_file, error_http_status) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, api_view = excluded.api_view, state = excluded.state, "
    "display_name = excluded.display_name, description = excluded.description, priority = excluded.priority, "
    "notify_flags = excluded.notify_flags, minimum_retry_delay = excluded.minimum_retry_delay, "
    "no_progress_timeout = excluded.no_progress_timeout, umask = excluded.umask, "
    "http_headers = excluded.http_headers, user_password = excluded.user_password, ca_file = excluded.ca_file, "
    "http_proxy = excluded.http_proxy, https_proxy = excluded.https_proxy, no_proxy = excluded.no_proxy, "
    "created = excluded.created, modified = excluded.modified, transfer_completed = excluded.transfer_completed, "
    "error_count = excluded.error_count, error_code = excluded.error_code, error_context = excluded.error_context, "
    "error_message = excluded.error_message, error_file = excluded.error_file, "
    "error_http_status = excluded.error_http_status";

const char* const kFileColumns =
    "job, position, remote_name, local_name, temp_name, sha256, stage, size, etag, last_modified, modified, done, "
    "temp_device, temp_inode";

const char* const kSaveFile =
    "INSERT OR REPLACE INTO files (job, position, remote_name, local_name, temp_name, sha256, stage, size, etag, "
    "last_modified, modified, done, temp_device, temp_inode) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

namespace {

constexpr std::string_view kNul("\0", 1);

std::int64_t stored(WallTime time) { return time.time_since_epoch().count(); }
std::optional<std::int64_t> stored(const std::optional<WallTime>& time) {
  return time ? std::optional(stored(*time)) : std::nullopt;
}

WallTime read_time(Row& row) { return WallTime(WallTime::duration(row.integer<std::int64_t>())); }

// The next column by `read`, or nothing where it is NULL.
template <class Read>
auto read_optional(Row& row, Read read) -> std::optional<decltype(read(row))> {
  if (!row.next_is_null()) return read(row);
  row.skip(1);
  return std::nullopt;
}

std::optional<JobError> read_error(Row& row) {
  if (row.next_is_null()) {
    row.skip(5);
    return std::nullopt;
  }
  JobError read;
  read.error.code = row.integer<HRESULT>();
  read.error.context = row.enumerator(ErrorContext::remote_application);
  read.error.message = row.text();
  read.file = read_optional(row, [](Row& r) { return r.integer<std::uint32_t>(); });
  read.http_status = row.integer<int>();
  return read;
}

bool is_absolute_path(std::string_view path) {
  return !path.empty() && path.front() == '/' && path.find(kNul) == std::string_view::npos;
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string_view folder_of(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

}  // namespace

int save_row(Statement& statement, const Job& job) {
  const bool failed = job.error.has_value();
  const JobError error = job.error.value_or(JobError{});
  const auto if_failed = [failed](auto value) { return failed ? std::optional(std::move(value)) : std::nullopt; };
  return statement.run(job.id, job.owner, job.view, job.state(), job.display_name, job.description, job.priority,
                       job.notify_flags, job.minimum_retry_delay.count(), job.no_progress_timeout.count(), job.umask,
                       pack(job.http.headers), std::string(), job.http.ca_file, job.http.http_proxy,
                       job.http.https_proxy, job.http.no_proxy, stored(job.created), stored(job.modified),
                       stored(job.transfer_completed), job.error_count, if_failed(error.error.code),
                       if_failed(error.error.context), if_failed(error.error.message), error.file,
                       if_failed(error.http_status));
}

int save_row(Statement& statement, const JobId& id, const File& file) {
  return statement.run(id, file.index, file.remote_name, file.local_name, file.temp_name, file.sha256, file.stage,
                       file.size, file.validator.etag, file.validator.last_modified, stored(file.modified),
                       file.done.text(), file.identity.device, file.identity.inode);
}

Job read_job(Row& row) {
  const JobId id = row.uuid();
  const auto owner = row.integer<uid_t>();
  const auto view = row.enumerator(ApiView::delivery_optimization);
  Job job = Job::restored(row.enumerator(JobState::cancelled));
  job.id = id;
  job.owner = owner;
  job.view = view;
  job.display_name = row.text();
  job.description = row.text();
  job.priority = row.enumerator(Priority::low);
  job.notify_flags = row.integer<std::uint32_t>();
  job.minimum_retry_delay = std::chrono::seconds(row.integer<std::int64_t>());
  job.no_progress_timeout = std::chrono::seconds(row.integer<std::int64_t>());
  job.umask = row.integer<mode_t>();
  if (auto headers = unpack(row.text())) {
    job.http.headers = std::move(*headers);
  } else {
    row.blame();
  }
  (void)row.text();
  job.http.ca_file = row.text();
  job.http.http_proxy = row.text();
  job.http.https_proxy = row.text();
  job.http.no_proxy = row.text();
  job.created = read_time(row);
  job.modified = read_time(row);
  job.transfer_completed = read_optional(row, read_time);
  job.error_count = row.integer<std::uint32_t>();
  job.error = read_error(row);
  return job;
}

FileRow read_file(Row& row) {
  FileRow read;
  File& file = read.file;
  read.job = row.uuid();
  file.index = row.integer<std::uint32_t>();
  file.remote_name = row.text();
  file.local_name = row.text();
  file.temp_name = row.text();
  file.sha256 = row.text();
  file.stage = row.enumerator(FileStage::completed);
  file.size = read_optional(row, [](Row& r) { return r.integer<std::uint64_t>(); });
  file.validator.etag = row.text();
  file.validator.last_modified = row.text();
  file.modified = read_optional(row, read_time);
  if (auto done = RangeSet::parse(row.text())) {
    file.done = std::move(*done);
  } else {
    row.blame();
  }
  file.identity.device = row.integer<std::uint64_t>();
  file.identity.inode = row.integer<std::uint64_t>();
  return read;
}

const char* misfit(const Job& job) {
  if (job.minimum_retry_delay.count() < 0) return "minimum_retry_delay";
  if (job.no_progress_timeout.count() < 0) return "no_progress_timeout";
  if (job.umask > 0777) return "umask";
  if (!job.http.ca_file.empty() && !is_absolute_path(job.http.ca_file)) return "ca_file";
  if (!job.error) return nullptr;
  if (SUCCEEDED(job.error->error.code)) return "error_code";
  if (job.error->http_status < 0 || job.error->http_status > 999) return "error_http_status";
  return nullptr;
}

const char* misfit(const File& file) {
  if (file.remote_name.empty() || file.remote_name.find(kNul) != std::string::npos) return "remote_name";
  if (!is_absolute_path(file.local_name)) return "local_name";
  // What a restart finds under this name is removed: it must not be able to name a file elsewhere.
  if (!file.temp_name.empty() &&
      (!is_absolute_path(file.temp_name) || folder_of(file.temp_name) != folder_of(file.local_name) ||
       file.temp_name == file.local_name)) {
    return "temp_name";
  }
  if (!file.sha256.empty() && !is_sha256(file.sha256)) return "sha256";
  if (file.size && *file.size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return "size";
  return nullptr;
}

std::string pack(const std::vector<std::string>& texts) {
  std::string packed;
  for (const std::string& text : texts) packed.append(std::to_string(text.size())).append(":").append(text).append(",");
  return packed;
}

std::optional<std::vector<std::string>> unpack(std::string_view packed) {
  std::vector<std::string> texts;
  while (!packed.empty()) {
    std::size_t size = 0;
    const auto number = std::from_chars(packed.data(), packed.data() + packed.size(), size);
    if (number.ec != std::errc()) return std::nullopt;
    packed.remove_prefix(static_cast<std::size_t>(number.ptr - packed.data()));
    // ":" before the bytes and "," behind them.
    if (packed.size() < 2 || packed.size() - 2 < size || packed[0] != ':' || packed[size + 1] != ',')
      return std::nullopt;
    texts.emplace_back(packed.substr(1, size));
    packed.remove_prefix(size + 2);
  }
  return texts;
}

}  // namespace dosvc
