-- A queue as schema 2 was released. Kept as it is: later schemas must go on reading it.
PRAGMA application_id = 1685025654;
PRAGMA user_version = 2;

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
  credentials       TEXT    NOT NULL,
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
, maximum_download_time    INTEGER NOT NULL DEFAULT 7776000, notify_program           TEXT    NOT NULL DEFAULT '', notify_parameters        TEXT    NOT NULL DEFAULT '', notify_class             BLOB    NOT NULL DEFAULT x'00000000000000000000000000000000', notify_interval          INTEGER NOT NULL DEFAULT 500, cost_flags               INTEGER NOT NULL DEFAULT 0, peer_caching_flags       INTEGER NOT NULL DEFAULT 0, file_acl_flags           INTEGER NOT NULL DEFAULT 0, dynamic_content          INTEGER NOT NULL DEFAULT 0, high_performance         INTEGER NOT NULL DEFAULT 0, on_demand                INTEGER NOT NULL DEFAULT 0, maximum_size             INTEGER, stored_proxy_credentials INTEGER NOT NULL DEFAULT 0, resumed                  INTEGER NOT NULL DEFAULT 0, downloading              INTEGER NOT NULL DEFAULT 0, command_done             INTEGER NOT NULL DEFAULT 0, http_method          TEXT    NOT NULL DEFAULT '', headers_hidden       INTEGER NOT NULL DEFAULT 0, auth_headers         TEXT    NOT NULL DEFAULT '', certificate_location INTEGER, certificate_store    TEXT, certificate_sha1     TEXT, certificate_subject  TEXT, certificate_pem      TEXT, security_flags       INTEGER NOT NULL DEFAULT 0, proxy_usage          INTEGER NOT NULL DEFAULT 0, proxy_list           TEXT    NOT NULL DEFAULT '', proxy_bypass         TEXT    NOT NULL DEFAULT '', download_content_id         TEXT, download_correlation_vector TEXT, download_cost_policy        INTEGER, download_no_cellular        INTEGER, download_callback_percent   INTEGER, download_callback_interval  INTEGER, download_keep               INTEGER, download_to_stream          INTEGER, error_no_progress            INTEGER, download_no_progress_timeout INTEGER, download_finished INTEGER) STRICT, WITHOUT ROWID;

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
  temp_inode    INTEGER NOT NULL, file_id             TEXT    NOT NULL DEFAULT '', hashes_url          TEXT    NOT NULL DEFAULT '', hashes_digest       TEXT    NOT NULL DEFAULT '', hash_of_hashes      TEXT    NOT NULL DEFAULT '', integrity_mandatory INTEGER NOT NULL DEFAULT 0, ranges              TEXT    NOT NULL DEFAULT '', wanted              TEXT    NOT NULL DEFAULT '', verdict             INTEGER NOT NULL DEFAULT 0, answer_status       INTEGER NOT NULL DEFAULT 0, answer_headers      TEXT    NOT NULL DEFAULT '', answer_url          TEXT    NOT NULL DEFAULT '', answer_address      TEXT    NOT NULL DEFAULT '', fetched             INTEGER NOT NULL DEFAULT 0, fetching            INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (job, position)
) STRICT, WITHOUT ROWID;

INSERT INTO jobs VALUES (x'ababababababababababababababab01', 4000000000, 1, 5, CAST(x'4772c3b6c39f6520ff20616e64200a206c696e65' AS TEXT), CAST(x'6265666f7265006166746572' AS TEXT), 1, 4294967295, 11, 1000000000000, 455, '4:A: b,6:C: d,e,0:,', CAST(x'313a322c313a342c303a2c303a2c313a312c313a322c393a4ac3bc7267656e3a2c2c353a333aff0a2c2c' AS TEXT), '/etc/ca.pem', 'http://p:1', 'http://q:2', 'localhost,.lan', -5, 1700000000000001, 0, 4000000001, -2145844745, 5, 'no', 1, 503, 4294967295, CAST(x'2f7573722f62696e2fff2074656c6c' AS TEXT), CAST(x'74656c6c20226d6522200920616c6c' AS TEXT), x'abababababababababababababababc8', 13, 4294967294, 5, 6, 1, 1, 1, -3, 1, 1, 12, 1, 'POST', 1, '19:Authorization: 1:x,,', 131072, 'MY', 'cccccccccccccccccccccccccccccccccccccccc', CAST(x'434e3dff' AS TEXT), '-----BEGIN', 4294967293, 2, 'http=a:1 b:2', '*.lan;c', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, NULL, NULL);
INSERT INTO jobs VALUES (x'ababababababababababababababab02', 4000000000, 1, 5, CAST(x'4772c3b6c39f6520ff20616e64200a206c696e65' AS TEXT), CAST(x'6265666f7265006166746572' AS TEXT), 1, 4294967295, 11, 1000000000000, 455, '4:A: b,6:C: d,e,0:,', CAST(x'313a322c313a342c303a2c303a2c313a312c313a322c393a4ac3bc7267656e3a2c2c353a333aff0a2c2c' AS TEXT), '/etc/ca.pem', 'http://p:1', 'http://q:2', 'localhost,.lan', -5, 1700000000000001, 0, 4000000001, NULL, NULL, NULL, NULL, NULL, 4294967295, CAST(x'2f7573722f62696e2fff2074656c6c' AS TEXT), CAST(x'74656c6c20226d6522200920616c6c' AS TEXT), x'abababababababababababababababc8', 13, 4294967294, 5, 6, 1, 1, 1, -3, 1, 1, 12, 1, 'POST', 1, '19:Authorization: 1:x,,', 131072, 'MY', 'cccccccccccccccccccccccccccccccccccccccc', CAST(x'434e3dff' AS TEXT), '-----BEGIN', 4294967293, 2, 'http=a:1 b:2', '*.lan;c', 'content', 'vector.1', 3, 1, 100, 14, 1, 1, NULL, 16, 17);
INSERT INTO files VALUES (x'ababababababababababababababab01', 0, CAST(x'68747470733a2f2f686f73742fc3a43f783d31' AS TEXT), CAST(x'2f746d702fff206e616d65' AS TEXT), '/tmp/.name.part', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', 1, 9223372036854775807, '"etag"', 'Sun, 06 Nov 1994 08:49:37 GMT', 784111777000000, '0-100,200-18446744073709551615', -2, -9223372036854775807, CAST(x'fe206964' AS TEXT), 'https://host/hashes?y', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 1, '200+7,0+100,300+', '5-6,9-18446744073709551615', 2, 206, CAST(x'485454502f312e312032303620ff0d0a413a20620d0a' AS TEXT), 'http://other/x', '[::1]', -4, 15);
INSERT INTO files VALUES (x'ababababababababababababababab01', 1, CAST(x'68747470733a2f2f686f73742fc3a43f783d31' AS TEXT), CAST(x'2f746d702fff206e616d65' AS TEXT), '/tmp/.name.part', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', 1, 9223372036854775807, '"etag"', 'Sun, 06 Nov 1994 08:49:37 GMT', 784111777000000, '0-100,200-18446744073709551615', -2, -9223372036854775807, CAST(x'fe206964' AS TEXT), 'https://host/hashes?y', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 1, '200+7,0+100,300+', '5-6,9-18446744073709551615', 2, 206, CAST(x'485454502f312e312032303620ff0d0a413a20620d0a' AS TEXT), 'http://other/x', '[::1]', -4, 15);
INSERT INTO files VALUES (x'ababababababababababababababab02', 0, '', '', '', '', 0, NULL, '', '', NULL, '', 0, 0, '', '', '', '', 0, '', '', 0, 0, '', '', '', 0, 0);
