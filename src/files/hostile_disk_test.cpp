// What users do to each other's files, and to the service's, while it works for them: nothing of anybody else's may be
// made, changed or removed. Needs root, who can make files of several users.

#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/syscall.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/identity.h"
#include "fakes/disk_test.h"

namespace dosvc {
namespace {

constexpr uid_t kAnna = 61001;
constexpr uid_t kBert = 61002;
constexpr HRESULT kGone = HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND);

class HostileDisk : public DiskTest {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "NOT ROOT: that users are kept apart on the disk is not tested here";
    DiskTest::SetUp();
    folder("anna", kAnna, 0700);
    folder("bert", kBert, 0700);
    folder("roots", 0, 0755);
    put(at("roots/precious"), "precious");
  }
  void TearDown() override {
    if (::geteuid() != 0) return;
    EXPECT_EQ(content_of(at("roots/precious")), "precious");
    const struct stat precious = status_of(at("roots/precious"));
    EXPECT_EQ(precious.st_uid, 0u);
    EXPECT_EQ(precious.st_mode & 07777, 0644u);
    EXPECT_EQ(entries("roots"), 1);
    EXPECT_EQ(entries("bert"), berts_);
    DiskTest::TearDown();
  }
  void folder(const std::string& name, uid_t owner, mode_t mode) const {
    ASSERT_EQ(::mkdir(at(name).c_str(), 0700), 0);
    ASSERT_EQ(::chown(at(name).c_str(), owner, owner), 0);
    ASSERT_EQ(::chmod(at(name).c_str(), mode), 0);
  }
  std::ptrdiff_t entries(const std::string& name) const {
    return std::distance(fs::directory_iterator(at(name)), fs::directory_iterator());
  }
  // As if `owner` had made it.
  void give(const std::string& name, uid_t owner) const { ASSERT_EQ(::lchown(at(name).c_str(), owner, owner), 0); }
  static Result<User> look_up(uid_t uid) { return User{uid, uid, {uid}, "user", "", ""}; }

  std::ptrdiff_t berts_ = 0;  // files that are to be in bert's folder at the end
};

void everything_once(Disk& disk, const std::string& folder) {
  EXPECT_TRUE(disk.check({folder + "/a"}));
  EXPECT_TRUE(disk.make_folders(folder + "/b/c/d", 022));
  const auto file = disk.fresh(folder + "/b/c/.a.part");
  ASSERT_TRUE(file.ok()) << file.error().message;
  ASSERT_TRUE((*file)->write(0, bytes_of("content")));
  EXPECT_TRUE(disk.sync({*file}));
  EXPECT_TRUE(disk.resume(folder + "/b/c/.a.part", (*file)->identity()));
  const WallTime modified{std::chrono::seconds(1'000'000'000)};
  const auto named = disk.publish({folder + "/b/c/.a.part", folder + "/b/c/a", (*file)->identity(), 0644, modified});
  EXPECT_TRUE(named.ok()) << named.error().message;
  ASSERT_TRUE(disk.fresh(folder + "/.b.part").ok());
  EXPECT_TRUE(disk.remove({folder + "/.b.part"}).empty());
}

TEST_F(HostileDisk, whatever_is_made_is_the_owners) {
  Disk disk(&look_up);
  disk.user = kAnna;
  everything_once(disk, at("anna"));
  for (const char* name : {"anna/b", "anna/b/c", "anna/b/c/a"}) {
    EXPECT_EQ(status_of(at(name)).st_uid, kAnna) << name;
    EXPECT_EQ(status_of(at(name)).st_gid, kAnna) << name;
  }
  EXPECT_EQ(mode_of(at("anna/b/c")), 0755u);
  EXPECT_EQ(mode_of(at("anna/b/c/a")), 0644u);
  EXPECT_EQ(status_of(at("anna/b/c/a")).st_mtim.tv_sec, 1'000'000'000);
  EXPECT_FALSE(fs::exists(at("anna/.b.part")));
}

TEST_F(HostileDisk, two_capabilities_are_enough_for_all_of_it) {
  in_a_child([this] {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct few[_LINUX_CAPABILITY_U32S_3] = {};
    few[0].effective = few[0].permitted = 1u << CAP_SETUID | 1u << CAP_SETGID;
    ASSERT_EQ(::syscall(SYS_capset, &header, few), 0);
    Disk disk(&look_up);
    disk.user = kAnna;
    everything_once(disk, at("anna"));
    std::vector<TempFilePtr> many;
    for (int i = 0; i < 20; ++i) {
      many.push_back(disk.fresh(at("anna/." + std::to_string(i) + ".part")).take());
      ASSERT_TRUE(many.back()->write(0, bytes_of("content")));
    }
    EXPECT_TRUE(disk.sync(many));
    EXPECT_TRUE(disk.sync({many.front()}));
  });
}

TEST_F(HostileDisk, many_owners_at_once_each_get_their_own) {
  auto thread = LoopThread::create("owners").take();
  std::unique_ptr<PosixFiles> files;
  std::atomic<int> left = 200;
  std::promise<void> all;
  thread->run_and_wait([&] {
    files = std::make_unique<PosixFiles>(thread->loop(), 4, &look_up);
    for (int i = 0; i < 200; ++i) {
      const bool annas = i % 2 == 0;
      const std::string name = at(annas ? "anna/" : "bert/") + std::to_string(i);
      files->open_temp(annas ? kAnna : kBert, name, OpenTemp::fresh, {}, [&](const Result<TempFilePtr>& opened) {
        EXPECT_TRUE(opened.ok());
        if (--left == 0) all.set_value();
      });
    }
  });
  all.get_future().wait();
  thread->run_and_wait([&] { files.reset(); });
  for (int i = 0; i < 200; ++i) {
    const bool annas = i % 2 == 0;
    EXPECT_EQ(status_of(at(annas ? "anna/" : "bert/") + std::to_string(i)).st_uid, annas ? kAnna : kBert);
  }
  berts_ = 100;
}

TEST_F(HostileDisk, where_the_owner_may_do_nothing_nothing_is_done) {
  Disk disk(&look_up);
  disk.user = kAnna;
  for (const std::string& place : {at("roots"), at("bert")}) {
    EXPECT_EQ(code_of(disk.check({place + "/a"})), E_ACCESSDENIED) << place;
    EXPECT_EQ(code_of(disk.fresh(place + "/.a.part")), E_ACCESSDENIED) << place;
    EXPECT_EQ(code_of(disk.make_folders(place + "/b/a", 0)), E_ACCESSDENIED) << place;
  }
  put(at("bert/own"), "");
  give("bert/own", kBert);
  berts_ = 1;
  EXPECT_EQ(code_of(disk.resume(at("bert/own"))), E_ACCESSDENIED);
  EXPECT_EQ(code_of(disk.resume(at("roots/precious"))), E_ACCESSDENIED);
  EXPECT_EQ(disk.remove({at("bert/own"), at("roots/precious")}).size(), 2u);

  const TempFilePtr file = disk.fresh(at("anna/.a.part")).take();
  for (const char* name : {"roots/precious", "roots/a", "bert/a"}) {
    EXPECT_EQ(code_of(disk.publish({at("anna/.a.part"), at(name), file->identity(), 0644, {}})), E_ACCESSDENIED);
  }
}

TEST_F(HostileDisk, a_folder_that_became_a_link_leads_only_where_its_owner_may_go) {
  Disk disk(&look_up);
  disk.user = kAnna;
  folder("anna/door", kAnna, 0700);
  ASSERT_TRUE(disk.check({at("anna/door/a")}));
  const TempFilePtr file = disk.fresh(at("anna/door/.a.part")).take();
  ASSERT_TRUE(file->write(0, bytes_of("content")));
  fs::rename(at("anna/door"), at("anna/aside"));
  for (const char* foreign : {"roots", "bert"}) {
    fs::remove(at("anna/door"));
    fs::create_symlink(at(foreign), at("anna/door"));
    EXPECT_EQ(code_of(disk.fresh(at("anna/door/.b.part"))), E_ACCESSDENIED);
    EXPECT_FALSE(disk.publish({at("anna/door/.a.part"), at("anna/door/precious"), file->identity(), 0600, {}}));
    EXPECT_FALSE(disk.publish({at("anna/aside/.a.part"), at("anna/door/precious"), file->identity(), 0600, {}}));
    EXPECT_FALSE(disk.make_folders(at("anna/door/new/a"), 0));
    (void)disk.remove({at("anna/door/precious")});
  }
  fs::remove(at("anna/door"));
  fs::create_symlink(at("anna/aside"), at("anna/door"));
  EXPECT_TRUE(disk.publish({at("anna/door/.a.part"), at("anna/door/a"), file->identity(), 0644, {}}));
}

TEST_F(HostileDisk, a_destination_that_became_a_link_is_replaced_and_not_followed) {
  Disk disk(&look_up);
  disk.user = kAnna;
  const TempFilePtr file = disk.fresh(at("anna/.a.part")).take();
  ASSERT_TRUE(file->write(0, bytes_of("content")));
  fs::create_symlink("/etc/passwd", at("anna/passwd"));
  const struct stat before = status_of("/etc/passwd");
  EXPECT_TRUE(disk.publish({at("anna/.a.part"), at("anna/passwd"), file->identity(), 0666, {}}));
  EXPECT_EQ(status_of("/etc/passwd").st_mtim.tv_sec, before.st_mtim.tv_sec);
  EXPECT_EQ(status_of("/etc/passwd").st_mode, before.st_mode);
  EXPECT_EQ(content_of(at("anna/passwd")), "content");
  EXPECT_EQ(status_of(at("anna/passwd")).st_uid, kAnna);
}

TEST_F(HostileDisk, a_temporary_file_that_became_another_is_left_alone) {
  Disk disk(&look_up);
  disk.user = kAnna;
  const auto trick = [&](const char* what, const std::function<void()>& swap) {
    const TempFilePtr file = disk.fresh(at("anna/.a.part")).take();
    ASSERT_TRUE(file->write(0, bytes_of("content")));
    fs::rename(at("anna/.a.part"), at("anna/kept"));  // so that no new file has its number
    swap();
    EXPECT_NE(code_of(disk.resume(at("anna/.a.part"), file->identity())), S_OK) << what;
    EXPECT_NE(code_of(disk.publish({at("anna/.a.part"), at("anna/a"), file->identity(), 0666, {}})), S_OK) << what;
    EXPECT_FALSE(fs::exists(fs::symlink_status(at("anna/a")))) << what;
    EXPECT_TRUE(disk.sync({file})) << what;
    EXPECT_EQ(content_of(at("anna/kept")), "content") << what;
    fs::remove(at("anna/.a.part"));
    fs::remove(at("anna/kept"));
  };
  trick("link", [&] { fs::create_symlink(at("roots/precious"), at("anna/.a.part")); });
  trick("hard link", [&] { fs::create_hard_link(at("roots/precious"), at("anna/.a.part")); });
  trick("root's file", [&] { put(at("anna/.a.part"), "root's"); });
  trick("file of one's own", [&] {
    put(at("anna/.a.part"), "own");
    give("anna/.a.part", kAnna);
  });
  trick("open file of another's", [&] {
    put(at("anna/.a.part"), "bert's");
    give("anna/.a.part", kBert);
    ::chmod(at("anna/.a.part").c_str(), 0666);
  });
  trick("pipe", [&] { ASSERT_EQ(::mkfifo(at("anna/.a.part").c_str(), 0666), 0); });
  trick("folder", [&] { fs::create_directory(at("anna/.a.part")); });
  trick("nothing", [] {});
}

TEST_F(HostileDisk, a_hard_link_with_the_temporary_name_goes_and_its_file_stays) {
  Disk disk(&look_up);
  disk.user = kAnna;
  fs::create_hard_link(at("roots/precious"), at("anna/.a.part"));
  const TempFilePtr file = disk.fresh(at("anna/.a.part")).take();
  ASSERT_TRUE(file->write(0, bytes_of("new")));
  EXPECT_EQ(content_of(at("anna/.a.part")), "new");
}

TEST_F(HostileDisk, a_pipe_or_folder_in_the_destinations_place_keeps_nobody_waiting) {
  Disk disk(&look_up);
  disk.user = kAnna;
  const TempFilePtr file = disk.fresh(at("anna/.a.part")).take();
  ASSERT_EQ(::mkfifo(at("anna/a").c_str(), 0666), 0);
  EXPECT_EQ(code_of(disk.check({at("anna/a")})), E_INVALIDARG);
  const Publication wanted{at("anna/.a.part"), at("anna/a"), file->identity(), 0644, {}};
  EXPECT_EQ(code_of(disk.publish(wanted)), HRESULT_FROM_WIN32(ERROR_FILE_EXISTS));
  fs::remove(at("anna/a"));
  fs::create_directory(at("anna/a"));
  EXPECT_EQ(code_of(disk.publish(wanted)), HRESULT_FROM_WIN32(ERROR_DIRECTORY));
  fs::remove(at("anna/a"));
  ASSERT_EQ(::mkfifo(at("anna/pipe").c_str(), 0666), 0);
  EXPECT_EQ(code_of(disk.check({at("anna/pipe/a")})), HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND));
  EXPECT_TRUE(disk.publish(wanted));
}

// The kernel leads through these links past the rights of all folders on the way.
TEST_F(HostileDisk, what_the_service_has_open_for_others_is_no_way_to_it) {
  folder("bert/open", kBert, 0777);
  berts_ = 1;
  const UniqueFd open(::open(at("bert/open").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::string way = "/proc/self/fd/" + std::to_string(open.get());
  Disk disk(&look_up);
  disk.user = kAnna;
  fs::create_symlink(way, at("anna/way"));
  for (const std::string& folder : {way, at("anna/way")}) {
    EXPECT_FALSE(disk.check({folder + "/a"}));
    EXPECT_FALSE(disk.fresh(folder + "/.a.part"));
    EXPECT_FALSE(disk.make_folders(folder + "/b/a", 0));
    (void)disk.remove({folder + "/a"});
  }
  EXPECT_EQ(entries("bert/open"), 0);
}

// Somebody swaps the folder for a link to another's all the time. Whichever of the two a call meets, what it makes is
// in a folder of the owner's.
TEST_F(HostileDisk, a_folder_that_is_swapped_all_the_time_gains_nothing) {
  folder("anna/door", kAnna, 0700);
  fs::create_symlink(at("roots"), at("anna/link"));
  std::atomic<bool> enough = false;
  std::thread swapper([&] {
    while (!enough) {
      ::syscall(SYS_renameat2, AT_FDCWD, at("anna/door").c_str(), AT_FDCWD, at("anna/link").c_str(), 2u /* exchange */);
    }
  });
  Disk disk(&look_up);
  disk.user = kAnna;
  int made = 0, refused = 0;
  for (int i = 0; i < 100'000 && (i < 500 || made == 0 || refused == 0); ++i) {
    const std::string temp = at("anna/door/." + std::to_string(i % 500) + ".part");
    (void)disk.check({at("anna/door/a")});
    const auto file = disk.fresh(temp);
    file ? ++made : ++refused;
    if (!file) {
      EXPECT_EQ(file.error().code, E_ACCESSDENIED) << file.error().message;
      continue;
    }
    (void)disk.sync({*file});
    (void)disk.publish({temp, at("anna/door/precious"), (*file)->identity(), 0666, {}});
    (void)disk.remove({temp, at("anna/door/precious")});
  }
  enough = true;
  swapper.join();
  EXPECT_GT(made, 0);
  EXPECT_GT(refused, 0);
}

TEST_F(HostileDisk, a_certificate_is_read_with_its_owners_rights_from_his_home) {
  folder("anna/.config", kAnna, 0700);
  folder("anna/.config/dosvc", kAnna, 0700);
  folder("anna/.config/dosvc/certificates", kAnna, 0700);
  folder("anna/.config/dosvc/certificates/my", kAnna, 0700);
  put(at("bert/key"), "a key");
  give("bert/key", kBert);
  berts_ = 1;
  const std::string store = at("anna/.config/dosvc/certificates/my");
  fs::create_symlink(at("bert/key"), store + "/other.pem");
  fs::create_symlink("/etc/shadow", store + "/shadow.pem");
  put(store + "/own.pem", "no certificate");
  Disk disk([this](uid_t uid) -> Result<User> { return User{uid, uid, {uid}, "anna", at("anna"), ""}; });
  disk.user = kAnna;
  const auto found = disk.certificate({0, "MY", {}, "anna", {}});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, CRYPT_E_NOT_FOUND);
  EXPECT_NE(found.error().message.find(store), std::string::npos) << found.error().message;
  EXPECT_NE(found.error().message.find("2 of its files can't be read"), std::string::npos) << found.error().message;
}

TEST_F(HostileDisk, what_a_job_trusts_is_read_with_its_owners_rights) {
  put(at("anna/ca.pem"), "certificates");
  put(at("bert/ca.pem"), "bert's");
  give("bert/ca.pem", kBert);
  berts_ = 1;
  Disk disk(&look_up);
  disk.user = kAnna;
  EXPECT_EQ(*disk.trusted(at("anna/ca.pem")), "certificates");
  ASSERT_EQ(::mkfifo(at("anna/pipe").c_str(), 0666), 0);
  ASSERT_EQ(::chmod(at("anna/pipe").c_str(), 0666), 0);
  fs::create_symlink("/etc/shadow", at("anna/shadow"));
  for (const std::string& file :
       {at("bert/ca.pem"), at("anna/shadow"), at("anna/pipe"), at("anna"), at("anna/none"), std::string("/dev/zero")}) {
    EXPECT_EQ(code_of(disk.trusted(file)), CRYPT_E_FILE_ERROR) << file;
  }
}

TEST_F(HostileDisk, a_full_disk_is_told_to_the_owner_as_such) {
  folder("small", kAnna, 0700);
  in_a_child([this] {
    mount_small_disk(at("small"));
    if (IsSkipped()) return;
    ASSERT_EQ(::chmod(at("small").c_str(), 0777), 0);
    Disk disk(&look_up);
    disk.user = kAnna;
    const TempFilePtr file = disk.fresh(at("small/.a.part")).take();
    const auto full = file->write(0, bytes_of(std::string(100 * 1024, 'a')));
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, HRESULT_FROM_WIN32(ERROR_DISK_FULL));
    EXPECT_NE(full.error().message.find("the disk is full; free some space"), std::string::npos);
  });
}

// As mkfs.ext4 makes it, with a part that is for root.
void mount_disk_with_a_reserve(const std::string& image, const std::string& where) {
  ASSERT_EQ(::truncate(image.c_str(), 16 << 20), 0);
  if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    GTEST_SKIP() << "no mounts of its own";
  const std::string make = "PATH=$PATH:/usr/sbin:/sbin; mkfs.ext4 -q -m 40 " + image + " && mount -o loop " + image;
  if (::system((make + " " + where + " 2>&1").c_str()) != 0) GTEST_SKIP() << "no ext4 in a file to be had";
}

TEST_F(HostileDisk, what_a_disk_keeps_for_root_is_no_users) {
  folder("small", kAnna, 0700);
  put(at("image"), "");
  in_a_child([this] {
    mount_disk_with_a_reserve(at("image"), at("small"));
    if (IsSkipped()) return;
    ASSERT_EQ(::chmod(at("small").c_str(), 0777), 0);
    keep_within_quotas();  // the capability lets at the reserve, too
    Disk disk(&look_up);
    const std::string much(1 << 20, 'a');
    const auto mebibytes = [&](const TempFilePtr& file) {
      std::uint64_t written = 0;
      while (written < 64 && file->write(written << 20, bytes_of(much))) ++written;
      return written;
    };
    disk.user = kAnna;
    EXPECT_LT(mebibytes(disk.fresh(at("small/.a.part")).take()), 10u);
    disk.user = 0;
    EXPECT_GT(mebibytes(disk.fresh(at("small/.b.part")).take()), 2u);
  });
}

// The one who acts for others must not look past quotas either: CAP_SYS_RESOURCE would.
TEST_F(HostileDisk, a_quota_binds_its_user_and_no_other) {
  folder("small", kAnna, 0700);
  in_a_child([this] {
    mount_small_disk(at("small"), "size=1m,usrquota,usrquota_block_hardlimit=64k");
    if (IsSkipped()) return;
    ASSERT_EQ(::chmod(at("small").c_str(), 0777), 0);
    keep_within_quotas();
    Disk disk(&look_up);
    disk.user = kAnna;
    const TempFilePtr file = disk.fresh(at("small/.a.part")).take();
    const auto full = file->write(0, bytes_of(std::string(100 * 1024, 'a')));
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, HRESULT_FROM_WIN32(ERROR_DISK_FULL));
    EXPECT_NE(full.error().message.find("the disk quota is used up"), std::string::npos) << full.error().message;
    disk.user = kBert;
    EXPECT_TRUE(disk.fresh(at("small/.b.part")).take()->write(0, bytes_of(std::string(48 * 1024, 'b'))));
  });
}

}  // namespace
}  // namespace dosvc
