#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fakes/fake_files.h"
#include "fakes/fake_loop.h"
#include "fakes/fake_store.h"
#include "fakes/fake_transport.h"

namespace dosvc {
namespace {

const std::string kUrl = "http://origin/a.bin";
const std::string kTemp = "/dl/.a.bin.part";

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

Job job_named(const std::string& name) {
  Job job;
  job.id = Uuid::random();
  job.display_name = name;
  return job;
}

TEST(FakeStore, forgets_what_was_not_committed) {
  FakeStore store;
  const Job first = job_named("first");
  store.save(first);
  store.save(first.id, File{});
  ASSERT_TRUE(store.commit());
  store.save(job_named("second"));

  FakeStore later = store.after_crash();
  ASSERT_EQ(later.load()->size(), 1U);
  EXPECT_EQ(later.load()->front().job.display_name, "first");
  EXPECT_EQ(later.load(first.id)->files.size(), 1U);
  EXPECT_EQ(store.commits(), 1U);
}

TEST(FakeStore, does_nothing_of_a_transaction_that_fails) {
  FakeStore store;
  const Job job = job_named("kept");
  store.save(job);
  ASSERT_TRUE(store.commit());
  store.erase(job.id);
  store.save(job_named("new"));
  store.fail_next_commit(Error{E_FAIL, ErrorContext::queue, "no"});

  EXPECT_FALSE(store.commit());
  EXPECT_TRUE(store.commit());
  ASSERT_EQ(store.committed().size(), 1U);
  EXPECT_EQ(store.committed()[0].job.display_name, "kept");
}

TEST(FakeStore, refuses_a_file_without_its_job) {
  FakeStore store;
  store.save(Uuid::random(), File{});
  EXPECT_FALSE(store.commit());
}

class FakeFilesTest : public ::testing::Test {
 protected:
  TempFilePtr open(OpenTemp how = OpenTemp::fresh, FileIdentity expected = {}) {
    TempFilePtr file;
    files.open_temp(0, kTemp, how, expected, [&](Result<TempFilePtr> result) {
      if (result) file = *result;
    });
    loop.run_until_idle();
    return file;
  }
  bool sync(const TempFilePtr& file) {
    bool synced = false;
    files.sync({file}, [&](Result<void> result) { synced = result.ok(); });
    loop.run_until_idle();
    return synced;
  }

  FakeLoop loop;
  FakeFiles files{loop};
};

TEST_F(FakeFilesTest, loses_what_was_not_synced_with_the_power) {
  const TempFilePtr file = open();
  ASSERT_TRUE(file->write(0, bytes_of("synced")));
  ASSERT_TRUE(sync(file));
  ASSERT_TRUE(file->write(6, bytes_of(" not")));
  EXPECT_EQ(files.content(kTemp), "synced not");

  files.crash(FakeFiles::Crash::process);
  EXPECT_EQ(files.content(kTemp), "synced not");
  files.crash(FakeFiles::Crash::power);
  EXPECT_EQ(files.content(kTemp), "synced");
  ASSERT_TRUE(file->write(0, bytes_of("GHOST")));
  EXPECT_EQ(files.content(kTemp), "synced");
  EXPECT_TRUE(open(OpenTemp::resume, file->identity()));
}

TEST_F(FakeFilesTest, holds_the_work_or_the_answer) {
  const TempFilePtr file = open();
  bool removed = false;
  files.hold(FakeFiles::Op::remove);
  files.remove_temps(0, {kTemp}, [&](auto) { removed = true; });
  loop.run_until_idle();
  EXPECT_TRUE(files.exists(kTemp));
  files.release();
  loop.run_until_idle();
  EXPECT_TRUE(removed);

  removed = false;
  ASSERT_TRUE(open());
  files.hold_answers(FakeFiles::Op::remove);
  files.remove_temps(0, {kTemp}, [&](auto) { removed = true; });
  loop.run_until_idle();
  EXPECT_FALSE(files.exists(kTemp));
  EXPECT_FALSE(removed);
  files.release();
  loop.run_until_idle();
  EXPECT_TRUE(removed);
}

TEST_F(FakeFilesTest, fills_the_disk_to_its_last_byte) {
  const TempFilePtr file = open();
  files.limit_space(4);
  const auto result = file->write(0, bytes_of("123456"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, HRESULT_FROM_WIN32(ERROR_DISK_FULL));
  EXPECT_EQ(files.content(kTemp), "1234");
  files.limit_space({});
  EXPECT_TRUE(file->write(4, bytes_of("56")));
}

TEST_F(FakeFilesTest, sets_room_aside_while_the_file_is_open) {
  TempFilePtr file = open();
  files.limit_space(100);
  std::vector<bool> reserved;
  for (const std::uint64_t size : {101u, 60u}) {
    files.reserve(file, size, [&](Result<void> result) { reserved.push_back(result.ok()); });
  }
  loop.run_until_idle();
  EXPECT_EQ(reserved, (std::vector<bool>{false, true}));
  EXPECT_EQ(files.look(kTemp)->reserved, 60u);
  TempFilePtr other;
  files.open_temp(0, kTemp + 'x', OpenTemp::fresh, {}, [&](Result<TempFilePtr> opened) { other = *opened; });
  loop.run_until_idle();
  const std::string content(41, 'c');
  EXPECT_FALSE(other->write(0, bytes_of(content)));
  EXPECT_TRUE(file->write(0, bytes_of(content)));
  TempFilePtr again = open(OpenTemp::resume);
  file.reset();
  EXPECT_EQ(files.look(kTemp)->reserved, 60u);
  again.reset();
  EXPECT_EQ(files.look(kTemp)->reserved, 0u);
  EXPECT_TRUE(other->write(0, bytes_of(content)));
}

struct Heard final : FetchEvents {
  void on_answer(const TakeBody* take, const ResponseHead&) override {
    if (take) offset = take->offset;
  }
  void on_progress(std::uint64_t now) override {
    progress.push_back(now);
    if (on_each) on_each();
  }
  void on_done(FetchEnd how) override { end = std::move(how); }

  std::optional<std::uint64_t> offset;
  std::vector<std::uint64_t> progress;
  std::optional<FetchEnd> end;
  std::function<void()> on_each;
};

class FakeTransportTest : public FakeFilesTest {
 protected:
  FakeTransportTest() {
    transport.set_chunk(4);
    transport.serve(kUrl, "0123456789");
  }
  Fetch start(std::uint64_t offset = 0) {
    into = open(offset == 0 ? OpenTemp::fresh : OpenTemp::resume);
    return transport.start(
        {kUrl, {}, {offset, offset == 0 ? Validator{} : Validator{"\"v1\"", ""}, std::nullopt}, into, offset}, heard);
  }

  FakeTransport transport{loop};
  TempFilePtr into;
  Heard heard;
};

TEST_F(FakeTransportTest, brings_the_file_in_chunks) {
  const Fetch fetch = start();
  loop.run_until_idle();
  ASSERT_TRUE(heard.end);
  EXPECT_EQ(std::get<BodyTaken>(*heard.end).end, 10U);
  EXPECT_EQ(heard.progress, (std::vector<std::uint64_t>{4, 8, 10}));
  EXPECT_EQ(files.content(kTemp), "0123456789");
}

TEST_F(FakeTransportTest, breaks_in_the_middle_and_goes_on_there) {
  FakeBehaviour cut;
  cut.cut_after = 6;
  transport.next(kUrl, cut);
  Fetch fetch = start();
  loop.run_until_idle();
  ASSERT_TRUE(heard.end);
  EXPECT_EQ(std::get<Failure>(*heard.end).failure_class, FailureClass::transient);
  EXPECT_EQ(heard.progress.back(), 6U);

  fetch = start(6);
  loop.run_until_idle();
  EXPECT_EQ(heard.offset, 6U);
  EXPECT_EQ(files.content(kTemp), "0123456789");
  EXPECT_EQ(transport.requests().back().asked.offset, 6U);
}

TEST_F(FakeTransportTest, starts_anew_when_the_file_changed) {
  transport.serve(kUrl, "9876543210", {"\"v2\"", ""});
  const Fetch fetch = start(6);
  loop.run_until_idle();
  ASSERT_TRUE(heard.end);
  EXPECT_TRUE(std::holds_alternative<StartAnew>(*heard.end));
}

TEST_F(FakeTransportTest, is_silent_once_the_fetch_is_dropped) {
  Fetch fetch = start();
  heard.on_each = [&] { fetch.reset(); };
  loop.run_until_idle();
  EXPECT_EQ(heard.progress.size(), 1U);
  EXPECT_FALSE(heard.end);
  EXPECT_TRUE(transport.open().empty());
}

TEST_F(FakeTransportTest, can_be_driven_by_hand) {
  FakeBehaviour manual;
  manual.by_hand = true;
  transport.next(kUrl, manual);
  const Fetch fetch = start();
  loop.run_until_idle();
  const auto open = transport.open(kUrl);
  ASSERT_TRUE(open);
  open->answer();
  open->bytes(7);
  EXPECT_EQ(files.content(kTemp), "0123456");
  open->finish();
  ASSERT_TRUE(heard.end);
  EXPECT_TRUE(std::holds_alternative<Failure>(*heard.end));
}

TEST_F(FakeTransportTest, never_writes_what_judge_refused) {
  FakeBehaviour gone;
  gone.status = 503;
  gone.alter = [](ResponseHead& head) { head.retry_after = "7"; };
  transport.next(kUrl, gone);
  const Fetch fetch = start();
  loop.run_until_idle();
  ASSERT_TRUE(heard.end);
  EXPECT_EQ(std::get<Failure>(*heard.end).http_status, 503);
  EXPECT_EQ(std::get<Failure>(*heard.end).retry_after, std::chrono::seconds(7));
  EXPECT_EQ(files.content(kTemp), "");
}

}  // namespace
}  // namespace dosvc
