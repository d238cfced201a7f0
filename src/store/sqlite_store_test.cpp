#include "store/sqlite_store.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "store/migrations.h"
#include "store/sample_queue.h"

namespace dosvc {
namespace {

namespace fs = std::filesystem;

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
  EXPECT_TRUE(jobs[0].job == full_job());
  ASSERT_EQ(jobs[0].files.size(), 2u);
  EXPECT_TRUE(jobs[0].files[0] == full_file(0));
  EXPECT_TRUE(jobs[0].files[1] == full_file(1));
}

TEST_F(SqliteStoreTest, every_field_of_a_download_survives) {
  Job job = full_job();
  job.error.reset();
  job.download = full_download();
  {
    auto store = open();
    ASSERT_TRUE(store);
    store->save(job);
    store->save(job.id, File{});
    ASSERT_TRUE(store->commit());
  }
  const auto jobs = load_again();
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_TRUE(jobs[0].job == job);
  ASSERT_EQ(jobs[0].files.size(), 1u);
  EXPECT_TRUE(jobs[0].files[0] == File{});
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
  EXPECT_TRUE(jobs[0].job == job);
  ASSERT_EQ(jobs[0].files.size(), 1u);
  EXPECT_TRUE(jobs[0].files[0] == file);
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
  EXPECT_TRUE(jobs[0].job == changed);
  ASSERT_EQ(jobs[0].files.size(), 2u);
  EXPECT_TRUE(jobs[0].files[0] == full_file(0));
  EXPECT_TRUE(jobs[0].files[1] == file);
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

// Whether the word stands in any file of the queue.
bool is_on_disk(const QueueFolder& queue, std::string_view word) {
  for (const auto& [name, bytes] : queue.contents()) {
    if (bytes.find(word) != std::string::npos) return true;
  }
  return false;
}

Job job_with_secrets(std::uint8_t number) {
  Job job = full_job(number);
  job.error.reset();
  job.http.credentials.front().password = "the password";
  job.http.client_certificate->pem = "the key" + std::string(20'000, 'k') + "the end of the key";
  return job;
}

TEST_F(SqliteStoreTest, nothing_of_an_erased_job_is_left_on_disk_once_it_was_forgotten) {
  auto store = open();
  ASSERT_TRUE(store);
  for (std::uint8_t number = 0; number < 50; ++number) {
    store->save(number == 25 ? job_with_secrets(number) : full_job(number));
    store->save(id_of(number), full_file(0));
    store->save(id_of(number), full_file(1));
  }
  ASSERT_TRUE(store->commit());
  ASSERT_TRUE(store->forget_erased());  // into the database, so that it must go from there, too
  store->save(job_with_secrets(25));
  ASSERT_TRUE(store->commit());
  ASSERT_TRUE(is_on_disk(queue_, "the password"));
  store->erase(id_of(25));
  ASSERT_TRUE(store->commit());
  ASSERT_TRUE(store->forget_erased());
  for (const char* word : {"the password", "the key", "kkkk", "the end of the key"})
    EXPECT_FALSE(is_on_disk(queue_, word)) << word;
  EXPECT_EQ(store->load()->size(), 49u);
}

// Without files, and so without an error in one.
Job plain_job(std::uint8_t number) {
  Job job = full_job(number);
  job.error.reset();
  return job;
}

TEST_F(SqliteStoreTest, the_log_keeps_its_blocks_and_has_some_ahead_of_what_is_written) {
  auto store = open();
  ASSERT_TRUE(store);
  ASSERT_TRUE(store->load());
  const auto commit = [&](std::uint8_t number) {
    store->save(plain_job(number));
    return store->commit().ok();
  };
  ASSERT_TRUE(commit(1));
  const auto size = fs::file_size(queue_.path + "-wal");
  ASSERT_TRUE(commit(2));
  EXPECT_EQ(fs::file_size(queue_.path + "-wal"), size) << "there was room ahead";
  std::uint8_t number = 2;
  while (number < 200 && fs::file_size(queue_.path + "-wal") == size) ASSERT_TRUE(commit(++number));
  const auto larger = fs::file_size(queue_.path + "-wal");
  EXPECT_GE(larger, 2 * size);
  store->erase(id_of(1));
  ASSERT_TRUE(store->commit());
  ASSERT_TRUE(store->forget_erased());
  EXPECT_EQ(fs::file_size(queue_.path + "-wal"), larger);
  const std::string log = bytes_of(queue_.path + "-wal");
  EXPECT_EQ(std::count(log.begin(), log.end(), '\0'), static_cast<std::ptrdiff_t>(log.size()));
  ASSERT_TRUE(commit(1));
  EXPECT_EQ(fs::file_size(queue_.path + "-wal"), larger);
}

TEST_F(SqliteStoreTest, a_log_that_one_commit_has_made_huge_does_not_stay_so) {
  auto store = open();
  ASSERT_TRUE(store);
  for (std::uint8_t number = 1; number <= 20; ++number) {
    Job job = plain_job(number);
    job.description.assign(1'000'000, 'x');
    store->save(job);
  }
  ASSERT_TRUE(store->commit());
  EXPECT_GT(fs::file_size(queue_.path + "-wal"), 20'000'000u);
  store->erase(id_of(1));
  ASSERT_TRUE(store->commit());
  ASSERT_TRUE(store->forget_erased());
  EXPECT_LE(fs::file_size(queue_.path + "-wal"), 8u << 20);
  EXPECT_EQ(store->load()->size(), 19u);
}

TEST_F(SqliteStoreTest, what_is_committed_after_it_has_forgotten_survives_the_death_of_the_process) {
  for (std::uint8_t round = 1; round <= 4; ++round) {
    QueueFolder::in_killed_process([&] {
      auto* store = open().release();
      (void)store->load();
      const auto commit = [&] {
        if (!store->commit()) ::_exit(1);
      };
      for (std::uint8_t number = 10; number < 13; ++number) {
        store->save(plain_job(number));
        commit();
        store->erase(id_of(number));
        commit();
        if (!store->forget_erased()) ::_exit(1);
      }
      if (round % 2 == 0) return;  // nothing came after that
      store->save(plain_job(round));
      commit();
    });
    const auto jobs = load_again();
    ASSERT_EQ(jobs.size(), (round + 1u) / 2);
    EXPECT_TRUE(std::all_of(jobs.begin(), jobs.end(), [](const StoredJob& each) { return each.job.id < id_of(5); }));
  }
}

TEST_F(SqliteStoreTest, what_a_crash_left_of_erased_jobs_is_forgotten_when_the_queue_was_read) {
  QueueFolder::in_killed_process([&] {
    auto* store = open().release();
    store->save(job_with_secrets(1));
    (void)store->commit();
    store->erase(id_of(1));
    (void)store->commit();
  });
  ASSERT_TRUE(is_on_disk(queue_, "the password"));
  auto store = open();
  ASSERT_TRUE(store);
  EXPECT_TRUE(is_on_disk(queue_, "the password"));  // it might still have to be refused
  ASSERT_TRUE(store->load());
  EXPECT_FALSE(is_on_disk(queue_, "the password"));
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
  EXPECT_TRUE(store->load(changed.id)->job == full_job());

  store->save(changed);
  EXPECT_TRUE(store->commit());
  store.reset();
  const auto jobs = load_again();
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_TRUE(jobs[0].job == changed);
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
  EXPECT_TRUE(jobs[0].job == full_job());
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

// The oldest samples as they must be read by every later version.
Job job_of_schema_1() {
  const Job full = full_job();
  Job job = Job::restored(full.state());
  job.id = full.id;
  job.owner = job.files_of = full.owner;
  job.view = full.view;
  job.display_name = full.display_name;
  job.description = full.description;
  job.priority = full.priority;
  job.notify_flags = full.notify_flags;
  job.minimum_retry_delay = full.minimum_retry_delay;
  job.no_progress_timeout = full.no_progress_timeout;
  job.umask = full.umask;
  job.http.headers = full.http.headers;
  job.http.credentials = {{AuthTarget::server, AuthScheme::basic, "me", "secret"}};
  job.http.ca_file = full.http.ca_file;
  job.http.http_proxy = full.http.http_proxy;
  job.http.https_proxy = full.http.https_proxy;
  job.http.no_proxy = full.http.no_proxy;
  job.resumed = true;
  job.created = full.created;
  job.modified = full.modified;
  job.transfer_completed = full.transfer_completed;
  job.error = full.error;
  job.error->no_progress = false;
  job.error_count = full.error_count;
  return job;
}

File file_of_schema_1(std::uint32_t index) {
  const File full = full_file(index);
  File file;
  file.index = index;
  file.remote_name = full.remote_name;
  file.local_name = full.local_name;
  file.temp_name = full.temp_name;
  file.sha256 = full.sha256;
  file.stage = full.stage;
  file.size = full.size;
  file.validator = full.validator;
  file.modified = full.modified;
  file.done = full.done;
  file.identity = full.identity;
  return file;
}

class OlderQueueTest : public SqliteStoreTest {
 protected:
  void make_queue_from(const char* sample) {
    ASSERT_EQ(queue_.tamper(bytes_of(fs::path(DOSVC_STORE_TESTDATA) / sample)), "");
  }
};

TEST_F(OlderQueueTest, of_schema_1_is_read) {
  make_queue_from("schema_1.sql");
  const auto jobs = load_again();
  ASSERT_EQ(jobs.size(), 2u);
  EXPECT_TRUE(jobs[0].job == job_of_schema_1());
  ASSERT_EQ(jobs[0].files.size(), 2u);
  EXPECT_TRUE(jobs[0].files[0] == file_of_schema_1(0));
  EXPECT_TRUE(jobs[0].files[1] == file_of_schema_1(1));
  EXPECT_EQ(jobs[1].job.state(), JobState::suspended);
  EXPECT_EQ(jobs[1].job.display_name, "new");
  EXPECT_EQ(jobs[1].job.error, std::nullopt);
  EXPECT_FALSE(jobs[1].job.resumed);
  EXPECT_TRUE(jobs[1].job.http == HttpOptions());
  EXPECT_TRUE(jobs[1].files.empty());
}

TEST_F(OlderQueueTest, of_schema_1_keeps_every_password_whole) {
  const std::pair<const char*, Credentials> passwords[] = {
      {"'me:se:cret,'", {AuthTarget::server, AuthScheme::basic, "me", "se:cret,"}},
      {"'me'", {AuthTarget::server, AuthScheme::basic, "me", ""}},
      {"':secret'", {AuthTarget::server, AuthScheme::basic, "", "secret"}},
      {"CAST(x'C3A4FF3AFEC3B6' AS TEXT)", {AuthTarget::server, AuthScheme::basic, "\xC3\xA4\xFF", "\xFE\xC3\xB6"}},
  };
  for (const auto& [stored, expected] : passwords) {
    fs::remove(queue_.path);
    make_queue_from("schema_1.sql");
    ASSERT_EQ(queue_.tamper("UPDATE jobs SET user_password = " + std::string(stored) + " WHERE state = 5"), "");
    const auto jobs = load_again();
    ASSERT_EQ(jobs.size(), 2u) << stored;
    EXPECT_EQ(jobs[0].job.http.credentials, std::vector{expected}) << stored;
  }
}

TEST_F(OlderQueueTest, of_schema_1_knows_which_jobs_were_resumed) {
  make_queue_from("schema_1.sql");
  ASSERT_EQ(queue_.tamper("UPDATE jobs SET state = 3"), "");
  for (const auto& [change, resumed] :
       {std::pair{"", true}, {"UPDATE files SET stage = 0", true}, {"UPDATE files SET stage = 0, done = ''", false}}) {
    const std::string before = bytes_of(queue_.path);
    ASSERT_EQ(queue_.tamper(change), "");
    const auto jobs = load_again();
    ASSERT_EQ(jobs.size(), 2u);
    EXPECT_EQ(jobs[0].job.resumed, resumed) << change;
    EXPECT_FALSE(jobs[1].job.resumed) << change;
    std::ofstream(queue_.path, std::ios::binary) << before;
  }
}

TEST_F(OlderQueueTest, of_schema_2_is_read) {
  make_queue_from("schema_2.sql");
  const auto jobs = load_again();
  ASSERT_EQ(jobs.size(), 2u);
  Job plain = full_job();
  plain.files_of = plain.owner;
  EXPECT_TRUE(jobs[0].job == plain);
  ASSERT_EQ(jobs[0].files.size(), 2u);
  EXPECT_TRUE(jobs[0].files[0] == full_file(0));
  EXPECT_TRUE(jobs[0].files[1] == full_file(1));
  Job download = full_job(2);
  download.files_of = download.owner;
  download.error.reset();
  download.download = full_download();
  EXPECT_TRUE(jobs[1].job == download);
  ASSERT_EQ(jobs[1].files.size(), 1u);
  EXPECT_TRUE(jobs[1].files[0] == File{});
}

}  // namespace
}  // namespace dosvc
