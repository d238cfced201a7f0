#include "store/rows.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <string_view>
#include <utility>
#include <vector>

#include "store/columns.h"
#include "store/packing.h"

namespace dosvc {
namespace {

// ---- Names ----

class Names {
 public:
  explicit Names(const char* first) : names({first}) {}

  template <class T>
  void operator()(const char* name, const T&) {
    names.emplace_back(name);
  }
  template <class T, class List>
  void together(const std::optional<T>&, List list) {
    const T any{};
    list(*this, any);
  }

  std::vector<std::string_view> names;
};

std::vector<std::string_view> names_of_job() {
  Names names("state");
  const Job any;
  job_columns(names, any);
  return names.names;
}

std::vector<std::string_view> names_of_file() {
  Names names("job");
  const File any;
  file_columns(names, any);
  return names.names;
}

std::string joined(const std::vector<std::string_view>& texts) {
  std::string all;
  for (const std::string_view text : texts) all.append(all.empty() ? "" : ", ").append(text);
  return all;
}

// Not INSERT OR REPLACE: that deletes the old row first, and a job's files with it.
std::string save_sql(const std::string& table, const std::vector<std::string_view>& columns, const std::string& key) {
  std::string update;
  for (const std::string_view column : columns) {
    update.append(update.empty() ? "" : ", ").append(column).append(" = excluded.").append(column);
  }
  return "INSERT INTO " + table + " (" + joined(columns) + ") VALUES (" +
         joined(std::vector<std::string_view>(columns.size(), "?")) + ") ON CONFLICT (" + key + ") DO UPDATE SET " +
         update;
}

// ---- Writing ----

class Binder {
 public:
  explicit Binder(Statement& statement) : statement_(statement) {}

  template <class T>
  void operator()(const char*, const T& value) {
    bind(value);
  }
  template <class T, class List>
  void together(const std::optional<T>& value, List list) {
    absent_ = !value;
    const T any{};
    list(*this, value ? *value : any);
    absent_ = false;
  }

  // Carries the statement out.
  int run() {
    if (result_ == SQLITE_OK) return statement_.run();
    statement_.reset();
    return result_;
  }

 private:
  template <class T>
  void bind(const T& value) {
    if (result_ != SQLITE_OK) return;
    ++position_;
    result_ = absent_ ? statement_.bind(position_, nullptr) : statement_.bind(position_, value);
  }
  template <class T>
  void bind(const std::optional<T>& value) {
    if (value) return bind(*value);
    bind(nullptr);
  }
  template <class Rep, class Period>
  void bind(std::chrono::duration<Rep, Period> time) {
    bind(time.count());
  }
  void bind(WallTime time) { bind(time.time_since_epoch()); }
  void bind(const RangeSet& set) { bind_made(set.text()); }
  template <class T>
  void bind(const std::vector<T>& list) {
    bind_made(pack(list));
  }
  void bind_made(std::string text) { bind(made_.emplace_back(std::move(text))); }

  Statement& statement_;
  int position_ = 0;
  int result_ = SQLITE_OK;
  bool absent_ = false;
  std::deque<std::string> made_;  // what is bound must live until the statement was carried out
};

// ---- Reading ----

constexpr ApiView last_of(ApiView) { return ApiView::delivery_optimization; }
constexpr ErrorContext last_of(ErrorContext) { return ErrorContext::remote_application; }
constexpr FileStage last_of(FileStage) { return FileStage::completed; }
constexpr Priority last_of(Priority) { return Priority::low; }
constexpr ProxyUsage last_of(ProxyUsage) { return ProxyUsage::detected; }
constexpr Verdict last_of(Verdict) { return Verdict::invalid; }

class Reader {
 public:
  explicit Reader(Row& row) : row_(row) {}

  template <class T>
  void operator()(const char*, T& value) {
    read(value);
  }
  template <class T, class List>
  void together(std::optional<T>& value, List list) {
    absent_ = row_.next_is_null();
    T found{};
    list(*this, found);
    if (!std::exchange(absent_, false)) value = std::move(found);
  }

 private:
  template <class T>
  void read(T& value) {
    if (absent_) {
      expect_null();
    } else if constexpr (std::is_enum_v<T>) {
      value = row_.enumerator(last_of(T{}));
    } else if constexpr (std::integral<T>) {
      value = row_.integer<T>();
    } else {
      read_text(value);
    }
  }
  template <class T>
  void read(std::optional<T>& value) {
    if (absent_ || row_.next_is_null()) return expect_null();
    read(value.emplace());
  }
  template <class Rep, class Period>
  void read(std::chrono::duration<Rep, Period>& time) {
    Rep count{};
    read(count);
    time = std::chrono::duration<Rep, Period>(count);
  }
  void read(WallTime& time) {
    WallTime::duration since{};
    read(since);
    time = WallTime(since);
  }

  void expect_null() {
    const bool null = row_.next_is_null();
    row_.skip();
    if (!null) row_.blame();
  }

  void read_text(std::string& text) { text = row_.text(); }
  void read_text(Uuid& id) { id = row_.uuid(); }
  void read_text(std::vector<std::string>& texts) { take(texts, unpack(row_.text())); }
  void read_text(std::vector<Credentials>& credentials) { take(credentials, unpack_credentials(row_.text())); }
  void read_text(std::vector<FileRange>& ranges) { take(ranges, unpack_ranges(row_.text())); }
  void read_text(RangeSet& set) { take(set, RangeSet::parse(row_.text())); }
  template <class T>
  void take(T& value, std::optional<T> unpacked) {
    if (unpacked) {
      value = *std::move(unpacked);
    } else {
      row_.blame();
    }
  }

  Row& row_;
  bool absent_ = false;
};

}  // namespace

std::string job_columns() { return joined(names_of_job()); }
std::string file_columns() { return joined(names_of_file()); }
std::string save_job_sql() { return save_sql("jobs", names_of_job(), "id"); }
std::string save_file_sql() { return save_sql("files", names_of_file(), "job, position"); }

int save_row(Statement& statement, const Job& job) {
  Binder binder(statement);
  binder("state", job.state());
  job_columns(binder, job);
  return binder.run();
}

int save_row(Statement& statement, const JobId& id, const File& file) {
  Binder binder(statement);
  binder("job", id);
  file_columns(binder, file);
  return binder.run();
}

Job read_job(Row& row) {
  Job job = Job::restored(row.enumerator(JobState::cancelled));
  Reader reader(row);
  job_columns(reader, job);
  return job;
}

FileRow read_file(Row& row) {
  FileRow read;
  read.job = row.uuid();
  Reader reader(row);
  file_columns(reader, read.file);
  return read;
}

}  // namespace dosvc
