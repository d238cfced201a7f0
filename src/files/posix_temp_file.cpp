#include "files/posix_temp_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <limits>
#include <string>
#include <utility>

#include "base/identity.h"
#include "files/directory.h"
#include "files/errno_errors.h"

namespace dosvc {
namespace {

constexpr mode_t kTempMode = 0600;

Error not_ours(const std::string& name) {
  return file_error(HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND), name, "continued",
                    "it is gone, or isn't the file that was being downloaded; it has to be downloaded anew");
}

// What has the name is a leftover of ours; a directory is not, and stays.
Result<UniqueFd> create(const std::string& name) {
  constexpr int kAttempts = 3;
  const Directory folder = DO_TRY(Directory::open(std::string(folder_of(name))));
  const std::string leaf(leaf_of(name));
  for (int attempt = 1;; ++attempt) {
    UniqueFd fd(::openat(folder.fd(), leaf.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kTempMode));
    if (fd) return fd;
    if (errno != EEXIST || attempt == kAttempts) return file_error(errno, name, "made");
    if (::unlinkat(folder.fd(), leaf.c_str(), 0) != 0 && errno != ENOENT) return file_error(errno, name, "made");
  }
}

}  // namespace

FileIdentity identity_of(const struct stat& status) { return {status.st_dev, status.st_ino}; }

PosixTempFile::PosixTempFile(UniqueFd fd, uid_t owner, const struct stat& status, std::string name)
    : fd_(std::move(fd)),
      owner_(owner),
      identity_(identity_of(status)),
      size_at_open_(static_cast<std::uint64_t>(status.st_size)),
      name_(std::move(name)) {}

bool same_file(FileIdentity a, FileIdentity b) { return a.inode == b.inode; }

Result<void> PosixTempFile::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
  if (offset > kLargest || bytes.size() > kLargest - offset) return file_error(EFBIG, name_, "written");
  const WritingAs owner = DO_TRY(WritingAs::begin(owner_));
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error(errno, name_, "written");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

Result<void> PosixTempFile::remember_loss(int failed) {
  if (failed != 0) lost_ = errno;
  if (const int lost = lost_) return file_error(lost, name_, "saved");
  return {};
}

Result<void> PosixTempFile::cut() {
  const std::uint64_t size = cut_;
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0) return file_error(errno, name_, "looked at");
  if (static_cast<std::uint64_t>(status.st_size) <= size) return {};
  if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) return file_error(errno, name_, "cut");
  return {};
}

Result<void> PosixTempFile::sync_content() {
  int failed = 0;
  do {
    failed = ::fdatasync(fd_.get());
  } while (failed != 0 && errno == EINTR);
  return remember_loss(failed);
}

Result<void> PosixTempFile::check_after_syncfs() {
  return remember_loss(::sync_file_range(fd_.get(), 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE));
}

Result<std::shared_ptr<PosixTempFile>> make_temp_file(uid_t owner, const std::string& name) {
  UniqueFd fd = DO_TRY(create(name));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return file_error(errno, name, "made");
  // The program's umask may have taken more than we want.
  if ((status.st_mode & 07777) != kTempMode && ::fchmod(fd.get(), kTempMode) != 0) {
    return file_error(errno, name, "made");
  }
  return std::make_shared<PosixTempFile>(std::move(fd), owner, status, name);
}

Result<std::shared_ptr<PosixTempFile>> resume_temp_file(uid_t owner, const std::string& name, FileIdentity expected) {
  const Result<Directory> folder = Directory::open(std::string(folder_of(name)));
  if (!folder && folder.error().code == HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND)) return not_ours(name);
  if (!folder) return folder.error();
  // O_NONBLOCK: a pipe in its place must not keep us waiting.
  constexpr int kFlags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  UniqueFd fd(::openat(folder->fd(), std::string(leaf_of(name)).c_str(), kFlags));
  if (!fd) {
    const bool other_thing = errno == ELOOP || errno == EISDIR || errno == ENXIO || errno == ENODEV;
    if (errno == ENOENT || errno == ENOTDIR || other_thing) return not_ours(name);
    return file_error(errno, name, "continued");
  }
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return file_error(errno, name, "continued");
  const bool ours = S_ISREG(status.st_mode) && status.st_nlink == 1 && status.st_uid == owner;
  if (!ours || (expected.known() && !same_file(identity_of(status), expected))) return not_ours(name);
  return std::make_shared<PosixTempFile>(std::move(fd), owner, status, name);
}

}  // namespace dosvc
