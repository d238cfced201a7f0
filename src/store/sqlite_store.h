#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/store.h"
#include "store/log_file.h"
#include "store/statement.h"

namespace dosvc {

// The queue in one SQLite database: write-ahead log, synced at every commit. Writes are kept in memory until commit()
// carries them all out in one transaction, so that load() shows what was last committed and nothing is held locked in
// between. The file is held exclusively while the store lives; one process at a time can have it.
//
// Not bound to a thread, but used by one at a time. Errors name the file. docs/store.md describes the tables.
class SqliteStore final : public Store {
 public:
  // Opens the database, or makes it, with mode 0600. Refused, and every byte left as it was:
  // BG_E_DATABASE_CORRUPT (damaged, or not ours), ERROR_NOT_SUPPORTED (of a newer schema).
  // ERROR_SHARING_VIOLATION: another program has it open.
  static Result<std::unique_ptr<SqliteStore>> open(const std::string& path);
  ~SqliteStore() override = default;
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;

  Result<std::vector<StoredJob>> load() override;
  Result<StoredJob> load(const JobId& id) override;
  void save(const Job& job) override;
  void save(const JobId& id, const File& file) override;
  void erase(const JobId& id) override;
  // E_INVALIDARG when something was to be saved that a load would have to refuse.
  Result<void> commit() override;
  Result<void> forget_erased() override;

 private:
  struct FileWrite {
    JobId job;
    File file;
  };
  using Write = std::variant<Job, FileWrite, JobId>;  // a JobId: to be erased
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
  };

  explicit SqliteStore(std::string path) : path_(std::move(path)) {}

  Result<void> connect();
  Result<void> verify();
  Result<void> migrate();
  Result<void> prepare();
  Result<int> number(const char* pragma);
  Result<void> execute(const std::string& sql, const char* doing = "set up");
  void keep_log_on_close(bool keep);

  // The rows of a SELECT whose only parameter, if it has one, is `id`.
  template <class TakeRow>
  Result<void> each_row(const std::string& sql, const JobId* id, TakeRow take);
  Result<std::vector<StoredJob>> read(const JobId* id);

  Result<void> write_all(const std::vector<Write>& writes);
  int write(const Write& write);

  Error failure(int result, const char* doing) const;  // of the SQLite call that was just made
  Error damage(const std::string& reason) const;

  const std::string path_;
  std::unique_ptr<sqlite3, Close> database_;
  // Finalized before the database is closed.
  Statement begin_, commit_, rollback_, save_job_, save_file_, erase_job_;
  LogFile log_;
  bool has_old_log_ = false;  // left by a crash, and not yet read
  std::vector<Write> pending_;
};

}  // namespace dosvc
