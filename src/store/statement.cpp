#include "store/statement.h"

#include <algorithm>

namespace dosvc {

Uuid Row::uuid() {
  Uuid id;
  const std::string held = blob();
  if (held.size() == id.bytes.size()) {
    std::copy(held.begin(), held.end(), id.bytes.begin());
  } else {
    blame();
  }
  return id;
}

std::int64_t Row::number() {
  const int column = next_++;
  if (sqlite3_column_type(statement_, column) != SQLITE_INTEGER) blame(column);
  return sqlite3_column_int64(statement_, column);
}

std::int64_t Row::number_between(std::int64_t lowest, std::int64_t highest) {
  const std::int64_t value = number();
  if (value >= lowest && value <= highest) return value;
  blame();
  return 0;
}

std::string Row::bytes(int type) {
  const int column = next_++;
  if (sqlite3_column_type(statement_, column) != type) {
    blame(column);
    return {};
  }
  // The size is asked for apart, so that text with a NUL comes back whole.
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return data ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

int Statement::prepare(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* made = nullptr;
  const int result = sqlite3_prepare_v3(database, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  statement_.reset(made);
  return result;
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

int Statement::bind_bytes(int position, const std::string& text) {
  return sqlite3_bind_text64(statement_.get(), position, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

int Statement::bind_bytes(int position, const Uuid& id) {
  return sqlite3_bind_blob64(statement_.get(), position, id.bytes.data(), id.bytes.size(), SQLITE_STATIC);
}

}  // namespace dosvc
