#pragma once

#include <span>

namespace dosvc {

// One step of the schema: what leads from the number before to this one. A released step is never changed; a new need
// is a new step. docs/store.md tells the history.
struct Migration {
  int schema;
  const char* sql;
};

std::span<const Migration> migrations();  // numbered from 1 without a gap

// "dosv": what tells our database from any other (PRAGMA application_id).
inline constexpr int kApplicationId = 0x646F7376;

}  // namespace dosvc
