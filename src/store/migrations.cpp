#include "store/migrations.h"

namespace dosvc {

namespace {

// Times are microseconds since 1970, delays seconds. Ids are 16 bytes. Numbers of enumerations are those of core/job.h
// and core/job_state.h. Paths and names are bytes, not necessarily UTF-8.
constexpr const char* kJobsAndFiles = R"sql(
CREATE TABLE jobs (
  id                  BLOB    NOT NULL PRIMARY KEY,
  owner               INTEGER NOT NULL,
  api_view            INTEGER NOT NULL,
  state               INTEGER NOT NULL,
  display_name        TEXT    NOT NULL,
  description         TEXT    NOT NULL,
  priority            INTEGER NOT NULL,
  notify_flags        INTEGER NOT NULL,
  minimum_retry_delay INTEGER NOT NULL,
  no_progress_timeout INTEGER NOT NULL,
  umask               INTEGER NOT NULL,
  http_headers        TEXT    NOT NULL,
  user_password       TEXT    NOT NULL,
  ca_file             TEXT    NOT NULL,
  http_proxy          TEXT    NOT NULL,
  https_proxy         TEXT    NOT NULL,
  no_proxy            TEXT    NOT NULL,
  created             INTEGER NOT NULL,
  modified            INTEGER NOT NULL,
  transfer_completed  INTEGER,
  error_count         INTEGER NOT NULL,
  error_code          INTEGER,
  error_context       INTEGER,
  error_message       TEXT,
  error_file          INTEGER,
  error_http_status   INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE files (
  job           BLOB    NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  position      INTEGER NOT NULL,
  remote_name   TEXT    NOT NULL,
  local_name    TEXT    NOT NULL,
  temp_name     TEXT    NOT NULL,
  sha256        TEXT    NOT NULL,
  stage         INTEGER NOT NULL,
  size          INTEGER,
  etag          TEXT    NOT NULL,
  last_modified TEXT    NOT NULL,
  modified      INTEGER,
  done          TEXT    NOT NULL,
  temp_device   INTEGER NOT NULL,
  temp_inode    INTEGER NOT NULL,
  PRIMARY KEY (job, position)
) STRICT, WITHOUT ROWID;
)sql";

constexpr Migration kMigrations[] = {
    {1, kJobsAndFiles},
};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

}  // namespace dosvc
