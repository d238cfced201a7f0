#include "files/posix_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string>

#include "fakes/disk_test.h"
#include "files/errno_errors.h"

namespace dosvc {
namespace {

using PosixFilesTest = DiskTest;

TEST_F(PosixFilesTest, makes_an_empty_file_that_only_its_owner_may_read_whatever_the_umask) {
  Disk disk;
  for (const mode_t mask : {0000, 0077, 0777}) {
    const mode_t before = ::umask(mask);
    const auto file = disk.fresh(at(".a.part"));
    ::umask(before);
    ASSERT_TRUE(file.ok()) << file.error().message;
    EXPECT_EQ(mode_of(at(".a.part")), 0600U);
    EXPECT_EQ(status_of(at(".a.part")).st_ino, (*file)->identity().inode);
  }
}

TEST_F(PosixFilesTest, writes_anywhere_in_the_file) {
  Disk disk;
  const TempFilePtr file = disk.fresh(at(".a.part")).take();
  ASSERT_TRUE(file->write(6, bytes_of("world")));
  ASSERT_TRUE(file->write(0, bytes_of("hello ")));
  EXPECT_EQ(content_of(at(".a.part")), "hello world");
  EXPECT_EQ(code_of(file->write(~std::uint64_t{0}, bytes_of("x"))), HRESULT_FROM_WIN32(ERROR_FILE_TOO_LARGE));
}

TEST_F(PosixFilesTest, never_follows_a_symbolic_link_that_has_the_temporary_name) {
  Disk disk;
  put(at("precious"), "precious");
  ::chmod(at("precious").c_str(), 0604);
  fs::create_symlink(at("precious"), at(".a.part"));
  EXPECT_EQ(code_of(disk.resume(at(".a.part"))), HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND));

  const TempFilePtr file = disk.fresh(at(".a.part")).take();
  ASSERT_TRUE(file->write(0, bytes_of("new")));
  EXPECT_EQ(content_of(at("precious")), "precious");
  EXPECT_EQ(mode_of(at("precious")), 0604U);
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(at(".a.part"))));
}

TEST_F(PosixFilesTest, takes_the_name_from_a_leftover_and_leaves_its_other_names_alone) {
  Disk disk;
  put(at("precious"), "precious");
  fs::create_hard_link(at("precious"), at(".a.part"));
  const TempFilePtr file = disk.fresh(at(".a.part")).take();
  ASSERT_TRUE(file->write(0, bytes_of("new")));
  EXPECT_EQ(content_of(at("precious")), "precious");

  fs::create_directory(at(".b.part"));
  EXPECT_EQ(code_of(disk.fresh(at(".b.part"))), HRESULT_FROM_WIN32(ERROR_DIRECTORY));
}

TEST_F(PosixFilesTest, resumes_only_the_file_it_made) {
  Disk disk;
  const TempFilePtr file = disk.fresh(at(".a.part")).take();
  ASSERT_TRUE(file->write(0, bytes_of("half")));
  const auto again = disk.resume(at(".a.part"), file->identity());
  ASSERT_TRUE(again.ok()) << again.error().message;
  ASSERT_TRUE((*again)->write(4, bytes_of(" more")));
  EXPECT_EQ(content_of(at(".a.part")), "half more");
  EXPECT_TRUE(disk.resume(at(".a.part")));

  FileIdentity after_reboot = file->identity();
  after_reboot.device += 1;
  EXPECT_TRUE(disk.resume(at(".a.part"), after_reboot));

  const HRESULT not_found = HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND);
  FileIdentity other = file->identity();
  other.inode += 1;
  EXPECT_EQ(code_of(disk.resume(at(".a.part"), other)), not_found);
  EXPECT_EQ(code_of(disk.resume(at(".gone.part"))), not_found);
  EXPECT_EQ(code_of(disk.resume(at("no/such/.a.part"))), not_found);
}

TEST_F(PosixFilesTest, a_sync_cuts_off_what_is_not_wanted_and_nothing_else) {
  Disk disk;
  const TempFilePtr file = disk.fresh(at(".a.part")).take();
  ASSERT_TRUE(file->write(0, bytes_of("wanted, and more")));
  file->cut_at_sync(100);
  ASSERT_TRUE(disk.sync({file}));
  EXPECT_EQ(content_of(at(".a.part")), "wanted, and more");
  file->cut_at_sync(6);
  ASSERT_TRUE(disk.sync({file}));
  EXPECT_EQ(content_of(at(".a.part")), "wanted");
}

TEST_F(PosixFilesTest, does_not_resume_a_file_with_a_second_name_nor_what_is_no_file) {
  Disk disk;
  const HRESULT not_found = HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND);
  const TempFilePtr file = disk.fresh(at(".a.part")).take();
  fs::create_hard_link(at(".a.part"), at("second"));
  EXPECT_EQ(code_of(disk.resume(at(".a.part"), file->identity())), not_found);

  ASSERT_EQ(::mkfifo(at(".pipe.part").c_str(), 0600), 0);
  EXPECT_EQ(code_of(disk.resume(at(".pipe.part"))), not_found);
  fs::create_directory(at(".dir.part"));
  EXPECT_EQ(code_of(disk.resume(at(".dir.part"))), not_found);
}

TEST_F(PosixFilesTest, says_which_folder_is_missing) {
  Disk disk;
  const auto result = disk.check({at("a"), at("miss\ning/b")});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND));
  EXPECT_EQ(result.error().context, ErrorContext::local_file);
  EXPECT_EQ(result.error().message, "\"" + at("miss\\x0aing") + "\" can't be used: there is no such folder; create it");
  EXPECT_EQ(code_of(disk.fresh(at("missing/.b.part"))), HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND));
  put(at("file"), "");
  EXPECT_EQ(code_of(disk.check({at("file/b")})), HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND));
}

TEST_F(PosixFilesTest, accepts_as_destination_only_what_a_rename_may_replace) {
  Disk disk;
  put(at("file"), "old");
  fs::create_symlink("/nowhere", at("link"));
  fs::create_directory(at("folder"));
  fs::create_symlink(at("folder"), at("door"));
  ASSERT_EQ(::mkfifo(at("pipe").c_str(), 0600), 0);
  EXPECT_TRUE(disk.check({at("new"), at("file"), at("link"), at("door"), at("door/new"), at(std::string(255, 'n'))}));
  EXPECT_EQ(code_of(disk.check({at("new"), at("folder")})), E_INVALIDARG);
  EXPECT_EQ(code_of(disk.check({at("pipe")})), E_INVALIDARG);
  EXPECT_EQ(code_of(disk.check({at(std::string(256, 'n'))})), E_INVALIDARG);
}

TEST_F(PosixFilesTest, tells_when_the_owner_may_not_write_there) {
  fs::create_directory(at("locked"));
  ASSERT_EQ(::chmod(at("locked").c_str(), 0555), 0);
  in_a_child([this] {
    give_up_root();
    Disk disk;
    EXPECT_EQ(code_of(disk.check({at("locked/a")})), E_ACCESSDENIED);
    EXPECT_EQ(code_of(disk.fresh(at("locked/.a.part"))), E_ACCESSDENIED);
  });
}

TEST_F(PosixFilesTest, keeps_names_in_folders_it_may_use_but_not_read) {
  fs::create_directory(at("blind"));
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(at("blind").c_str(), kNobody, kNobody), 0);
  }
  ASSERT_EQ(::chmod(at("blind").c_str(), 0300), 0);
  in_a_child([this] {
    give_up_root();
    Disk disk;
    EXPECT_TRUE(disk.check({at("blind/a")}));
    const auto file = disk.fresh(at("blind/.a.part"));
    ASSERT_TRUE(file.ok()) << file.error().message;
    EXPECT_TRUE(disk.sync({*file}));
    EXPECT_TRUE(disk.publish({at("blind/.a.part"), at("blind/a"), (*file)->identity(), 0644, std::nullopt}));
  });
  ASSERT_EQ(::chmod(at("blind").c_str(), 0700), 0);
  EXPECT_TRUE(fs::exists(at("blind/a")));
}

TEST_F(PosixFilesTest, without_the_right_to_act_for_others_serves_nobody_but_its_own_user) {
  put(at(".old.part"), "");
  ASSERT_EQ(::chmod(dir.c_str(), 0777), 0);
  in_a_child([this] {
    give_up_root();
    Disk disk;
    disk.user = ::geteuid() + 1;
    const auto refused = disk.check({at("a")});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, E_ACCESSDENIED);
    EXPECT_NE(refused.error().message.find("run the job as its own user"), std::string::npos);
    EXPECT_EQ(code_of(disk.fresh(at(".a.part"))), E_ACCESSDENIED);
    EXPECT_EQ(code_of(disk.make_folders(at("b/a"), 0)), E_ACCESSDENIED);
    EXPECT_EQ(code_of(disk.certificate({0, "MY", {}, "me", {}})), E_ACCESSDENIED);
    EXPECT_EQ(code_of(disk.publish({at(".old.part"), at("a"), {}, 0644, std::nullopt})), E_ACCESSDENIED);
    EXPECT_EQ(disk.remove({at(".old.part")}), std::vector<std::string>{at(".old.part")});
    EXPECT_TRUE(fs::exists(at(".old.part")));
  });
}

TEST_F(PosixFilesTest, tells_of_a_full_disk_and_goes_on_when_there_is_room_again) {
  fs::create_directory(at("small"));
  in_a_child([this] {
    mount_small_disk(at("small"));
    if (IsSkipped()) return;
    Disk disk;
    put(at("small/other"), std::string(32 * 1024, 'o'));
    const TempFilePtr file = disk.fresh(at("small/.a.part")).take();
    const std::string content(48 * 1024, 'a');
    const auto full = file->write(0, bytes_of(content));
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, HRESULT_FROM_WIN32(ERROR_DISK_FULL));
    EXPECT_EQ(full.error().message,
              "\"" + at("small/.a.part") + "\" can't be written: the disk is full; free some space");
    fs::remove(at("small/other"));
    EXPECT_TRUE(file->write(0, bytes_of(content)));
    EXPECT_TRUE(disk.sync({file}));
    EXPECT_EQ(content_of(at("small/.a.part")), content);
  });
}

// What the file takes up on its disk.
std::uint64_t room_of(const fs::path& path) { return static_cast<std::uint64_t>(status_of(path).st_blocks) * 512; }

TEST_F(PosixFilesTest, a_disk_that_is_too_small_says_so_before_it_is_full) {
  fs::create_directory(at("small"));
  in_a_child([this] {
    mount_small_disk(at("small"));
    if (IsSkipped()) return;
    Disk disk;
    const TempFilePtr file = disk.fresh(at("small/.a.part")).take();
    const auto full = disk.reserve(file, 65 * 1024);
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, HRESULT_FROM_WIN32(ERROR_DISK_FULL));
    EXPECT_EQ(full.error().message,
              "\"" + at("small/.a.part") + "\" can't be written: the disk is full; free some space");
    put(at("small/other"), std::string(48 * 1024, 'o'));
    EXPECT_EQ(fs::file_size(at("small/other")), 48u * 1024) << "others have all the room";

    fs::remove(at("small/other"));
    ASSERT_TRUE(disk.reserve(file, 32 * 1024));
    EXPECT_EQ(fs::file_size(at("small/.a.part")), 0u);
    put(at("small/other"), std::string(48 * 1024, 'o'));
    EXPECT_LE(fs::file_size(at("small/other")), 32u * 1024) << "the room is the file's";
    const std::string content(32 * 1024, 'a');
    EXPECT_TRUE(file->write(0, bytes_of(content)));
    EXPECT_TRUE(disk.sync({file}));
    EXPECT_EQ(content_of(at("small/.a.part")), content);
  });
}

TEST_F(PosixFilesTest, gives_back_what_was_set_aside_and_not_used) {
  constexpr std::uint64_t kRoom = 4 << 20;
  TempFilePtr cut, closed, held;
  {
    Disk disk;
    cut = disk.fresh(at(".cut.part")).take();
    if (!disk.reserve(cut, kRoom) || room_of(at(".cut.part")) < kRoom) GTEST_SKIP() << "nothing is set aside here";
    ASSERT_TRUE(cut->write(0, bytes_of("wanted")));
    ASSERT_TRUE(disk.sync({cut}));
    EXPECT_GE(room_of(at(".cut.part")), kRoom);
    cut->cut_at_sync(6);
    ASSERT_TRUE(disk.sync({cut}));
    EXPECT_LT(room_of(at(".cut.part")), kRoom);
    EXPECT_EQ(content_of(at(".cut.part")), "wanted");

    closed = disk.fresh(at(".closed.part")).take();
    ASSERT_TRUE(disk.reserve(closed, kRoom));
    ASSERT_TRUE(closed->write(0, bytes_of("half")));
    held = disk.resume(at(".closed.part")).take();
    closed.reset();
  }
  EXPECT_GE(room_of(at(".closed.part")), kRoom) << "somebody has it open still";
  held.reset();
  EXPECT_LT(room_of(at(".closed.part")), kRoom);
  EXPECT_EQ(content_of(at(".closed.part")), "half");
}

TEST_F(PosixFilesTest, gives_back_what_a_process_had_set_aside_that_was_killed) {
  constexpr std::uint64_t kRoom = 4 << 20;
  in_a_child([this] {
    Disk disk;
    const TempFilePtr file = disk.fresh(at(".a.part")).take();
    EXPECT_TRUE(disk.reserve(file, kRoom));
    std::fflush(stdout);
    ::_exit(HasFailure() ? 1 : 0);
  });
  if (room_of(at(".a.part")) < kRoom) GTEST_SKIP() << "nothing is set aside here";
  Disk disk;
  const TempFilePtr file = disk.resume(at(".a.part")).take();
  ASSERT_TRUE(file->write(0, bytes_of("all")));
  file->cut_at_sync(3);
  ASSERT_TRUE(disk.sync({file}));
  EXPECT_LT(room_of(at(".a.part")), kRoom);
}

TEST_F(PosixFilesTest, sets_nothing_aside_where_the_filesystem_cannot) {
  fs::create_directory(at("small"));
  in_a_child([this] {
    mount_small_disk(at("small"));
    if (IsSkipped()) return;
    if (::mount("none", at("small").c_str(), "ramfs", 0, nullptr) != 0) GTEST_SKIP() << "no right to mount";
    Disk disk;
    const TempFilePtr file = disk.fresh(at("small/.a.part")).take();
    EXPECT_TRUE(disk.reserve(file, 4 << 20));
    EXPECT_EQ(room_of(at("small/.a.part")), 0u);
  });
}

TEST(FileError, a_quota_that_is_used_up_is_a_full_disk_for_its_user) {
  const Error error = file_error(EDQUOT, "/home/me/a", "written");
  EXPECT_EQ(error.code, HRESULT_FROM_WIN32(ERROR_DISK_FULL));
  EXPECT_EQ(error.message,
            "\"/home/me/a\" can't be written: the disk quota is used up; free some space or have the quota raised");
}

TEST_F(PosixFilesTest, tells_of_a_file_larger_than_the_process_may_write) {
  in_a_child([this] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    Disk disk;
    const TempFilePtr file = disk.fresh(at(".a.part")).take();
    EXPECT_EQ(code_of(file->write(0, bytes_of(std::string(2000, 'a')))), HRESULT_FROM_WIN32(ERROR_FILE_TOO_LARGE));
    EXPECT_EQ(status_of(at(".a.part")).st_size, 1000);
  });
}

TEST_F(PosixFilesTest, syncs_one_file_and_many) {
  Disk disk;
  std::vector<TempFilePtr> files;
  for (int i = 0; i < 40; ++i) {
    files.push_back(disk.fresh(at("." + std::to_string(i) + ".part")).take());
    ASSERT_TRUE(files.back()->write(0, bytes_of("content")));
  }
  EXPECT_TRUE(disk.sync({files.front()}));
  EXPECT_TRUE(disk.sync(files));
  EXPECT_TRUE(disk.sync({}));
}

TEST_F(PosixFilesTest, hashes_the_first_bytes) {
  Disk disk;
  const TempFilePtr file = disk.fresh(at(".a.part")).take();
  ASSERT_TRUE(file->write(0, bytes_of("abcdef")));
  EXPECT_EQ(*disk.sha256(file, {0, 3}), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(*disk.sha256(file, {0, 0}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(code_of(disk.sha256(file, {0, 7})), HRESULT_FROM_WIN32(ERROR_READ_FAULT));

  ASSERT_TRUE(file->write(0, bytes_of(std::string(3'000'000, 'a'))));
  EXPECT_EQ(*disk.sha256(file, {0, 1'000'000}), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_F(PosixFilesTest, gives_a_file_its_mode_time_and_name) {
  Disk disk;
  const TempFilePtr file = disk.fresh(at(".a.part")).take();
  ASSERT_TRUE(file->write(0, bytes_of("content")));
  put(at("a"), "an older file");
  Publication wanted = publication(file);
  wanted.mode = 0664;
  wanted.modified = WallTime(std::chrono::seconds(1'000'000'000) + std::chrono::microseconds(250'000));
  const mode_t before = ::umask(077);
  const auto result = disk.publish(wanted);
  ::umask(before);
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(content_of(at("a")), "content");
  EXPECT_EQ(mode_of(at("a")), 0664U);
  EXPECT_EQ(status_of(at("a")).st_mtim.tv_sec, 1'000'000'000);
  EXPECT_EQ(status_of(at("a")).st_mtim.tv_nsec, 250'000'000);
  EXPECT_FALSE(fs::exists(at(".a.part")));
}

TEST_F(PosixFilesTest, can_publish_again_what_it_published) {
  Disk disk;
  const TempFilePtr file = disk.fresh(at(".a.part")).take();
  ASSERT_TRUE(disk.publish(publication(file)));
  EXPECT_TRUE(disk.publish(publication(file)));

  put(at("new"), "");
  fs::rename(at("new"), at("a"));  // somebody else's file by now
  EXPECT_EQ(code_of(disk.publish(publication(file))), HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND));
}

TEST_F(PosixFilesTest, replaces_a_symbolic_link_and_not_what_it_leads_to) {
  Disk disk;
  put(at("precious"), "precious");
  fs::create_symlink(at("precious"), at("a"));
  const TempFilePtr file = disk.fresh(at(".a.part")).take();
  ASSERT_TRUE(file->write(0, bytes_of("content")));
  EXPECT_TRUE(disk.publish(publication(file)));
  EXPECT_FALSE(fs::is_symlink(at("a")));
  EXPECT_EQ(content_of(at("a")), "content");
  EXPECT_EQ(content_of(at("precious")), "precious");
}

TEST_F(PosixFilesTest, keeps_the_temporary_file_where_its_own_name_is_taken_by_no_file) {
  Disk disk;
  const TempFilePtr file = disk.fresh(at(".a.part")).take();
  fs::create_directory(at("a"));
  EXPECT_EQ(code_of(disk.publish(publication(file))), HRESULT_FROM_WIN32(ERROR_DIRECTORY));
  fs::remove(at("a"));
  ASSERT_EQ(::mkfifo(at("a").c_str(), 0600), 0);
  EXPECT_EQ(code_of(disk.publish(publication(file))), HRESULT_FROM_WIN32(ERROR_FILE_EXISTS));
  EXPECT_TRUE(S_ISFIFO(status_of(at("a")).st_mode));
  EXPECT_EQ(mode_of(at(".a.part")), 0600U);

  fs::remove(at("a"));
  EXPECT_TRUE(disk.publish(publication(file)));
}

TEST_F(PosixFilesTest, publishes_no_other_file_that_got_the_temporary_name) {
  Disk disk;
  const TempFilePtr file = disk.fresh(at(".a.part")).take();
  put(at("foreign"), "foreign");
  fs::rename(at("foreign"), at(".a.part"));
  EXPECT_EQ(code_of(disk.publish(publication(file))), HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND));
  fs::remove(at(".a.part"));
  fs::create_symlink(at("elsewhere"), at(".a.part"));
  EXPECT_EQ(code_of(disk.publish(publication(file))), HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND));
  EXPECT_FALSE(fs::exists(fs::symlink_status(at("a"))));
}

TEST_F(PosixFilesTest, publishes_the_others_where_one_fails) {
  Disk disk;
  std::vector<Publication> wanted;
  for (const std::string& name : std::vector<std::string>{"a", "folder", std::string(255, 'n')}) {
    const std::string temp = at(".t" + std::to_string(wanted.size()));
    const TempFilePtr file = disk.fresh(temp).take();
    wanted.push_back({temp, at(name), file->identity(), 0600, std::nullopt});
  }
  fs::create_directory(at("folder"));
  const auto results = disk.publish_all(wanted).take();
  ASSERT_EQ(results.size(), 3U);
  EXPECT_TRUE(results[0]);
  EXPECT_FALSE(results[1]);
  EXPECT_TRUE(results[2]);
  EXPECT_TRUE(fs::exists(at(std::string(255, 'n'))));
}

TEST_F(PosixFilesTest, removes_twice_and_names_what_it_could_not_remove) {
  Disk disk;
  const TempFilePtr file = disk.fresh(at(".a.part")).take();
  fs::create_directory(at(".dir.part"));
  const std::vector<std::string> names{at(".a.part"), at(".dir.part"), at("no/folder/.b.part")};
  const std::vector<std::string> remaining{at(".dir.part")};
  EXPECT_EQ(disk.remove(names), remaining);
  EXPECT_FALSE(fs::exists(at(".a.part")));
  EXPECT_EQ(disk.remove(names), remaining);
}

TEST_F(PosixFilesTest, finishes_its_work_and_answers_nobody_once_it_is_gone) {
  auto thread = LoopThread::create("files-test").take();
  bool answered = false;
  thread->run_and_wait([&] {
    PosixFiles files(thread->loop());
    for (int i = 0; i < 20; ++i) {
      files.open_temp(::geteuid(), at("." + std::to_string(i)), OpenTemp::fresh, {}, [&](auto) { answered = true; });
    }
  });
  thread->run_and_wait([&] {
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(fs::exists(at("." + std::to_string(i))));
  });
  EXPECT_FALSE(answered);
}

TEST_F(PosixFilesTest, replaces_no_link_to_a_device) {
  Disk disk;
  fs::create_symlink("/dev/null", at("null"));
  fs::create_symlink(at("nothing"), at("dangling"));
  EXPECT_EQ(code_of(disk.check({at("null")})), E_INVALIDARG);
  EXPECT_TRUE(disk.check({at("dangling")}).ok());
  const TempFilePtr file = disk.fresh(at(".a.part")).take();
  Publication onto_device = publication(file);
  onto_device.local_name = at("null");
  EXPECT_EQ(code_of(disk.publish(onto_device)), HRESULT_FROM_WIN32(ERROR_FILE_EXISTS));
  EXPECT_TRUE(fs::is_symlink(at("null")));
}

// What of a file is only in memory, as the kernel tells since Linux 6.5 (cachestat); nothing when it doesn't.
std::optional<std::uint64_t> pages_not_on_disk(const fs::path& path) {
  constexpr long kCachestat = 451;
  struct {
    std::uint64_t offset, length;
  } whole{0, 0};
  struct {
    std::uint64_t cache, dirty, writeback, evicted, recently_evicted;
  } pages{};
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (::syscall(kCachestat, fd.get(), &whole, &pages, 0) != 0) return std::nullopt;
  return pages.dirty + pages.writeback;
}

TEST_F(PosixFilesTest, after_sync_nothing_is_only_in_memory) {
  Disk disk;
  for (const std::size_t count : {1u, 20u}) {
    std::vector<TempFilePtr> files;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) {
      names.push_back(at("synced" + std::to_string(count) + "-" + std::to_string(i)));
      files.push_back(disk.fresh(names.back()).take());
      ASSERT_TRUE(files.back()->write(0, bytes_of(std::string(100'000, 's'))).ok());
    }
    const auto before = pages_not_on_disk(names.back());
    if (!before || *before == 0) GTEST_SKIP() << "this kernel or filesystem doesn't tell what is only in memory";
    ASSERT_TRUE(disk.sync(files).ok());
    for (const std::string& name : names) EXPECT_EQ(pages_not_on_disk(name), 0u) << name;
  }
}

}  // namespace
}  // namespace dosvc
