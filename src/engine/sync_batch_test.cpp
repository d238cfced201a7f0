#include "engine/sync_batch.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "fakes/fake_files.h"
#include "fakes/fake_loop.h"

namespace dosvc {
namespace {

using std::chrono::milliseconds;
using Op = FakeFiles::Op;

class SyncBatchTest : public ::testing::Test {
 protected:
  TempFilePtr file(const std::string& name) {
    TempFilePtr made;
    files_.open_temp(0, "/dl/" + name, OpenTemp::fresh, {}, [&](Result<TempFilePtr> opened) { made = opened.take(); });
    loop_.run_until_idle();
    EXPECT_TRUE(made->write(0, std::as_bytes(std::span("content", 7))));
    return made;
  }
  void add(const std::string& name, SyncWhen when) {
    syncs_.add(
        file(name), [this](const Result<void>& synced) { ++(synced ? synced_ : failed_); }, when);
    loop_.run_until_idle();
  }
  bool is_on_disk(const std::string& name) const { return files_.synced_content("/dl/" + name) == "content"; }

  FakeLoop loop_;
  FakeFiles files_{loop_};
  SyncBatch syncs_{loop_, files_};
  int synced_ = 0;
  int failed_ = 0;
};

TEST_F(SyncBatchTest, puts_a_file_that_comes_alone_on_disk_at_once) {
  add("a", SyncWhen::now);
  EXPECT_EQ(synced_, 1);
  EXPECT_TRUE(is_on_disk("a"));
}

TEST_F(SyncBatchTest, lets_a_file_that_comes_with_others_wait_a_moment_and_no_longer) {
  add("a", SyncWhen::with_others);
  add("b", SyncWhen::with_others);
  EXPECT_EQ(synced_, 0);
  EXPECT_FALSE(is_on_disk("a"));
  loop_.advance(milliseconds(100));
  EXPECT_EQ(synced_, 2);
  EXPECT_TRUE(is_on_disk("a") && is_on_disk("b"));
  EXPECT_EQ(loop_.next_timer(), std::nullopt);
}

TEST_F(SyncBatchTest, takes_those_that_wait_along_when_one_comes_that_does_not) {
  add("a", SyncWhen::with_others);
  add("b", SyncWhen::now);
  EXPECT_EQ(synced_, 2);
  EXPECT_EQ(loop_.next_timer(), std::nullopt);
}

TEST_F(SyncBatchTest, lets_no_more_than_so_many_wait) {
  for (int i = 0; i < 127; ++i) add("f" + std::to_string(i), SyncWhen::with_others);
  EXPECT_EQ(synced_, 0);
  add("last", SyncWhen::with_others);
  EXPECT_EQ(synced_, 128);
}

TEST_F(SyncBatchTest, lets_what_comes_during_a_sync_go_with_the_next) {
  files_.hold(Op::sync);
  add("a", SyncWhen::now);
  add("b", SyncWhen::now);
  add("c", SyncWhen::with_others);
  EXPECT_EQ(files_.held(), 1u);
  files_.release();
  loop_.run_until_idle();
  EXPECT_EQ(synced_, 3);
}

TEST_F(SyncBatchTest, fails_only_the_file_that_could_not_be_saved) {
  files_.fail(Op::sync, "/dl/b", {E_FAIL, ErrorContext::local_file, "lost"});
  add("a", SyncWhen::with_others);
  add("b", SyncWhen::with_others);
  add("c", SyncWhen::now);
  EXPECT_EQ(synced_, 2);
  EXPECT_EQ(failed_, 1);
}

}  // namespace
}  // namespace dosvc
