#pragma once

#include <sqlite3.h>

namespace dosvc {

// The file of a database's write-ahead log, as SQLite has it open: what SQLite doesn't do for it. It keeps its blocks
// and has some ahead of what is written. A commit into blocks that are there needs nothing of the filesystem; one that
// needs new ones must wait for the filesystem's own log, and with it for what everybody else writes to that disk.
//
// All results are SQLite's codes.
class LogFile {
 public:
  // After a commit: more blocks, filled with zeros, once it has used up those that were there.
  int grow_ahead(sqlite3* database);
  // Of a log whose every frame stands in the database, and which is to be begun anew by the next commit: nothing of it
  // is left on the disk. A power cut in between leaves it whole or empty.
  int blank(sqlite3* database);

 private:
  sqlite3_int64 size_ = 0;  // as we left it; larger when SQLite needed more
};

}  // namespace dosvc
