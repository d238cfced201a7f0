// The queue as another program, or a damaged disk, may have left it. Each line changes one value of a good one:
//   jobs|files ROW COLUMN i|r NUMBER, jobs|files ROW COLUMN t|b BYTES, jobs|files ROW COLUMN n
// Job 1 has two files, 1 and 2; job 2 is a download, and file 3 its. A queue that isn't refused must be the same after
// it was saved again.

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "fuzz/input.h"
#include "store/sample_queue.h"
#include "store/sqlite_store.h"

using namespace dosvc;

namespace {

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

void save_all(SqliteStore& store, const std::vector<StoredJob>& jobs) {
  for (const StoredJob& each : jobs) {
    store.save(each.job);
    for (const File& file : each.files) store.save(each.job.id, file);
  }
  const auto committed = store.commit();
  must(committed.ok(), "what was loaded can be saved");
}

bool same(const std::vector<StoredJob>& a, const std::vector<StoredJob>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const StoredJob& x, const StoredJob& y) { return x.job == y.job && x.files == y.files; });
}

std::unique_ptr<SqliteStore> opened(const std::string& path) {
  auto store = SqliteStore::open(path);
  must(store.ok(), "a store can be opened");
  return std::move(store).take();
}

// The bytes of a good queue.
std::string good_queue() {
  const QueueFolder folder;
  Job download = full_job(2);
  download.download = full_download();
  download.error->file = 0;
  save_all(*opened(folder.path), {{full_job(1), {full_file(0), full_file(1)}}, {download, {full_file(0)}}});
  return bytes_of(folder.path);
}

struct Place {
  const char* table;
  const char* row;
};

std::optional<Place> place_of(std::string_view table, std::string_view row) {
  constexpr std::array kJobs = {"id = x'ABABABABABABABABABABABABABABAB01'", "id = x'ABABABABABABABABABABABABABABAB02'"};
  constexpr std::array kFiles = {"job = x'ABABABABABABABABABABABABABABAB01' AND position = 0",
                                 "job = x'ABABABABABABABABABABABABABABAB01' AND position = 1",
                                 "job = x'ABABABABABABABABABABABABABABAB02' AND position = 0"};
  const auto number = Input::number_in(row).value_or(0) - 1;
  if (table == "jobs" && number < kJobs.size()) return Place{"jobs", kJobs[number]};
  if (table == "files" && number < kFiles.size()) return Place{"files", kFiles[number]};
  return std::nullopt;
}

bool is_name(std::string_view column) {
  return !column.empty() && column.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789") == column.npos;
}

std::string_view take_word(std::string_view& line) {
  const auto word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(word.size() + 1, line.size()));
  return word;
}

void change(sqlite3* database, std::string_view line) {
  const auto table = take_word(line);
  const auto place = place_of(table, take_word(line));
  const auto column = take_word(line), kind = take_word(line);
  if (!place || !is_name(column) || kind.empty()) return;
  const std::string sql =
      std::string("UPDATE ") + place->table + " SET " + std::string(column) + " = ? WHERE " + place->row;
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v2(database, sql.c_str(), -1, &made, nullptr) != SQLITE_OK) return;
  const std::unique_ptr<sqlite3_stmt, Close> statement(made);
  const auto bits = Input::number_in(line.starts_with('-') ? line.substr(1) : line).value_or(0);
  const auto number = static_cast<std::int64_t>(line.starts_with('-') ? ~bits + 1 : bits);
  switch (kind.front()) {
    case 'i':
      sqlite3_bind_int64(made, 1, number);
      break;
    case 'r':
      sqlite3_bind_double(made, 1, static_cast<double>(number) / 2);
      break;
    case 't':
      sqlite3_bind_text64(made, 1, line.data(), line.size(), SQLITE_STATIC, SQLITE_UTF8);
      break;
    case 'b':
      sqlite3_bind_blob64(made, 1, line.data(), line.size(), SQLITE_STATIC);
      break;
    default:
      break;
  }
  sqlite3_step(made);  // a value that the table refuses can't be there
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string good = good_queue();
  static const QueueFolder folder;
  for (const char* name : {"queue.db", "queue.db-wal", "queue.db-journal"})
    std::filesystem::remove(folder.folder / name);
  std::ofstream(folder.path, std::ios::binary) << good;
  {
    sqlite3* made = nullptr;
    must(sqlite3_open(folder.path.c_str(), &made) == SQLITE_OK, "the queue is a database");
    const std::unique_ptr<sqlite3, Close> database(made);
    sqlite3_exec(made, "BEGIN", nullptr, nullptr, nullptr);
    for (Input input(data, size); !input.done();) change(made, input.line());
    sqlite3_exec(made, "COMMIT", nullptr, nullptr, nullptr);
  }
  const auto store = opened(folder.path);
  const auto jobs = store->load();
  if (!jobs) {
    must(jobs.error().code == BG_E_DATABASE_CORRUPT, "what can't be is refused as damage");
    must(jobs.error().message.find("column") != std::string::npos ||
             jobs.error().message.find("download") != std::string::npos,
         "and the place is told");
    must(bytes_of(folder.path).size() >= good.size(), "and nothing is taken away");
    return 0;
  }
  save_all(*store, *jobs);
  const auto again = store->load();
  must(again.ok() && same(*jobs, *again), "what is loaded is the same after it was saved");
  return 0;
}
