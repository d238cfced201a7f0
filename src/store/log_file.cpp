#include "store/log_file.h"

#include <algorithm>
#include <array>

namespace dosvc {
namespace {

constexpr sqlite3_int64 kLeastAhead = 64 << 10;
constexpr sqlite3_int64 kMostAhead = 1 << 20;
constexpr sqlite3_int64 kMostKept = 8 << 20;  // what a very large commit has needed isn't kept for ever
constexpr sqlite3_int64 kHead = 32;           // "WAL header", https://sqlite.org/fileformat.html

sqlite3_file* log_of(sqlite3* database) {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) != SQLITE_OK) return nullptr;
  return file && file->pMethods ? file : nullptr;
}

int write_zeros(sqlite3_file* file, sqlite3_int64 begin, sqlite3_int64 end) {
  static constexpr std::array<char, 64 << 10> kZeros{};
  int result = SQLITE_OK;
  while (result == SQLITE_OK && begin < end) {
    const auto part = std::min<sqlite3_int64>(end - begin, kZeros.size());
    result = file->pMethods->xWrite(file, kZeros.data(), static_cast<int>(part), begin);
    begin += part;
  }
  return result == SQLITE_OK ? file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY) : result;
}

}  // namespace

int LogFile::grow_ahead(sqlite3* database) {
  sqlite3_file* file = log_of(database);
  sqlite3_int64 size = 0;
  if (!file) return SQLITE_OK;
  if (const int result = file->pMethods->xFileSize(file, &size); result != SQLITE_OK) return result;
  if (size == size_) return SQLITE_OK;
  const sqlite3_int64 larger = size + std::clamp(size, kLeastAhead, kMostAhead);
  size_ = larger;
  return write_zeros(file, size, larger);
}

// The head first, and for itself: without one SQLite takes the log for empty. With one it would take what was not yet
// written over for the newest state of the database.
int LogFile::blank(sqlite3* database) {
  sqlite3_file* file = log_of(database);
  sqlite3_int64 size = 0;
  if (!file) return SQLITE_OK;
  int result = file->pMethods->xFileSize(file, &size);
  if (result == SQLITE_OK && size > 0) result = write_zeros(file, 0, std::min(size, kHead));
  if (result == SQLITE_OK && size > kMostKept) result = file->pMethods->xTruncate(file, size = kMostKept);
  if (result == SQLITE_OK) result = write_zeros(file, std::min(size, kHead), size);
  if (result == SQLITE_OK) size_ = size;
  return result;
}

}  // namespace dosvc
