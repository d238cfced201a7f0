-- A queue as schema 1 was released. Kept as it is: later schemas must go on reading it.
PRAGMA application_id = 1685025654;
PRAGMA user_version = 1;

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

INSERT INTO jobs VALUES (x'ababababababababababababababab01', 4000000000, 1, 5, CAST(x'4772c3b6c39f6520ff20616e64200a206c696e65' AS TEXT), CAST(x'6265666f7265006166746572' AS TEXT), 1, 4294967295, 11, 1000000000000, 455, '4:A: b,6:C: d,e,0:,', 'me:secret', '/etc/ca.pem', 'http://p:1', 'http://q:2', 'localhost,.lan', -5, 1700000000000001, 0, 4000000001, -2145844745, 5, 'no', 1, 503);
INSERT INTO jobs VALUES (x'ababababababababababababababab02', 1000, 0, 3, 'new', '', 2, 3, 600, 1209600, 18, '', '', '', '', '', '', 1700000000000000, 1700000000000000, NULL, 0, NULL, NULL, NULL, NULL, NULL);
INSERT INTO files VALUES (x'ababababababababababababababab01', 0, CAST(x'68747470733a2f2f686f73742fc3a43f783d31' AS TEXT), CAST(x'2f746d702fff206e616d65' AS TEXT), '/tmp/.name.part', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', 1, 9223372036854775807, '"etag"', 'Sun, 06 Nov 1994 08:49:37 GMT', 784111777000000, '0-100,200-18446744073709551615', -2, -9223372036854775807);
INSERT INTO files VALUES (x'ababababababababababababababab01', 1, CAST(x'68747470733a2f2f686f73742fc3a43f783d31' AS TEXT), CAST(x'2f746d702fff206e616d65' AS TEXT), '/tmp/.name.part', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', 1, 9223372036854775807, '"etag"', 'Sun, 06 Nov 1994 08:49:37 GMT', 784111777000000, '0-100,200-18446744073709551615', -2, -9223372036854775807);
