// A disk or a store that fails at any one of its calls, once or until somebody mends it: the program hears of it with a
// clear error, nothing is lost, and in the end the files are right. Each kind of call fails at the first, the second,
// the third … until a life of the job has fewer.
#include <string>
#include <vector>

#include "fakes/engine_fixture.h"

namespace dosvc {
namespace {

using std::chrono::seconds;
using Op = FakeFiles::Op;

struct Fault {
  std::optional<Op> op;  // empty: of the store
  std::size_t nth = 1;
  Error error;
  bool for_good = false;
  bool then_crash = false;  // before it is mended
};

// What a job does in its life.
struct Life {
  const char* name = "";
  ApiView view = ApiView::bits;
  std::size_t files = 1;
  std::vector<FileRange> ranges{};
  bool with_digest = false;
  bool paused = false;           // Suspend and Resume in the midst
  bool version_changes = false;  // in the midst
  bool cancelled = false;        // in the midst
};

// One life with one fault. The program is one that does what can be done: it calls again what failed.
class FaultyLife : public EngineFixture {
 public:
  FaultyLife(const Life& life, Fault fault) : life_(life), fault_(std::move(fault)) {}
  ~FaultyLife() override {
    if (engine) stop();
  }

  // False: there were fewer such calls.
  bool play() {
    serve("\"v1\"", 1);
    transport.set_chunk(fault_.op == Op::reserve ? 11 * 10'000 : 10'000);
    transport.set_pace(seconds(4));  // there is a checkpoint every 10 s
    start();
    plant();
    make_job();
    insist(JobCommand::resume);
    middle();
    if (life_.cancelled) {
      end_with_cancel();
    } else {
      come_to_rest();
      if (!HasFailure() && fault_.then_crash) crash_and_restart(FakeFiles::Crash::torn);
      end_with_complete();
    }
    return was_met();
  }

 private:
  void TestBody() override {}

  std::string url(std::size_t file) const { return "http://origin/" + std::to_string(file); }
  std::string local_name(std::size_t file) const { return "/dl/" + std::to_string(file); }
  void serve(const std::string& etag, unsigned version) {
    for (std::size_t i = 0; i < life_.files; ++i) {
      // Room is set aside for large files alone.
      std::string content = patterned((fault_.op == Op::reserve ? 1u << 20 : 100'000u) + i);
      for (char& c : content) c = static_cast<char>(c + static_cast<char>(version * 7 + i));
      content_[i] = content;
      transport.serve(url(i), std::move(content), {etag, ""});
    }
  }
  std::string wanted(std::size_t file) const {
    if (life_.ranges.empty()) return content_.at(file);
    std::string all;
    for (const FileRange& range : life_.ranges) all += content_.at(file).substr(range.offset, range.length);
    return all;
  }

  void plant() {
    if (fault_.op) return files.fail_nth(*fault_.op, fault_.nth, fault_.error, fault_.for_good);
    tries_before_ = store.tries();
    store.fail_nth_commit(fault_.nth, fault_.error, fault_.for_good);
  }
  bool was_met() const { return fault_.op ? files.calls(*fault_.op) >= fault_.nth : tries_seen_ >= fault_.nth; }
  // Somebody sees to the disk.
  void mend() {
    count_tries();
    if (fault_.then_crash) crash_and_restart(FakeFiles::Crash::torn);
    if (fault_.op) {
      files.mend(*fault_.op);
    } else {
      store.mend();
    }
    loop.advance(seconds(10));
  }
  void count_tries() { tries_seen_ = std::max(tries_seen_, store.tries() - tries_before_); }

  void expect_clear(const Error& error) {
    EXPECT_EQ(error.code, fault_.error.code) << error.message;
    EXPECT_EQ(error.context, fault_.error.context) << error.message;
    EXPECT_FALSE(error.message.empty());
  }
  void expect_error_object() {
    const auto now = snapshot(id_);
    ASSERT_TRUE(now->job.error.has_value());
    expect_clear(now->job.error->error);
  }

  void make_job() {
    for (int tries = 0; tries < 3; ++tries) {
      NewJob spec;
      spec.view = life_.view;
      auto made = result_of<std::shared_ptr<JobView>>([&](auto reply) { engine->create_job(user, spec, reply); });
      if (made) {
        id_ = (*made)->id();
        return add_files_to_it();
      }
      expect_clear(made.error());
      mend();
    }
    FAIL() << "no job could be made";
  }
  void add_files_to_it() {
    std::vector<NewFile> list;
    for (std::size_t i = 0; i < life_.files; ++i) {
      NewFile file{url(i), local_name(i)};
      file.ranges = life_.ranges;
      if (life_.with_digest) file.sha256 = FakeFiles::sha256_of(wanted(i));
      list.push_back(file);
    }
    for (int tries = 0; tries < 3; ++tries) {
      const Result<void> added = add_files(id_, list);
      if (added) return;
      expect_clear(added.error());
      mend();
      ASSERT_TRUE(in_queue(id_));
    }
    FAIL() << "no files could be added";
  }
  void insist(JobCommand what) {
    for (int tries = 0; tries < 3; ++tries) {
      const auto pending = ask<CommandOutcome>([&](auto reply) { engine->command(user, id_, what, reply); });
      loop.advance(seconds(1));
      ASSERT_TRUE(pending->has_value()) << "a call was not answered";
      if (**pending || (*pending)->error().code == BG_E_INVALID_STATE) return;
      expect_clear((*pending)->error());
      mend();
    }
    FAIL() << "a call fails again and again";
  }

  void middle() {
    loop.advance(seconds(15));
    if (life_.paused) {
      insist(JobCommand::suspend);
      loop.advance(seconds(5));
      insist(JobCommand::resume);
    }
    if (life_.version_changes) {
      insist(JobCommand::suspend);
      serve("\"v2\"", 2);
      insist(JobCommand::resume);
      loop.advance(seconds(15));
    }
  }

  void come_to_rest() {
    for (int rounds = 0; rounds < 6 && !HasFailure(); ++rounds) {
      loop.advance(seconds(120));
      switch (*state_of(id_)) {
        case JobState::transferred:
          return;
        case JobState::transient_error:
          expect_error_object();
          EXPECT_TRUE(snapshot(id_)->next_attempt.has_value());
          if (fault_.for_good) {
            loop.advance(seconds(7200));
            for (int i = 0; i < 10 && is_running(*state_of(id_)); ++i) loop.advance(seconds(1));  // just being tried
            EXPECT_EQ(state_of(id_), JobState::transient_error);
            expect_error_object();
          }
          mend();
          loop.advance(seconds(4000));  // it goes on by itself
          break;
        case JobState::error:
          EXPECT_TRUE(fault_.op.has_value()) << "the store's trouble is no error of a job";
          expect_error_object();
          mend();
          insist(JobCommand::resume);
          break;
        default:
          EXPECT_TRUE(!fault_.op) << "it hangs: " << name_of(snapshot(id_)->wait);
          mend();  // the store could not say more
          if (state_of(id_) == JobState::suspended) insist(JobCommand::resume);
          break;
      }
    }
    EXPECT_EQ(state_of(id_), JobState::transferred);
  }

  void end_with_complete() {
    if (HasFailure()) return;
    for (int tries = 0; tries < 3; ++tries) {
      const Result<CommandOutcome> done = complete(id_);
      if (done) {
        EXPECT_EQ(done.value().code, S_OK);
        break;
      }
      expect_clear(done.error());
      loop.advance(seconds(10));
      EXPECT_EQ(state_of(id_), JobState::transferred);
      mend();
    }
    count_tries();
    EXPECT_FALSE(in_queue(id_));
    for (std::size_t i = 0; i < life_.files; ++i) {
      EXPECT_TRUE(files.content(local_name(i)) == wanted(i)) << "wrong bytes in file " << i;
      EXPECT_TRUE(files.synced_content(local_name(i)) == wanted(i)) << "not on the disk: file " << i;
    }
    EXPECT_EQ(files.names().size(), life_.files);
    EXPECT_TRUE(store.committed().empty());
  }

  void end_with_cancel() {
    if (HasFailure()) return;
    for (int tries = 0; tries < 3; ++tries) {
      const Result<CommandOutcome> done = cancel(id_);
      if (done) {
        // What can't be removed is left behind, and the program hears of it.
        const bool may_be_left = fault_.op == Op::remove && was_met();
        EXPECT_EQ(done.value().code, may_be_left ? BG_S_UNABLE_TO_DELETE_FILES : S_OK);
        EXPECT_TRUE(may_be_left || files.names().empty());
        break;
      }
      expect_clear(done.error());
      mend();
    }
    count_tries();
    EXPECT_FALSE(in_queue(id_));
    EXPECT_TRUE(store.committed().empty());
  }

  const Life& life_;
  const Fault fault_;
  JobId id_{};
  std::map<std::size_t, std::string> content_;
  std::size_t tries_before_ = 0;
  std::size_t tries_seen_ = 0;
};

std::vector<Life> lives() {
  return {
      {.name = "one file, with a digest, paused", .with_digest = true, .paused = true},
      {.name = "three files side by side", .view = ApiView::delivery_optimization, .files = 3},
      {.name = "parts of two files", .files = 2, .ranges = {{50'000, 30'000}, {0, 30'000}}},
      {.name = "another version in the midst", .version_changes = true},
      {.name = "cancelled", .files = 2, .cancelled = true},
  };
}

Error of_the_disk(std::uint32_t code) {
  return {HRESULT_FROM_WIN32(code), ErrorContext::local_file, "the disk fails at /dl"};
}

// At every place, once and for good, with and without a crash on top.
void fail_everywhere(std::optional<Op> op, const Error& error) {
  for (const Life& life : lives()) {
    for (const int how : {0, 1, 2, 3}) {
      Fault fault{op, 1, error, (how & 1) != 0, (how & 2) != 0};
      std::size_t met = 0;
      for (bool more = true; more; ++fault.nth) {
        SCOPED_TRACE(std::string(life.name) + ", call " + std::to_string(fault.nth) +
                     (fault.for_good ? " and all after it" : "") + (fault.then_crash ? ", then the power goes" : ""));
        more = FaultyLife(life, fault).play();
        met += more ? 1U : 0U;
        if (::testing::Test::HasFailure()) return;
      }
      const bool small_parts = op == Op::reserve && !life.ranges.empty();
      const bool in_each_life = op != Op::sha256 && op != Op::remove && op != Op::publish && !small_parts;
      EXPECT_TRUE(met > 0 || !in_each_life) << life.name;
    }
  }
}

TEST(Faults, disk_full_at_each_write) { fail_everywhere(Op::write, of_the_disk(ERROR_DISK_FULL)); }
TEST(Faults, an_error_at_each_write) { fail_everywhere(Op::write, of_the_disk(ERROR_WRITE_FAULT)); }
TEST(Faults, disk_full_at_each_sync) { fail_everywhere(Op::sync, of_the_disk(ERROR_DISK_FULL)); }
TEST(Faults, an_error_at_each_sync) { fail_everywhere(Op::sync, of_the_disk(ERROR_WRITE_FAULT)); }
TEST(Faults, disk_full_at_each_open) { fail_everywhere(Op::open, of_the_disk(ERROR_DISK_FULL)); }
TEST(Faults, an_error_at_each_open) { fail_everywhere(Op::open, of_the_disk(ERROR_WRITE_FAULT)); }
TEST(Faults, disk_full_at_each_reservation) { fail_everywhere(Op::reserve, of_the_disk(ERROR_DISK_FULL)); }
TEST(Faults, an_error_at_each_reservation) { fail_everywhere(Op::reserve, of_the_disk(ERROR_WRITE_FAULT)); }
TEST(Faults, an_error_at_each_read) { fail_everywhere(Op::sha256, of_the_disk(ERROR_READ_FAULT)); }
TEST(Faults, disk_full_at_each_rename) { fail_everywhere(Op::publish, of_the_disk(ERROR_DISK_FULL)); }
TEST(Faults, an_error_at_each_rename) { fail_everywhere(Op::publish, of_the_disk(ERROR_WRITE_FAULT)); }
TEST(Faults, an_error_at_each_unlink) { fail_everywhere(Op::remove, of_the_disk(ERROR_WRITE_FAULT)); }
TEST(Faults, an_error_at_each_look_at_a_folder) { fail_everywhere(Op::check, of_the_disk(ERROR_WRITE_FAULT)); }
TEST(Faults, an_error_at_each_commit) {
  fail_everywhere(std::nullopt, {HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::queue, "the store's disk is full"});
}

}  // namespace
}  // namespace dosvc
