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

// Of what a job of schema 1 has been through only this is left to tell whether it was ever resumed. "user:password" was
// sent as Basic, and becomes one entry of a list, cut at the first colon by its bytes: they needn't be UTF-8.
constexpr const char* kWholeInterfaces = R"sql(
ALTER TABLE jobs ADD COLUMN maximum_download_time    INTEGER NOT NULL DEFAULT 7776000;
ALTER TABLE jobs ADD COLUMN notify_program           TEXT    NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN notify_parameters        TEXT    NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN notify_class             BLOB    NOT NULL DEFAULT x'00000000000000000000000000000000';
ALTER TABLE jobs ADD COLUMN notify_interval          INTEGER NOT NULL DEFAULT 500;
ALTER TABLE jobs ADD COLUMN cost_flags               INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN peer_caching_flags       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN file_acl_flags           INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN dynamic_content          INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN high_performance         INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN on_demand                INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN maximum_size             INTEGER;
ALTER TABLE jobs ADD COLUMN stored_proxy_credentials INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN resumed                  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN downloading              INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN command_done             INTEGER NOT NULL DEFAULT 0;

ALTER TABLE jobs ADD COLUMN http_method          TEXT    NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN headers_hidden       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN auth_headers         TEXT    NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN certificate_location INTEGER;
ALTER TABLE jobs ADD COLUMN certificate_store    TEXT;
ALTER TABLE jobs ADD COLUMN certificate_sha1     TEXT;
ALTER TABLE jobs ADD COLUMN certificate_subject  TEXT;
ALTER TABLE jobs ADD COLUMN certificate_pem      TEXT;
ALTER TABLE jobs ADD COLUMN security_flags       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN proxy_usage          INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN proxy_list           TEXT    NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN proxy_bypass         TEXT    NOT NULL DEFAULT '';

ALTER TABLE jobs ADD COLUMN download_content_id         TEXT;
ALTER TABLE jobs ADD COLUMN download_correlation_vector TEXT;
ALTER TABLE jobs ADD COLUMN download_cost_policy        INTEGER;
ALTER TABLE jobs ADD COLUMN download_no_cellular        INTEGER;
ALTER TABLE jobs ADD COLUMN download_callback_percent   INTEGER;
ALTER TABLE jobs ADD COLUMN download_callback_interval  INTEGER;
ALTER TABLE jobs ADD COLUMN download_keep               INTEGER;
ALTER TABLE jobs ADD COLUMN download_to_stream          INTEGER;

ALTER TABLE jobs ADD COLUMN error_no_progress            INTEGER;
ALTER TABLE jobs ADD COLUMN download_no_progress_timeout INTEGER;
ALTER TABLE jobs ADD COLUMN download_finished            INTEGER;
UPDATE jobs SET error_no_progress = 0 WHERE error_code IS NOT NULL;

ALTER TABLE files ADD COLUMN file_id             TEXT    NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN hashes_url          TEXT    NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN hashes_digest       TEXT    NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN hash_of_hashes      TEXT    NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN integrity_mandatory INTEGER NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN ranges              TEXT    NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN wanted              TEXT    NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN verdict             INTEGER NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN answer_status       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN answer_headers      TEXT    NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN answer_url          TEXT    NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN answer_address      TEXT    NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN fetched             INTEGER NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN fetching            INTEGER NOT NULL DEFAULT 0;

UPDATE jobs SET resumed = 1 WHERE state <> 3 OR EXISTS (
  SELECT 1 FROM files WHERE job = jobs.id AND (stage <> 0 OR done <> ''));

ALTER TABLE jobs RENAME COLUMN user_password TO credentials;
WITH split AS (
  SELECT id, CAST(credentials AS BLOB) AS both, instr(CAST(credentials || ':' AS BLOB), x'3A') AS colon FROM jobs),
parts AS (
  SELECT id, substr(both, 1, colon - 1) AS user, substr(both, colon + 1) AS password FROM split)
UPDATE jobs SET credentials = (
  SELECT '1:1,1:1,' || length(user) || ':' || CAST(user AS TEXT) || ',' ||
         length(password) || ':' || CAST(password AS TEXT) || ',' FROM parts WHERE parts.id = jobs.id)
WHERE credentials <> '';
)sql";

// Schema 2 doesn't tell whether a job was taken over. Its files were then made as its owner, and stay so.
constexpr const char* kWhoseFiles = R"sql(
ALTER TABLE jobs ADD COLUMN files_of INTEGER NOT NULL DEFAULT 0;
UPDATE jobs SET files_of = owner;
)sql";

constexpr Migration kMigrations[] = {
    {1, kJobsAndFiles},
    {2, kWholeInterfaces},
    {3, kWhoseFiles},
};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

}  // namespace dosvc
