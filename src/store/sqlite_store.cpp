#include "store/sqlite_store.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/unique_fd.h"
#include "store/migrations.h"
#include "store/misfit.h"
#include "store/rows.h"

namespace dosvc {

namespace {

constexpr int kBusyMilliseconds = 1000;  // somebody's backup may be reading just now

Error system_error(const std::string& path, const char* doing, int number) {
  const bool denied = number == EACCES || number == EPERM;
  return Error{denied ? E_ACCESSDENIED : HRESULT_FROM_WIN32(ERROR_READ_FAULT), ErrorContext::queue,
               fmt::format("can't {} the job queue {}: {}", doing, escaped(path), std::strerror(number))};
}

// SQLite's check lists what it found line by line, below the heading "*** in database main ***".
std::string first_line(std::string_view text) {
  if (text.starts_with("*** ")) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return std::string(text.substr(0, text.find('\n')));
}

Error damaged(const std::string& path, const std::string& reason) {
  return Error{BG_E_DATABASE_CORRUPT, ErrorContext::queue,
               fmt::format("the job queue {} is damaged ({}) and was left as it is: put back a copy of it, or move it "
                           "away to begin with an empty queue",
                           escaped(path), escaped(first_line(reason)))};
}

// SQLite would make the file as the umask says; the queue holds passwords.
Result<UniqueFd> open_private(const std::string& path) {
  UniqueFd made(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (made && ::fchmod(made.get(), 0600) == 0) return made;
  if (made || errno != EEXIST) return system_error(path, "make", errno);
  UniqueFd found(::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!found) return system_error(path, "open", errno);
  return found;
}

struct Found {
  bool is_new = false;   // still to be filled
  bool has_log = false;  // left by a crash, or by the program that has the database open now
};

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

// Looks at what SQLite would silently take for new, or for whole.
Result<Found> look_at(const std::string& path) {
  const UniqueFd fd = DO_TRY(open_private(path));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return system_error(path, "look at", errno);
  if (!S_ISREG(status.st_mode)) return damaged(path, "it is not a file");
  const bool has_log = exists(path + "-wal");
  if (status.st_size == 0) {
    // A database gets its tables before its first log, so a log without them has lost its database.
    if (has_log) return damaged(path, "it is empty, but its log isn't");
    return Found{true, false};
  }
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  std::array<char, 18> bytes{};
  const ssize_t got = ::pread(fd.get(), bytes.data(), bytes.size(), 0);
  if (got < 0) return system_error(path, "read", errno);
  const std::string_view head(bytes.data(), bytes.size());
  if (!head.starts_with(kMagic)) return damaged(path, "it is not a database");
  // Behind the magic stands the size of a page, a power of 2 from 512 to 65536; the last is written as 1.
  const int page = static_cast<unsigned char>(head[16]) << 8 | static_cast<unsigned char>(head[17]);
  const bool interrupted = has_log || exists(path + "-journal");
  if (!interrupted && status.st_size % (page > 1 ? page : 65536) != 0) return damaged(path, "its end is missing");
  return Found{false, has_log};
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path) {
  // The descriptor used for looking is closed by now: closing it later would drop the locks that SQLite takes.
  const Found found = DO_TRY(look_at(path));
  std::unique_ptr<SqliteStore> store(new SqliteStore(path));
  DO_TRY(store->connect());
  // Until the queue was read and found good, closing must not move a log left by a crash into the database. One that
  // SQLite made itself goes again.
  store->has_old_log_ = found.has_log;
  store->keep_log_on_close(found.has_log);
  if (!found.is_new) DO_TRY(store->verify());
  DO_TRY(store->migrate());
  DO_TRY(store->prepare());
  return store;
}

Result<void> SqliteStore::connect() {
  sqlite3* opened = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int result = sqlite3_open_v2(path_.c_str(), &opened, flags, nullptr);
  database_.reset(opened);
  if (result != SQLITE_OK) return failure(result, "open");
  sqlite3_busy_timeout(opened, kBusyMilliseconds);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // Exclusive before the first read: the index of the log is then kept in memory, and no file made for it.
  DO_TRY(execute("PRAGMA locking_mode = EXCLUSIVE"));
  DO_TRY(execute("PRAGMA secure_delete = ON"));
  return {};
}

// Only reads.
Result<void> SqliteStore::verify() {
  const int application = DO_TRY(number("PRAGMA application_id"));
  const int schema = DO_TRY(number("PRAGMA user_version"));
  const int newest = migrations().back().schema;
  if (application != kApplicationId || schema < 1) return damage("it is the database of another program");
  if (schema > newest) {
    return Error{
        HRESULT_FROM_WIN32(ERROR_NOT_SUPPORTED), ErrorContext::queue,
        fmt::format("the job queue {} was written by a newer dosvc (schema {}, this one knows {}) and was left "
                    "as it is: use that version, or another state directory (DOSVC_STATE_DIR)",
                    escaped(path_), schema, newest)};
  }
  std::string verdict;
  DO_TRY(each_row("PRAGMA quick_check(1)", nullptr, [&](Row& row) -> Result<void> {
    verdict = row.text();
    return {};
  }));
  if (verdict != "ok") return damage(verdict);
  return {};
}

Result<void> SqliteStore::migrate() {
  const int schema = DO_TRY(number("PRAGMA user_version"));
  for (const Migration& step : migrations()) {
    if (step.schema <= schema) continue;
    DO_TRY(execute(fmt::format("BEGIN IMMEDIATE; {}; PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT",
                               step.sql, kApplicationId, step.schema)));
  }
  // Only now: the tables of a new database are in its own file before there is a log.
  DO_TRY(execute("PRAGMA journal_mode = WAL"));
  DO_TRY(execute("PRAGMA synchronous = FULL"));
  DO_TRY(execute("PRAGMA foreign_keys = ON"));
  return {};
}

Result<void> SqliteStore::prepare() {
  const std::pair<Statement*, std::string> statements[] = {
      {&begin_, "BEGIN IMMEDIATE"}, {&commit_, "COMMIT"},           {&rollback_, "ROLLBACK"},
      {&save_job_, save_job_sql()}, {&save_file_, save_file_sql()}, {&erase_job_, "DELETE FROM jobs WHERE id = ?"},
  };
  for (const auto& [statement, sql] : statements) {
    if (const int result = statement->prepare(database_.get(), sql); result != SQLITE_OK)
      return failure(result, "read");
  }
  return {};
}

Result<int> SqliteStore::number(const char* pragma) {
  int value = 0;
  DO_TRY(each_row(pragma, nullptr, [&](Row& row) -> Result<void> {
    value = row.integer<int>();
    return {};
  }));
  return value;
}

Result<void> SqliteStore::execute(const std::string& sql, const char* doing) {
  errno = 0;
  const int result = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (result == SQLITE_OK) return {};
  return failure(result, doing);
}

void SqliteStore::keep_log_on_close(bool keep) {
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

template <class TakeRow>
Result<void> SqliteStore::each_row(const std::string& sql, const JobId* id, TakeRow take) {
  Statement select;
  int result = select.prepare(database_.get(), sql);
  if (result == SQLITE_OK && id) result = select.bind(1, *id);
  if (result != SQLITE_OK) return failure(result, "read");
  while ((result = select.step()) == SQLITE_ROW) {
    Row row = select.row();
    DO_TRY(take(row));
  }
  if (result != SQLITE_DONE) return failure(result, "read");
  return {};
}

Result<std::vector<StoredJob>> SqliteStore::load() {
  auto jobs = DO_TRY(read(nullptr));
  keep_log_on_close(false);
  // If it fails, the log is emptied later.
  if (std::exchange(has_old_log_, false)) (void)forget_erased();
  return jobs;
}

Result<StoredJob> SqliteStore::load(const JobId& id) {
  auto jobs = DO_TRY(read(&id));
  if (jobs.empty()) return Error{BG_E_NOT_FOUND, ErrorContext::queue, "there is no job " + id.text()};
  return std::move(jobs.front());
}

Result<std::vector<StoredJob>> SqliteStore::read(const JobId* id) {
  std::vector<StoredJob> jobs;
  std::map<JobId, std::size_t> places;
  const std::string job_sql =
      fmt::format("SELECT {} FROM jobs{} ORDER BY created, id", job_columns(), id ? " WHERE id = ?" : "");
  DO_TRY(each_row(job_sql, id, [&](Row& row) -> Result<void> {
    StoredJob stored{read_job(row), {}};
    const char* lie = row.lie() ? row.lie() : misfit(stored.job);
    if (lie) return damage(fmt::format("job {}, column {}", stored.job.id.text(), lie));
    places.emplace(stored.job.id, jobs.size());
    jobs.push_back(std::move(stored));
    return {};
  }));
  const std::string file_sql =
      fmt::format("SELECT {} FROM files{} ORDER BY job, position", file_columns(), id ? " WHERE job = ?" : "");
  DO_TRY(each_row(file_sql, id, [&](Row& row) -> Result<void> {
    FileRow read = read_file(row);
    const auto place = places.find(read.job);
    const char* lie = row.lie() ? row.lie() : misfit(read.file);
    if (!lie && place == places.end()) lie = "job";
    if (!lie && read.file.index != jobs[place->second].files.size()) lie = "position";
    if (lie) return damage(fmt::format("job {}, file {}, column {}", read.job.text(), read.file.index, lie));
    jobs[place->second].files.push_back(std::move(read.file));
    return {};
  }));
  for (const StoredJob& stored : jobs) {
    const auto& error = stored.job.error;
    if (error && error->file && *error->file >= stored.files.size())
      return damage(fmt::format("job {}, column error_file", stored.job.id.text()));
    if (stored.job.download && stored.files.size() != 1)
      return damage(fmt::format("job {} is a download, but has {} files", stored.job.id.text(), stored.files.size()));
  }
  return jobs;
}

void SqliteStore::save(const Job& job) { pending_.emplace_back(job); }
void SqliteStore::save(const JobId& id, const File& file) { pending_.emplace_back(FileWrite{id, file}); }
void SqliteStore::erase(const JobId& id) { pending_.emplace_back(id); }

Result<void> SqliteStore::commit() {
  const std::vector<Write> writes = std::exchange(pending_, {});
  if (writes.empty()) return {};
  Result<void> written = write_all(writes);
  // SQLite rolls back some failures by itself.
  if (!written && !sqlite3_get_autocommit(database_.get())) (void)rollback_.run();
  if (written) (void)log_.grow_ahead(database_.get());  // without it later commits are slower, no more
  return written;
}

// In the database SQLite overwrites by itself what is erased (secure_delete), but the log keeps older states of its
// pages: it is written over.
Result<void> SqliteStore::forget_erased() {
  errno = 0;
  int result = sqlite3_wal_checkpoint_v2(database_.get(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
  if (result == SQLITE_OK) result = log_.blank(database_.get());
  if (result != SQLITE_OK) return failure(result, "tidy");
  return {};
}

Result<void> SqliteStore::write_all(const std::vector<Write>& writes) {
  for (const Write& one : writes) {
    const auto* job = std::get_if<Job>(&one);
    const auto* file = std::get_if<FileWrite>(&one);
    const char* column = job ? misfit(*job) : file ? misfit(file->file) : nullptr;
    if (column) {
      return Error{
          E_INVALIDARG, ErrorContext::queue,
          fmt::format("job {} was not saved: its {} is not valid", (job ? job->id : file->job).text(), column)};
    }
  }
  errno = 0;
  int result = begin_.run();
  for (const Write& one : writes) {
    if (result != SQLITE_DONE) break;
    result = write(one);
  }
  if (result == SQLITE_DONE) result = commit_.run();
  if (result != SQLITE_DONE) return failure(result, "write to");
  return {};
}

int SqliteStore::write(const Write& write) {
  if (const auto* job = std::get_if<Job>(&write)) return save_row(save_job_, *job);
  if (const auto* file = std::get_if<FileWrite>(&write)) return save_row(save_file_, file->job, file->file);
  return erase_job_.run(std::get<JobId>(write));
}

Error SqliteStore::failure(int result, const char* doing) const {
  const int number = errno;  // SQLite doesn't tell the one of a failed commit
  const std::string reason = database_ ? sqlite3_errmsg(database_.get()) : sqlite3_errstr(result);
  const auto error = [&](HRESULT code, const std::string& why) {
    return Error{code, ErrorContext::queue, fmt::format("can't {} the job queue {}: {}", doing, escaped(path_), why)};
  };
  const auto full = [&] {
    return error(HRESULT_FROM_WIN32(ERROR_DISK_FULL),
                 "there is no room for it, on the disk or within a quota or limit; make some");
  };
  switch (result & 0xFF) {  // the primary code
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return damage(reason);
    case SQLITE_FULL:
      return full();
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return error(HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION), "another program has it open; end that first");
    case SQLITE_NOMEM:
      return error(E_OUTOFMEMORY, "memory is short");
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return error(E_ACCESSDENIED, reason);
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      if (number == ENOSPC || number == EDQUOT || number == EFBIG) return full();
      return error(HRESULT_FROM_WIN32(ERROR_WRITE_FAULT),
                   number ? fmt::format("{} ({})", reason, std::strerror(number)) : reason);
    default:
      return error(E_UNEXPECTED, reason);
  }
}

Error SqliteStore::damage(const std::string& reason) const { return damaged(path_, reason); }

}  // namespace dosvc
