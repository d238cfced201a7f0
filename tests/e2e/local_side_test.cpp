// The local side: disks, folders and names that are not as one would wish. A clear error, nothing lost, and nothing
// written anywhere else.

#include <grp.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <set>

#include "core/blocking_call.h"
#include "e2e/e2e_fixture.h"

namespace dosvc {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSize = 300'000;
constexpr uid_t kNobody = 65534;

// A filesystem of a given size, over a folder.
class SmallDisk {
 public:
  SmallDisk(std::string folder, const char* size) : folder_(std::move(folder)) {
    fs::create_directory(folder_);
    fs::permissions(folder_, fs::perms::owner_all);
    mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, options(size).c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  const std::string& folder() const { return folder_; }
  void grow(const char* size) {
    ASSERT_EQ(::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT, options(size).c_str()), 0);
  }

 private:
  static std::string options(const char* size) { return std::string("mode=0700,size=") + size; }
  std::string folder_;
  bool mounted_ = false;
};
#define DOSVC_SKIP_WITHOUT(disk) \
  if (!(disk).mounted()) GTEST_SKIP() << "mounting a small disk needs root"

void write_text(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
std::string text_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

class LocalSide : public BothViews {
 protected:
  LocalSide() { origin_.serve("/a.bin", {.size = kSize}); }
  Result<void> add_at(const std::string& path) {
    NewJob spec;
    spec.view = GetParam();
    return add(create(spec), {{origin_.url("/a.bin"), path}});
  }
  void expect_refused(const std::string& path, HRESULT code) {
    service();
    const auto before = names_in(home_.path());
    const auto added = add_at(path);
    ASSERT_FALSE(added);
    EXPECT_EQ(static_cast<std::uint32_t>(added.error().code), static_cast<std::uint32_t>(code))
        << added.error().message;
    EXPECT_EQ(added.error().message.find('\n'), std::string::npos);
    EXPECT_EQ(names_in(home_.path()), before);
    EXPECT_EQ(names_in(folder_), std::vector<std::string>{});
    EXPECT_TRUE(origin_.requests().empty());
  }
};
DOSVC_IN_BOTH_VIEWS(LocalSide);

TEST_P(LocalSide, a_full_disk_is_waited_for) {
  constexpr std::uint64_t kLarge = 6 * kMiB;
  SmallDisk disk(home_ / "disk", "2m");
  DOSVC_SKIP_WITHOUT(disk);
  origin_.serve("/a.bin", {.size = kLarge});
  const std::string name = disk.folder() + "/a.bin";
  NewJob spec;
  spec.view = GetParam();
  const auto download = start(spec, {{origin_.url("/a.bin"), name}});
  expect_failure(download, JobState::transient_error, HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::local_file);
  EXPECT_NE(told(download.shot()).find(disk.folder()), std::string::npos) << told(download.shot());
  EXPECT_FALSE(fs::exists(name));
  disk.grow("16m");
  resume(download);
  ASSERT_EQ(settle(download)->job.state(), JobState::transferred) << told(download.shot());
  const auto completed = command(download, JobCommand::complete);
  ASSERT_TRUE(completed) << completed.error().message;
  EXPECT_EQ(names_in(disk.folder()), std::vector<std::string>{"a.bin"});
  EXPECT_EQ(origin::first_difference(name, 1, kLarge), std::nullopt);
}

TEST_P(LocalSide, a_full_disk_is_freed_by_cancel) {
  SmallDisk disk(home_ / "disk", "2m");
  DOSVC_SKIP_WITHOUT(disk);
  origin_.serve("/a.bin", {.size = 6 * kMiB});
  NewJob spec;
  spec.view = GetParam();
  const auto download = start(spec, {{origin_.url("/a.bin"), disk.folder() + "/a.bin"}});
  expect_failure(download, JobState::transient_error, HRESULT_FROM_WIN32(ERROR_DISK_FULL), ErrorContext::local_file);
  expect_cancelled_without_a_trace(download);
  EXPECT_EQ(names_in(disk.folder()), std::vector<std::string>{});
}

// The queue's own disk is full: calls fail with the reason, and what was answered with success stays.
TEST_F(E2eTest, a_full_disk_under_the_queue_loses_nothing_that_was_answered) {
  SmallDisk disk(state_directory_, "1m");
  DOSVC_SKIP_WITHOUT(disk);
  open_queue();
  const std::string filler = disk.folder() + "/filler";
  std::ofstream(filler) << std::string(2 * kMiB, 'x');
  std::set<JobId> answered;
  std::optional<Error> refused;
  NewJob spec;
  spec.display_name = std::string(200, 'n');
  for (int i = 0; i < 5000 && !refused; ++i) {
    auto made = wait_for<std::shared_ptr<JobView>>([&](auto reply) { service().create_job(me_, spec, reply); });
    if (made) {
      answered.insert((*made)->id());
    } else {
      refused = made.error();
    }
  }
  ASSERT_TRUE(refused) << "the disk never became full";
  EXPECT_EQ(static_cast<std::uint32_t>(refused->code), 0x80070070u) << refused->message;
  EXPECT_NE(refused->message.find(state_directory_), std::string::npos) << refused->message;
  fs::remove(filler);
  answered.insert(create(NewJob{}).id());
  close_queue();
  std::set<JobId> found;
  const auto listed = service().list(me_, false);
  for (const auto& view : *listed) found.insert(view->id());
  EXPECT_EQ(found, answered);
  close_queue();
}

TEST_P(LocalSide, a_missing_folder_is_refused) {
  expect_refused(home_ / "nowhere/a.bin", HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND));
}

TEST_P(LocalSide, a_folder_in_place_of_the_file_is_refused) {
  expect_refused(folder_, E_INVALIDARG);
  expect_refused(folder_ + "/", E_INVALIDARG);
}

TEST_P(LocalSide, a_name_that_no_file_can_have_is_refused) {
  expect_refused(folder_ + "/" + std::string(300, 'n'), E_INVALIDARG);
  expect_refused(folder_ + "/two\nlines", E_INVALIDARG);
  expect_refused(folder_ + "/../a.bin", E_INVALIDARG);
  expect_refused("./a.bin", E_INVALIDARG);
}

TEST_P(LocalSide, the_longest_name_that_a_file_can_have_is_fine) {
  const std::string name(255, 'n');
  expect_whole(start(GetParam(), "/a.bin", name), kSize, 1, name);
}

// As root every folder can be written to: then this test runs again, as a user who can't.
TEST_P(LocalSide, a_folder_without_the_right_to_write_is_refused) {
  if (::geteuid() == 0) {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    const std::string filter = std::string("--gtest_filter=") + test->test_suite_name() + "." + test->name();
    const pid_t child = ::fork();
    if (child == 0) {
      const bool dropped = ::setgroups(0, nullptr) == 0 && ::setgid(kNobody) == 0 && ::setuid(kNobody) == 0;
      if (dropped) ::execl("/proc/self/exe", "e2e_test", filter.c_str(), nullptr);
      ::_exit(126);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 126) GTEST_SKIP() << "another user may not run this program here";
    EXPECT_EQ(WEXITSTATUS(status), 0) << "as another user it fails";
    return;
  }
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
  expect_refused(folder_ + "/a.bin", E_ACCESSDENIED);

  fs::permissions(folder_, fs::perms::owner_all);
  NewJob spec;
  spec.view = GetParam();
  const auto download = create(spec);
  ASSERT_TRUE(add(download, {{origin_.url("/a.bin"), "a.bin"}}));
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
  resume(download);
  expect_failure(download, JobState::error, E_ACCESSDENIED, ErrorContext::local_file);
  fs::permissions(folder_, fs::perms::owner_all);
  resume(download);
  expect_whole(download, kSize);
}

TEST_P(LocalSide, a_folder_that_goes_away_is_an_error_until_it_is_back) {
  NewJob spec;
  spec.view = GetParam();
  const auto download = create(spec);
  ASSERT_TRUE(add(download, {{origin_.url("/a.bin"), "a.bin"}}));
  fs::remove(folder_);
  resume(download);
  expect_failure(download, JobState::error, HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), ErrorContext::local_file);
  fs::create_directory(folder_);
  resume(download);
  expect_whole(download, kSize);
}

TEST_P(LocalSide, a_folder_made_under_the_files_name_keeps_the_job_until_it_is_gone) {
  const auto download = start(GetParam(), "/a.bin");
  ASSERT_EQ(settle(download)->job.state(), JobState::transferred);
  fs::create_directory(folder_ + "/a.bin");
  write_text(folder_ + "/a.bin/mine", "mine");
  const auto refused = command(download, JobCommand::complete);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, HRESULT_FROM_WIN32(ERROR_DIRECTORY)) << refused.error().message;
  EXPECT_EQ(download.shot()->job.state(), JobState::transferred);
  EXPECT_EQ(text_of(folder_ + "/a.bin/mine"), "mine");
  fs::remove_all(folder_ + "/a.bin");
  expect_whole(download, kSize);
}

TEST_P(LocalSide, an_older_file_is_replaced_by_complete_and_not_before) {
  write_text(folder_ + "/a.bin", "older");
  const auto download = start(GetParam(), "/a.bin");
  ASSERT_EQ(settle(download)->job.state(), JobState::transferred);
  EXPECT_EQ(text_of(folder_ + "/a.bin"), "older");
  const auto completed = command(download, JobCommand::complete);
  ASSERT_TRUE(completed) << completed.error().message;
  EXPECT_EQ(names_in(folder_), std::vector<std::string>{"a.bin"});
  EXPECT_EQ(origin::first_difference(folder_ + "/a.bin", 1, kSize), std::nullopt);
}

TEST_P(LocalSide, a_cancelled_job_leaves_the_older_file_alone) {
  write_text(folder_ + "/a.bin", "older");
  const auto download = start(GetParam(), "/a.bin");
  ASSERT_EQ(settle(download)->job.state(), JobState::transferred);
  const auto cancelled = command(download, JobCommand::cancel);
  ASSERT_TRUE(cancelled) << cancelled.error().message;
  EXPECT_EQ(names_in(folder_), std::vector<std::string>{"a.bin"});
  EXPECT_EQ(text_of(folder_ + "/a.bin"), "older");
}

TEST_P(LocalSide, a_symbolic_link_of_the_files_name_is_replaced_and_its_target_untouched) {
  write_text(home_ / "target", "target");
  fs::create_symlink(home_ / "target", folder_ + "/a.bin");
  const auto download = start(GetParam(), "/a.bin");
  ASSERT_EQ(settle(download)->job.state(), JobState::transferred) << told(download.shot());
  const auto completed = command(download, JobCommand::complete);
  ASSERT_TRUE(completed) << completed.error().message;
  EXPECT_EQ(text_of(home_ / "target"), "target");
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(folder_ + "/a.bin")));
  EXPECT_EQ(origin::first_difference(folder_ + "/a.bin", 1, kSize), std::nullopt);
}

TEST_P(LocalSide, a_temporary_file_that_somebody_removed_is_missed_by_complete) {
  const auto download = start(GetParam(), "/a.bin");
  ASSERT_EQ(settle(download)->job.state(), JobState::transferred);
  for (const std::string& name : names_in(folder_)) fs::remove(folder_ + "/" + name);
  const auto refused = command(download, JobCommand::complete);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().context, ErrorContext::local_file);
  EXPECT_EQ(names_in(folder_), std::vector<std::string>{});
  expect_cancelled_without_a_trace(download);
}

}  // namespace
}  // namespace dosvc
