#pragma once

#include <sqlite3.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>

#include "base/guid.h"

namespace dosvc {

// Reads the columns of the current row, from left to right. A value that isn't of the asked kind reads as an empty one
// and is remembered: ask lie() before using what was read.
class Row {
 public:
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}

  template <std::integral T>
  T integer() {
    if constexpr (sizeof(T) == 8) return static_cast<T>(number());  // unsigned ones are kept by their bits
    return static_cast<T>(number_between(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  }
  template <class E>
  E enumerator(E last) {
    return static_cast<E>(number_between(0, static_cast<std::int64_t>(last)));
  }
  std::string text() { return bytes(SQLITE_TEXT); }
  std::string blob() { return bytes(SQLITE_BLOB); }
  Uuid uuid();

  bool next_is_null() const { return sqlite3_column_type(statement_, next_) == SQLITE_NULL; }
  void skip() { ++next_; }

  // Says that the column read last doesn't hold what it must.
  void blame() { blame(next_ - 1); }
  // The name of the first column that doesn't hold what it must; empty when all do.
  const char* lie() const { return lie_; }

 private:
  void blame(int column) {
    if (!lie_) lie_ = sqlite3_column_name(statement_, column);
  }
  std::int64_t number();
  std::int64_t number_between(std::int64_t lowest, std::int64_t highest);
  std::string bytes(int type);

  sqlite3_stmt* statement_;
  int next_ = 0;
  const char* lie_ = nullptr;
};

// A prepared statement. Values are bound in the order of its parameters. Nothing is copied: they must live until the
// statement was reset, which an argument of run() does. All results are SQLite's codes.
class Statement {
 public:
  int prepare(sqlite3* database, const std::string& sql);

  // Binds, carries the statement out and resets it: SQLITE_DONE, or what went wrong.
  template <class... Values>
  int run(const Values&... values) {
    int position = 0;
    int result = SQLITE_OK;
    (void)((result = bind(++position, values), result == SQLITE_OK) && ...);
    if (result == SQLITE_OK) result = step();
    reset();
    return result;
  }

  template <class T>
  int bind(int position, const T& value) {
    if constexpr (std::integral<T> || std::is_enum_v<T>) {
      return sqlite3_bind_int64(statement_.get(), position, static_cast<std::int64_t>(value));
    } else {
      return bind_bytes(position, value);
    }
  }
  int bind(int position, std::nullptr_t) { return sqlite3_bind_null(statement_.get(), position); }

  int step() { return sqlite3_step(statement_.get()); }  // SQLITE_ROW, SQLITE_DONE, or what went wrong
  Row row() const { return Row(statement_.get()); }
  void reset();

 private:
  int bind_bytes(int position, const std::string& text);
  int bind_bytes(int position, const Uuid& id);

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace dosvc
