#include "store/sqlite_store.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "store/migrations.h"

namespace dosvc {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return std::move(all).str();
}

WallTime at(std::int64_t microseconds) { return WallTime(WallTime::duration(microseconds)); }

Uuid id_of(std::uint8_t number) {
  Uuid id;
  id.bytes.fill(0xAB);
  id.bytes[15] = number;
  return id;
}

// No field has its default, and no two of a kind are alike.
Job full_job(std::uint8_t number = 1) {
  Job job = Job::restored(JobState::transient_error);
  job.id = id_of(number);
  job.owner = 4'000'000'000u;
  job.view = ApiView::delivery_optimization;
  job.display_name = "Größe \xff and \n line";
  job.description = std::string("before\0after", 12);
  job.priority = Priority::high;
  job.notify_flags = 0xFFFFFFFF;
  job.minimum_retry_delay = std::chrono::seconds(11);
  job.no_progress_timeout = std::chrono::seconds(1'000'000'000'000);
  job.umask = 0707;
  job.http = {{"A: b", "C: d,e", ""}, "me:secret", "/etc/ca.pem", "http://p:1", "http://q:2", "localhost,.lan"};
  job.created = at(-5);
  job.modified = at(1'700'000'000'000'001);
  job.transfer_completed = at(0);
  job.error = JobError{{hresult(0x801901F7u), ErrorContext::remote_file, "no"}, 1, 503};
  job.error_count = 4'000'000'001u;
  return job;
}

File full_file(std::uint32_t index) {
  File file;
  file.index = index;
  file.remote_name = "https://host/ä?x=1";
  file.local_name = "/tmp/\xff name";
  file.temp_name = "/tmp/.name.part";
  file.sha256 = std::string(64, 'e');
  file.stage = FileStage::transferred;
  file.size = 0x7FFF'FFFF'FFFF'FFFF;
  file.validator = {"\"etag\"", "Sun, 06 Nov 1994 08:49:37 GMT"};
  file.modified = at(784'111'777'000'000);
  file.done.add({0, 100});
  file.done.add({200, 0xFFFF'FFFF'FFFF'FFFF});
  file.identity = {0xFFFF'FFFF'FFFF'FFFE, 0x8000'0000'0000'0001};
  return file;
}

void expect_same(const Job& a, const Job& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.owner, b.owner);
  EXPECT_EQ(a.view, b.view);
  EXPECT_EQ(a.display_name, b.display_name);
  EXPECT_EQ(a.description, b.description);
  EXPECT_EQ(a.priority, b.priority);
  EXPECT_EQ(a.notify_flags, b.notify_flags);
  EXPECT_EQ(a.minimum_retry_delay, b.minimum_retry_delay);
  EXPECT_EQ(a.no_progress_timeout, b.no_progress_timeout);
  EXPECT_EQ(a.umask, b.umask);
  EXPECT_EQ(a.http, b.http);
  EXPECT_EQ(a.created, b.created);
  EXPECT_EQ(a.modified, b.modified);
  EXPECT_EQ(a.transfer_completed, b.transfer_completed);
  EXPECT_EQ(a.error, b.error);
  EXPECT_EQ(a.error_count, b.error_count);
  EXPECT_EQ(a.state(), b.state());
}

void expect_same(const File& a, const File& b) {
  const auto& [index, remote, local, temp, sha, stage, size, validator, modified, done, identity] = a;
  EXPECT_EQ(index, b.index);
  EXPECT_EQ(remote, b.remote_name);
  EXPECT_EQ(local, b.local_name);
  EXPECT_EQ(temp, b.temp_name);
  EXPECT_EQ(sha, b.sha256);
  EXPECT_EQ(stage, b.stage);
  EXPECT_EQ(size, b.size);
  EXPECT_EQ(validator, b.validator);
  EXPECT_EQ(modified, b.modified);
  EXPECT_EQ(done, b.done);
  EXPECT_EQ(identity, b.identity);
}

class SqliteStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "dosvc-store.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    path_ = (folder_ / "queue.db").string();
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::unique_ptr<SqliteStore> open() {
    auto store = SqliteStore::open(path_);
    if (!store) {
      ADD_FAILURE() << store.error().message;
      return nullptr;
    }
    return std::move(store).take();
  }
  std::vector<StoredJob> load_again() {
    auto store = open();
    if (!store) return {};
    auto jobs = store->load();
    EXPECT_TRUE(jobs) << jobs.error().message;
    return jobs ? jobs.take() : std::vector<StoredJob>();
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
  // What another program, or a damaged disk, does to the database.
  void tamper(const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK) << message;
    sqlite3_free(message);
    sqlite3_close(db);
  }
  // Runs `work` in a process that then dies on the spot.
  void in_killed_process(const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
      work();
      ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
  }
  std::map<std::string, std::string> all_files() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(folder_)) files[entry.path().filename()] = bytes_of(entry.path());
    return files;
  }
  // Opening and loading fails, names the file and leaves all as it was.
  Error expect_refused() {
    const auto before = all_files();
    Error refusal;
    {
      auto store = SqliteStore::open(path_);
      if (store) {
        auto jobs = (*store)->load();
        EXPECT_FALSE(jobs);
        if (!jobs) refusal = jobs.error();
      } else {
        refusal = store.error();
      }
    }
    EXPECT_NE(refusal.message.find(path_), std::string::npos) << refusal.message;
    EXPECT_EQ(refusal.context, ErrorContext::queue);
    const auto after = all_files();
    EXPECT_TRUE(before == after) << "files were " << before.size() << ", are " << after.size();
    return refusal;
  }

  fs::path folder_;
  std::string path_;
};

TEST_F(SqliteStoreTest, a_new_queue_is_empty_and_private) {
  const mode_t before = ::umask(0);
  EXPECT_TRUE(load_again().empty());
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
}

TEST_F(SqliteStoreTest, the_log_is_private_and_no_umask_locks_us_out) {
  const mode_t before = ::umask(0777);
  auto store = open();
  ::umask(before);
  ASSERT_TRUE(store);
  store->save(full_job());
  ASSERT_TRUE(store->commit());
  for (const auto& entry : fs::directory_iterator(folder_))
    EXPECT_EQ(entry.status().permissions(), fs::perms(0600)) << entry.path();
  EXPECT_EQ(all_files().size(), 2u);  // the database and its log
}

TEST_F(SqliteStoreTest, every_field_survives) {
  make_queue();
  const auto jobs = load_again();
  ASSERT_EQ(jobs.size(), 1u);
  expect_same(jobs[0].job, full_job());
  ASSERT_EQ(jobs[0].files.size(), 2u);
  expect_same(jobs[0].files[0], full_file(0));
  expect_same(jobs[0].files[1], full_file(1));
}

TEST_F(SqliteStoreTest, what_is_absent_stays_absent) {
  Job job;
  job.id = id_of(9);
  File file;
  file.remote_name = "http://h/";
  file.local_name = "/f";
  {
    auto store = open();
    ASSERT_TRUE(store);
    store->save(job);
    store->save(job.id, file);
    ASSERT_TRUE(store->commit());
  }
  const auto jobs = load_again();
  ASSERT_EQ(jobs.size(), 1u);
  expect_same(jobs[0].job, job);
  ASSERT_EQ(jobs[0].files.size(), 1u);
  expect_same(jobs[0].files[0], file);
}

TEST_F(SqliteStoreTest, every_state_survives) {
  auto store = open();
  ASSERT_TRUE(store);
  for (int state = 0; state < kJobStateCount; ++state) {
    Job job = Job::restored(static_cast<JobState>(state));
    job.id = id_of(static_cast<std::uint8_t>(state));
    store->save(job);
    ASSERT_TRUE(store->commit());
    const auto found = store->load(job.id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->job.state(), job.state());
  }
}

TEST_F(SqliteStoreTest, saving_a_job_again_replaces_its_row_and_keeps_its_files) {
  make_queue();
  Job changed = full_job();
  ASSERT_TRUE(advance(changed, JobEvent::suspend, at(7)));
  changed.display_name = "other";
  File file = full_file(1);
  file.start_anew();
  {
    auto store = open();
    ASSERT_TRUE(store);
    store->save(changed);
    store->save(changed.id, file);
    ASSERT_TRUE(store->commit());
  }
  const auto jobs = load_again();
  ASSERT_EQ(jobs.size(), 1u);
  expect_same(jobs[0].job, changed);
  ASSERT_EQ(jobs[0].files.size(), 2u);
  expect_same(jobs[0].files[0], full_file(0));
  expect_same(jobs[0].files[1], file);
}

TEST_F(SqliteStoreTest, erasing_takes_the_files_along_and_nothing_else) {
  make_queue(2);
  {
    auto store = open();
    ASSERT_TRUE(store);
    store->erase(id_of(1));
    ASSERT_TRUE(store->commit());
    EXPECT_EQ(store->load(id_of(1)).error().code, BG_E_NOT_FOUND);
    Job anew = full_job(1);  // its old files must not come back with it
    anew.error.reset();
    store->save(anew);
    ASSERT_TRUE(store->commit());
    EXPECT_TRUE(store->load(id_of(1))->files.empty());
  }
  const auto jobs = load_again();
  ASSERT_EQ(jobs.size(), 2u);
  EXPECT_EQ(jobs[1].job.id, id_of(2));
  EXPECT_EQ(jobs[1].files.size(), 2u);
}

TEST_F(SqliteStoreTest, jobs_come_oldest_first_then_by_id) {
  {
    auto store = open();
    ASSERT_TRUE(store);
    const std::pair<std::uint8_t, int> made[] = {{3, 20}, {9, 10}, {2, 20}, {1, 30}};
    for (const auto& [number, time] : made) {
      Job job = full_job(number);
      job.error.reset();
      job.created = at(time);
      store->save(job);
    }
    ASSERT_TRUE(store->commit());
  }
  std::string order;
  for (const StoredJob& stored : load_again()) order += std::to_string(stored.job.id.bytes[15]);
  EXPECT_EQ(order, "9231");
}

TEST_F(SqliteStoreTest, nothing_shows_before_the_commit_nor_is_kept_without_one) {
  {
    auto store = open();
    ASSERT_TRUE(store);
    Job job = full_job();
    job.error.reset();
    store->save(job);
    EXPECT_TRUE(store->load()->empty());
    EXPECT_EQ(store->load(job.id).error().code, BG_E_NOT_FOUND);
  }
  EXPECT_TRUE(load_again().empty());
}

TEST_F(SqliteStoreTest, one_bad_write_undoes_the_whole_commit_but_not_the_next) {
  auto store = open();
  ASSERT_TRUE(store);
  Job job = full_job();
  job.error.reset();
  store->save(job);
  store->save(id_of(77), full_file(0));  // a file of no job
  EXPECT_FALSE(store->commit());
  EXPECT_TRUE(store->load()->empty());

  File relative = full_file(0);
  relative.local_name = "relative";
  store->save(job);
  store->save(job.id, relative);
  EXPECT_EQ(store->commit().error().code, E_INVALIDARG);
  EXPECT_TRUE(store->load()->empty());

  store->save(job);
  EXPECT_TRUE(store->commit());
  EXPECT_EQ(store->load()->size(), 1u);
}

TEST_F(SqliteStoreTest, a_disk_that_takes_no_more_undoes_the_commit_and_can_be_tried_again) {
  make_queue();
  auto store = open();
  ASSERT_TRUE(store);
  Job changed = full_job();
  changed.display_name = "changed";
  changed.description.assign(1'000'000, 'x');
  // The nearest to a full disk that needs no rights: files may not grow.
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto signal_before = ::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small = {100'000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  store->save(changed);
  const auto full = store->commit();
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, signal_before);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, HRESULT_FROM_WIN32(ERROR_DISK_FULL)) << full.error().message;
  EXPECT_NE(full.error().message.find(path_), std::string::npos);
  expect_same(store->load(changed.id)->job, full_job());

  store->save(changed);
  EXPECT_TRUE(store->commit());
  store.reset();
  const auto jobs = load_again();
  ASSERT_EQ(jobs.size(), 1u);
  expect_same(jobs[0].job, changed);
}

TEST_F(SqliteStoreTest, a_commit_survives_the_death_of_the_process) {
  in_killed_process([&] {
    auto* store = open().release();
    store->save(full_job());
    store->save(full_job().id, full_file(0));
    store->save(full_job().id, full_file(1));
    (void)store->commit();
    store->save(full_job(2));
  });
  EXPECT_TRUE(fs::exists(path_ + "-wal"));
  const auto jobs = load_again();
  ASSERT_EQ(jobs.size(), 1u);
  expect_same(jobs[0].job, full_job());
}

TEST_F(SqliteStoreTest, a_second_store_is_told_that_the_first_has_the_queue) {
  int ready[2], done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(done[1]);
    auto store = open();
    char byte = 0;
    (void)!::write(ready[1], &byte, 1);
    (void)!::read(done[0], &byte, 1);
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  const auto second = SqliteStore::open(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION)) << second.error().message;
  for (const int fd : {ready[0], ready[1], done[0], done[1]}) ::close(fd);
  ::waitpid(child, nullptr, 0);
}

TEST_F(SqliteStoreTest, what_is_no_database_is_refused_untouched) {
  std::ofstream(path_) << "This is somebody's letter, not a queue. It is long enough to be taken for a header of one.";
  EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT);
}

TEST_F(SqliteStoreTest, a_truncated_database_is_refused_untouched) {
  make_queue(200);
  const auto whole = fs::file_size(path_);
  for (const auto size : {whole - 1, whole - 4096, whole / 2, std::uintmax_t{4096}, std::uintmax_t{50}}) {
    const std::string before = bytes_of(path_);
    fs::resize_file(path_, size);
    EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT) << size;
    std::ofstream(path_, std::ios::binary) << before;
  }
  EXPECT_EQ(load_again().size(), 200u);
}

TEST_F(SqliteStoreTest, a_log_without_its_database_is_refused_untouched) {
  in_killed_process([&] {
    auto* store = open().release();
    store->save(full_job());
    (void)store->commit();
  });
  fs::resize_file(path_, 0);
  EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT);
}

TEST_F(SqliteStoreTest, a_database_with_overwritten_pages_is_refused_untouched) {
  make_queue(200);
  {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(4096 * 4);
    file << std::string(4096, '\x5A');
  }
  EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT);
}

TEST_F(SqliteStoreTest, a_folder_in_its_place_is_refused) {
  fs::create_directory(path_);
  const auto store = SqliteStore::open(path_);
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().message.find(path_), std::string::npos);
}

TEST_F(SqliteStoreTest, a_link_in_its_place_is_refused_and_its_target_not_made) {
  fs::create_symlink(folder_ / "elsewhere", path_);
  EXPECT_FALSE(SqliteStore::open(path_));
  EXPECT_FALSE(fs::exists(folder_ / "elsewhere"));
}

TEST_F(SqliteStoreTest, a_newer_schema_is_refused_untouched) {
  make_queue();
  tamper("PRAGMA user_version = 1000");
  const Error refusal = expect_refused();
  EXPECT_EQ(refusal.code, HRESULT_FROM_WIN32(ERROR_NOT_SUPPORTED));
  EXPECT_NE(refusal.message.find("newer dosvc (schema 1000"), std::string::npos) << refusal.message;
}

TEST_F(SqliteStoreTest, a_newer_schema_that_stands_in_the_log_alone_is_refused_untouched) {
  make_queue();
  in_killed_process([&] {
    sqlite3* db = nullptr;
    sqlite3_open(path_.c_str(), &db);
    sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA user_version = 1000", nullptr, nullptr, nullptr);
  });
  ASSERT_GT(fs::file_size(path_ + "-wal"), 0u);
  EXPECT_EQ(expect_refused().code, HRESULT_FROM_WIN32(ERROR_NOT_SUPPORTED));
}

TEST_F(SqliteStoreTest, the_database_of_another_program_is_refused_untouched) {
  tamper("CREATE TABLE jobs (id INTEGER)");
  EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT);
  tamper("PRAGMA application_id = 1; PRAGMA user_version = 1");
  EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT);
}

TEST_F(SqliteStoreTest, a_row_that_lies_is_refused_untouched_and_named) {
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
      {"UPDATE jobs SET error_code = 0", "column error_code"},
      {"UPDATE jobs SET error_context = 8", "column error_context"},
      {"UPDATE jobs SET error_message = NULL", "column error_message"},
      {"UPDATE jobs SET error_file = 2", "column error_file"},
      {"UPDATE files SET stage = 3", "file 0, column stage"},
      {"UPDATE files SET done = '5-1' WHERE position = 1", "file 1, column done"},
      {"UPDATE files SET local_name = 'relative'", "file 0, column local_name"},
      {"UPDATE files SET temp_name = '/etc/passwd'", "file 0, column temp_name"},
      {"UPDATE files SET sha256 = 'abc'", "file 0, column sha256"},
      {"UPDATE files SET size = -1", "file 0, column size"},
      {"UPDATE files SET position = 5 WHERE position = 1", "file 5, column position"},
      {"PRAGMA foreign_keys = OFF; UPDATE files SET job = zeroblob(16)", "column job"},
      {"PRAGMA foreign_keys = OFF; UPDATE jobs SET id = x'01'", "column id"},
  };
  make_queue();
  const std::string good = bytes_of(path_);
  for (const auto& [sql, named] : lies) {
    tamper(sql);
    const Error refusal = expect_refused();
    EXPECT_EQ(refusal.code, BG_E_DATABASE_CORRUPT) << sql;
    EXPECT_NE(refusal.message.find(named), std::string::npos) << sql << ": " << refusal.message;
    std::ofstream(path_, std::ios::binary) << good;
  }
  EXPECT_EQ(load_again().size(), 1u);
}

TEST_F(SqliteStoreTest, a_damaged_queue_with_a_log_from_a_crash_keeps_both) {
  in_killed_process([&] {
    auto* store = open().release();
    store->save(full_job());
    (void)store->commit();
  });
  in_killed_process([&] {
    sqlite3* db = nullptr;
    sqlite3_open(path_.c_str(), &db);
    sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE; UPDATE jobs SET state = 9", nullptr, nullptr, nullptr);
  });
  EXPECT_EQ(expect_refused().code, BG_E_DATABASE_CORRUPT);
  EXPECT_TRUE(fs::exists(path_ + "-wal"));
}

TEST(Migrations, are_numbered_without_a_gap) {
  int expected = 0;
  for (const Migration& step : migrations()) EXPECT_EQ(step.schema, ++expected);
}

// A queue as the first schema was released, to be read by every later version.
TEST_F(SqliteStoreTest, a_queue_of_schema_1_is_read) {
  tamper(bytes_of(fs::path(DOSVC_STORE_TESTDATA) / "schema_1.sql"));
  const auto jobs = load_again();
  ASSERT_EQ(jobs.size(), 2u);
  expect_same(jobs[0].job, full_job());
  ASSERT_EQ(jobs[0].files.size(), 2u);
  expect_same(jobs[0].files[0], full_file(0));
  expect_same(jobs[0].files[1], full_file(1));
  EXPECT_EQ(jobs[1].job.state(), JobState::suspended);
  EXPECT_EQ(jobs[1].job.display_name, "new");
  EXPECT_EQ(jobs[1].job.error, std::nullopt);
  EXPECT_TRUE(jobs[1].files.empty());
}

}  // namespace
}  // namespace dosvc
