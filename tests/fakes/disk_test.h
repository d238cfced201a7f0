#pragma once

#include <gtest/gtest.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "base/loop_thread.h"
#include "core/blocking_call.h"
#include "files/posix_files.h"

// The real disk, for tests that look at what is on it.

namespace dosvc {
namespace fs = std::filesystem;

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

inline void put(const fs::path& path, std::string_view content) { std::ofstream(path, std::ios::binary) << content; }

inline std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

inline struct stat status_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status;
}

inline mode_t mode_of(const fs::path& path) { return status_of(path).st_mode & 07777; }

inline HRESULT code_of(const Result<void>& result) { return result ? S_OK : result.error().code; }
template <class T>
HRESULT code_of(const Result<T>& result) {
  return result ? S_OK : result.error().code;
}

// PosixFiles on a loop of its own; calls wait for the answer.
class Disk {
 public:
  explicit Disk(LookUpUser look_up = look_up_user) : thread_(LoopThread::create("files-test").take()) {
    thread_->run_and_wait([&] { files_ = std::make_unique<PosixFiles>(thread_->loop(), 4, std::move(look_up)); });
  }
  ~Disk() {
    thread_->run_and_wait([this] { files_.reset(); });
  }

  Result<void> check(std::vector<std::string> names) {
    return call<void>([&](auto reply) { files_->check_destination(user, names, reply); });
  }
  Result<void> make_folders(const std::string& name, mode_t mask) {
    return call<void>([&](auto reply) { files_->make_folders(user, name, mask, reply); });
  }
  Result<ClientCertificate> certificate(const CertificateChoice& choice) {
    return call<ClientCertificate>([&](auto reply) { files_->find_certificate(user, choice, reply); });
  }
  Result<std::string> trusted(const std::string& path) {
    return call<std::string>([&](auto reply) { files_->read_trusted(user, path, reply); });
  }
  Result<TempFilePtr> fresh(const std::string& name) {
    return call<TempFilePtr>([&](auto reply) { files_->open_temp(user, name, OpenTemp::fresh, {}, reply); });
  }
  Result<TempFilePtr> resume(const std::string& name, FileIdentity expected = {}) {
    return call<TempFilePtr>([&](auto reply) { files_->open_temp(user, name, OpenTemp::resume, expected, reply); });
  }
  Result<void> reserve(const TempFilePtr& file, std::uint64_t size) {
    return call<void>([&](auto reply) { files_->reserve(file, size, reply); });
  }
  Result<void> sync(const std::vector<TempFilePtr>& files) {
    return call<void>([&](auto reply) { files_->sync(files, reply); });
  }
  Result<std::string> sha256(const TempFilePtr& file, ByteRange bytes) {
    return call<std::string>([&](auto reply) { files_->sha256(file, bytes, reply); });
  }
  Result<std::vector<Result<void>>> publish_all(const std::vector<Publication>& files) {
    return call<std::vector<Result<void>>>([&](auto reply) { files_->publish(user, files, reply); });
  }
  Result<void> publish(const Publication& file) {
    auto results = publish_all({file});
    return results ? results->front() : results.error();
  }
  std::vector<std::string> remove(const std::vector<std::string>& names) {
    const auto remaining =
        call<std::vector<std::string>>([&](auto reply) { files_->remove_temps(user, names, reply); });
    return remaining ? *remaining : names;
  }

  uid_t user = ::geteuid();

 private:
  template <class T, class Start>
  Result<T> call(Start start) {
    return wait_for<T>([&](Reply<T> reply) { thread_->loop().post([&start, reply] { start(reply); }); });
  }

  std::unique_ptr<LoopThread> thread_;
  std::unique_ptr<PosixFiles> files_;
};

// Runs the body in a process of its own, which may give up rights and mount things. There must be no other thread yet.
inline void in_a_child(
    const std::function<void()>& body) noexcept {  // an exception must not lead the child back into gtest
  std::fflush(stdout);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    body();
    std::fflush(stdout);
    ::_exit(::testing::Test::HasFailure() ? 1 : ::testing::Test::IsSkipped() ? 2 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 2) GTEST_SKIP() << "this machine doesn't allow what the test needs; see above";
  EXPECT_EQ(WEXITSTATUS(status), 0) << "the child's failures stand above";
}

// Root may write everywhere.
inline constexpr uid_t kNobody = 65534;
inline void give_up_root() {
  if (::geteuid() != 0) return;
  ASSERT_EQ(::setresuid(kNobody, kNobody, kNobody), 0);
}

class DiskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "dosvc-files-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    dir = pattern;
    ASSERT_EQ(::chmod(dir.c_str(), 0755), 0);
  }
  void TearDown() override { fs::remove_all(dir); }

  std::string at(const std::string& name) const { return (dir / name).string(); }
  Publication publication(const TempFilePtr& file) const {
    return {at(".a.part"), at("a"), file->identity(), 0644, std::nullopt};
  }

  fs::path dir;
};

// A filesystem of 64 KiB that this process alone sees.
inline void mount_small_disk(const std::string& where, const std::string& options = "size=64k") {
  if (::unshare(CLONE_NEWNS) != 0) {
    const std::string user = std::to_string(::geteuid());
    const std::string group = std::to_string(::getegid());
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) GTEST_SKIP() << "neither a mount nor a user namespace to be had";
    put("/proc/self/setgroups", "deny");
    put("/proc/self/uid_map", user + " " + user + " 1");
    put("/proc/self/gid_map", group + " " + group + " 1");
  }
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("none", where.c_str(), "tmpfs", 0, options.c_str()) != 0) {
    GTEST_SKIP() << "no right to mount, or not with " << options;
  }
}

}  // namespace dosvc
