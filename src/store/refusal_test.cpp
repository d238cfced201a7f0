#include <gtest/gtest.h>

#include <utility>

#include "store/sample_queue.h"
#include "store/sqlite_store.h"

namespace dosvc {
namespace {

namespace fs = std::filesystem;

class RefusalTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteStore> open() {
    auto store = SqliteStore::open(queue_.path);
    if (!store) {
      ADD_FAILURE() << store.error().message;
      return nullptr;
    }
    return std::move(store).take();
  }
  void make_queue(int jobs = 1) {
    auto store = open();
    ASSERT_TRUE(store);
    for (int i = 0; i < jobs; ++i) {
      const Job job = full_job(static_cast<std::uint8_t>(i + 1));
      store->save(job);
      store->save(job.id, full_file(0));
      store->save(job.id, full_file(1));
    }
    const auto committed = store->commit();
    ASSERT_TRUE(committed) << committed.error().message;
  }
  // Opening and loading fails, names the file and leaves all as it was.
  Error expect_refused() {
    const auto before = queue_.contents();
    Error refusal;
    {
      auto store = SqliteStore::open(queue_.path);
      if (store) {
        auto jobs = (*store)->load();
        EXPECT_FALSE(jobs);
        if (!jobs) refusal = jobs.error();
      } else {
        refusal = store.error();
      }
    }
    EXPECT_NE(refusal.message.find(queue_.path), std::string::npos) << refusal.message;
    EXPECT_EQ(refusal.context, ErrorContext::queue);
    const auto after = queue_.contents();
    EXPECT_TRUE(before == after) << "files were " << before.size() << ", are " << after.size();
    return refusal;
  }

  QueueFolder queue_;
};

TEST_F(RefusalTest, what_is_no_database_is_refused_untouched) {
  std::ofstream(queue_.path)
      << "This is somebody's letter, not a queue. It is long enough to be taken for a header of one.";
  EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT);
}

TEST_F(RefusalTest, a_truncated_database_is_refused_untouched) {
  make_queue(200);
  const auto whole = fs::file_size(queue_.path);
  for (const auto size : {whole - 1, whole - 4096, whole / 2, std::uintmax_t{4096}, std::uintmax_t{50}}) {
    const std::string before = bytes_of(queue_.path);
    fs::resize_file(queue_.path, size);
    EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT) << size;
    std::ofstream(queue_.path, std::ios::binary) << before;
  }
  EXPECT_EQ(open()->load()->size(), 200u);
}

TEST_F(RefusalTest, a_log_without_its_database_is_refused_untouched) {
  QueueFolder::in_killed_process([&] {
    auto* store = open().release();
    store->save(full_job());
    (void)store->commit();
  });
  fs::resize_file(queue_.path, 0);
  EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT);
}

TEST_F(RefusalTest, a_database_with_overwritten_pages_is_refused_untouched) {
  make_queue(200);
  {
    std::fstream file(queue_.path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(4096 * 4);
    file << std::string(4096, '\x5A');
  }
  const Error refusal = expect_refused();
  EXPECT_EQ(refusal.code, BG_E_DATABASE_CORRUPT);
  EXPECT_EQ(refusal.message.find("\\x0a"), std::string::npos) << refusal.message;
  EXPECT_EQ(refusal.message.find("damaged ()"), std::string::npos) << refusal.message;
  EXPECT_EQ(refusal.message.rfind("the job queue ", 0), 0u) << refusal.message;
}

TEST_F(RefusalTest, a_folder_in_its_place_is_refused) {
  fs::create_directory(queue_.path);
  const auto store = SqliteStore::open(queue_.path);
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().message.find(queue_.path), std::string::npos);
}

TEST_F(RefusalTest, a_link_in_its_place_is_refused_and_its_target_not_made) {
  fs::create_symlink(queue_.folder / "elsewhere", queue_.path);
  EXPECT_FALSE(SqliteStore::open(queue_.path));
  EXPECT_FALSE(fs::exists(queue_.folder / "elsewhere"));
}

TEST_F(RefusalTest, a_newer_schema_is_refused_untouched) {
  make_queue();
  ASSERT_EQ(queue_.tamper("PRAGMA user_version = 1000"), "");
  const Error refusal = expect_refused();
  EXPECT_EQ(refusal.code, HRESULT_FROM_WIN32(ERROR_NOT_SUPPORTED));
  EXPECT_NE(refusal.message.find("newer dosvc (schema 1000"), std::string::npos) << refusal.message;
}

TEST_F(RefusalTest, a_newer_schema_that_stands_in_the_log_alone_is_refused_untouched) {
  make_queue();
  queue_.tamper_and_die("PRAGMA user_version = 1000");
  ASSERT_GT(fs::file_size(queue_.path + "-wal"), 0u);
  EXPECT_EQ(expect_refused().code, HRESULT_FROM_WIN32(ERROR_NOT_SUPPORTED));
}

TEST_F(RefusalTest, the_database_of_another_program_is_refused_untouched) {
  ASSERT_EQ(queue_.tamper("CREATE TABLE jobs (id INTEGER)"), "");
  EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT);
  ASSERT_EQ(queue_.tamper("PRAGMA application_id = 1; PRAGMA user_version = 1"), "");
  EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT);
}

TEST_F(RefusalTest, a_row_that_lies_is_refused_untouched_and_named) {
  const std::pair<const char*, const char*> lies[] = {
      {"UPDATE jobs SET state = 9", "column state"},
      {"UPDATE jobs SET state = -1", "column state"},
      {"UPDATE jobs SET api_view = 2", "column api_view"},
      {"UPDATE jobs SET priority = 4", "column priority"},
      {"UPDATE jobs SET owner = -1", "column owner"},
      {"UPDATE jobs SET umask = 512", "column umask"},
      {"UPDATE jobs SET notify_flags = 4294967296", "column notify_flags"},
      {"UPDATE jobs SET http_headers = '9:short,'", "column http_headers"},
      {"UPDATE jobs SET ca_file = 'relative'", "column ca_file"},
      {"UPDATE jobs SET resumed = 2", "column resumed"},
      {"UPDATE jobs SET maximum_download_time = -1", "column maximum_download_time"},
      {"UPDATE jobs SET notify_program = 'sh'", "column notify_program"},
      {"UPDATE jobs SET notify_class = x'01'", "column notify_class"},
      {"UPDATE jobs SET notify_interval = 4294967296", "column notify_interval"},
      {"UPDATE jobs SET maximum_size = 0", "column maximum_size"},
      {"UPDATE jobs SET http_method = 'GET / HTTP/1.1'", "column http_method"},
      {"UPDATE jobs SET auth_headers = 'none'", "column auth_headers"},
      {"UPDATE jobs SET credentials = '1:9,1:1,0:,0:,'", "column credentials"},
      {"UPDATE jobs SET credentials = credentials || credentials", "column credentials"},
      {"UPDATE jobs SET certificate_location = NULL", "column certificate_store"},
      {"UPDATE jobs SET certificate_pem = NULL", "column certificate_pem"},
      {"UPDATE jobs SET certificate_sha1 = ''", "column certificate_sha1"},
      {"UPDATE jobs SET proxy_usage = 4", "column proxy_usage"},
      {"UPDATE jobs SET download_content_id = ''", "column download_correlation_vector"},
      {"UPDATE jobs SET download_to_stream = 1", "column download_to_stream"},
      {"UPDATE jobs SET download_content_id = '', download_correlation_vector = '', download_cost_policy = 0, "
       "download_no_cellular = 0, download_callback_percent = 0, download_callback_interval = 1, download_keep = 0, "
       "download_no_progress_timeout = 0, download_to_stream = 0, download_finished = 0",
       "is a download, but has 2 files"},
      {"UPDATE jobs SET error_code = 0", "column error_code"},
      {"UPDATE jobs SET error_context = 8", "column error_context"},
      {"UPDATE jobs SET error_message = NULL", "column error_message"},
      {"UPDATE jobs SET error_code = NULL", "column error_context"},
      {"UPDATE jobs SET error_file = 2", "column error_file"},
      {"UPDATE jobs SET error_no_progress = NULL", "column error_no_progress"},
      {"UPDATE files SET stage = 3", "file 0, column stage"},
      {"UPDATE files SET done = '5-1' WHERE position = 1", "file 1, column done"},
      {"UPDATE files SET local_name = 'relative'", "file 0, column local_name"},
      {"UPDATE files SET temp_name = '/etc/passwd'", "file 0, column temp_name"},
      {"UPDATE files SET temp_name = '', local_name = ''", "file 0, column local_name"},
      {"UPDATE files SET remote_name = ''", "file 0, column remote_name"},
      {"UPDATE files SET sha256 = 'abc'", "file 0, column sha256"},
      {"UPDATE files SET hashes_digest = 'abc'", "file 0, column hashes_digest"},
      {"UPDATE files SET hash_of_hashes = 'abc'", "file 0, column hash_of_hashes"},
      {"UPDATE files SET integrity_mandatory = -1", "file 0, column integrity_mandatory"},
      {"UPDATE files SET ranges = '1-2' WHERE position = 1", "file 1, column ranges"},
      {"UPDATE files SET ranges = '1+0'", "file 0, column ranges"},
      {"UPDATE files SET wanted = '1+2'", "file 0, column wanted"},
      {"UPDATE files SET verdict = 3", "file 0, column verdict"},
      {"UPDATE files SET answer_status = 1000", "file 0, column answer_status"},
      {"UPDATE files SET fetching = -1", "file 0, column fetching"},
      {"UPDATE files SET size = -1", "file 0, column size"},
      {"UPDATE files SET position = 5 WHERE position = 1", "file 5, column position"},
      {"PRAGMA foreign_keys = OFF; UPDATE files SET job = zeroblob(16)", "column job"},
      {"PRAGMA foreign_keys = OFF; UPDATE jobs SET id = x'01'", "column id"},
  };
  make_queue();
  const std::string good = bytes_of(queue_.path);
  for (const auto& [sql, named] : lies) {
    ASSERT_EQ(queue_.tamper(sql), "");
    const Error refusal = expect_refused();
    EXPECT_EQ(refusal.code, BG_E_DATABASE_CORRUPT) << sql;
    EXPECT_NE(refusal.message.find(named), std::string::npos) << sql << ": " << refusal.message;
    std::ofstream(queue_.path, std::ios::binary) << good;
  }
  EXPECT_EQ(open()->load()->size(), 1u);
}

TEST_F(RefusalTest, a_damaged_queue_with_a_log_from_a_crash_keeps_both) {
  QueueFolder::in_killed_process([&] {
    auto* store = open().release();
    store->save(full_job());
    (void)store->commit();
  });
  queue_.tamper_and_die("UPDATE jobs SET state = 9");
  EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT);
  EXPECT_TRUE(fs::exists(queue_.path + "-wal"));
}

}  // namespace
}  // namespace dosvc
