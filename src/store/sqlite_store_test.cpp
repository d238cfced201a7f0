#include "store/sqlite_store.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <utility>

#include "store/migrations.h"
#include "store/sample_queue.h"

namespace dosvc {
namespace {

namespace fs = std::filesystem;

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
  EXPECT_EQ(a.index, b.index);
  EXPECT_EQ(a.remote_name, b.remote_name);
  EXPECT_EQ(a.local_name, b.local_name);
  EXPECT_EQ(a.temp_name, b.temp_name);
  EXPECT_EQ(a.sha256, b.sha256);
  EXPECT_EQ(a.stage, b.stage);
  EXPECT_EQ(a.size, b.size);
  EXPECT_EQ(a.validator, b.validator);
  EXPECT_EQ(a.modified, b.modified);
  EXPECT_EQ(a.done, b.done);
  EXPECT_EQ(a.identity, b.identity);
}

class SqliteStoreTest : public testing::Test {
 protected:
  std::unique_ptr<SqliteStore> open() {
    auto store = SqliteStore::open(queue_.path);
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

  QueueFolder queue_;
};

TEST_F(SqliteStoreTest, a_new_queue_is_empty_and_private) {
  const mode_t before = ::umask(0);
  EXPECT_TRUE(load_again().empty());
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat(queue_.path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
}

TEST_F(SqliteStoreTest, the_log_is_private_and_no_umask_locks_us_out) {
  const mode_t before = ::umask(0777);
  auto store = open();
  ::umask(before);
  ASSERT_TRUE(store);
  store->save(full_job());
  ASSERT_TRUE(store->commit());
  for (const auto& entry : fs::directory_iterator(queue_.folder))
    EXPECT_EQ(entry.status().permissions(), fs::perms(0600)) << entry.path();
  EXPECT_EQ(queue_.contents().size(), 2u);  // the database and its log
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
  EXPECT_NE(full.error().message.find(queue_.path), std::string::npos);
  expect_same(store->load(changed.id)->job, full_job());

  store->save(changed);
  EXPECT_TRUE(store->commit());
  store.reset();
  const auto jobs = load_again();
  ASSERT_EQ(jobs.size(), 1u);
  expect_same(jobs[0].job, changed);
}

TEST_F(SqliteStoreTest, a_commit_survives_the_death_of_the_process) {
  QueueFolder::in_killed_process([&] {
    auto* store = open().release();
    store->save(full_job());
    store->save(full_job().id, full_file(0));
    store->save(full_job().id, full_file(1));
    (void)store->commit();
    store->save(full_job(2));
  });
  EXPECT_TRUE(fs::exists(queue_.path + "-wal"));
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
  const auto second = SqliteStore::open(queue_.path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION)) << second.error().message;
  for (const int fd : {ready[0], ready[1], done[0], done[1]}) ::close(fd);
  ::waitpid(child, nullptr, 0);
}

TEST(Migrations, are_numbered_without_a_gap) {
  int expected = 0;
  for (const Migration& step : migrations()) EXPECT_EQ(step.schema, ++expected);
}

// A queue as the first schema was released, to be read by every later version.
TEST_F(SqliteStoreTest, a_queue_of_schema_1_is_read) {
  ASSERT_EQ(queue_.tamper(bytes_of(fs::path(DOSVC_STORE_TESTDATA) / "schema_1.sql")), "");
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
