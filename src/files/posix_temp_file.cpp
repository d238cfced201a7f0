#include "files/posix_temp_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/identity.h"
#include "files/directory.h"
#include "files/errno_errors.h"

namespace dosvc {
namespace {

constexpr mode_t kTempMode = 0600;
constexpr std::uint64_t kRounding = 1u << 20;  // what filesystems set aside by themselves

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

// What it takes up on the disk.
std::uint64_t room_of(const struct stat& status) { return static_cast<std::uint64_t>(status.st_blocks) * 512; }

// Whether the filesystem has so much room for files of this user.
bool has_room(int fd, uid_t owner, std::uint64_t bytes) {
  struct statvfs disk {};
  if (::fstatvfs(fd, &disk) != 0 || disk.f_frsize == 0) return true;
  const std::uint64_t blocks = owner == 0 ? disk.f_bfree : disk.f_bavail;
  return bytes / disk.f_frsize < blocks;
}

// Without a write where the filesystem can't: what the C library would do in its place is to write all of the file.
int allocate(int fd, std::uint64_t size) {
  int failed = 0;
  do {
    failed = ::fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size)) == 0 ? 0 : errno;
  } while (failed == EINTR);
  return failed;
}

}  // namespace

FileIdentity identity_of(const struct stat& status) { return {status.st_dev, status.st_ino}; }

PosixTempFile::PosixTempFile(UniqueFd fd, uid_t owner, const struct stat& status, std::string name)
    : fd_(std::move(fd)),
      owner_(owner),
      identity_(identity_of(status)),
      size_at_open_(static_cast<std::uint64_t>(status.st_size)),
      name_(std::move(name)),
      reserved_(room_of(status) > size_at_open_ + kRounding ? room_of(status) : 0) {}  // before it was opened

bool same_file(FileIdentity a, FileIdentity b) { return a.inode == b.inode; }

Result<void> PosixTempFile::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
  if (offset > kLargest || bytes.size() > kLargest - offset) return file_error(EFBIG, name_, "written");
  const WritingAs owner = DO_TRY(WritingAs::begin(owner_));
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error(errno, name_, "written");
    note_written(offset, offset + static_cast<std::uint64_t>(written));
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

void PosixTempFile::note_written(std::uint64_t begin, std::uint64_t end) {
  unsynced_ += end - begin;
  while (write_out_ && begin < end) {
    const std::uint64_t window = begin / WriteOut::kWindow * WriteOut::kWindow;
    const std::uint64_t part = std::min(end, window + WriteOut::kWindow) - begin;
    if ((filling_[window] += part) >= WriteOut::kWindow) {
      filling_.erase(window);
      write_out_->add(shared_from_this(), window);
    }
    begin += part;
  }
}

void PosixTempFile::write_out(std::uint64_t begin, std::uint64_t length) {
  constexpr unsigned kWriteAndWait = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  const int failed =
      ::sync_file_range(fd_.get(), static_cast<off64_t>(begin), static_cast<off64_t>(length), kWriteAndWait);
  // It tells of a loss in place of the next sync; that it can't be done here is none.
  if (failed != 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT)) (void)remember_loss(failed);
}

Result<void> PosixTempFile::remember_loss(int failed) {
  if (failed != 0) lost_ = errno;
  if (const int lost = lost_) return file_error(lost, name_, "saved");
  return {};
}

Result<void> PosixTempFile::cut() {
  const std::uint64_t size = cut_;
  if (size == kUncut) return {};
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0) return file_error(errno, name_, "looked at");
  const auto now = static_cast<std::uint64_t>(status.st_size);
  const bool has_more_room = reserved_.exchange(0) > now;
  if (now <= size && !has_more_room) return {};
  if (::ftruncate(fd_.get(), static_cast<off_t>(std::min(now, size))) != 0) return file_error(errno, name_, "cut");
  return {};
}

// The filesystem would use up all room there is before it says that there is too little, and others would suffer
// meanwhile: so it is asked first.
Result<void> PosixTempFile::reserve(std::uint64_t size) {
  constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
  struct stat status {};
  if (size > kLargest || ::fstat(fd_.get(), &status) != 0) return {};
  reserved_ = size;
  if (room_of(status) >= size) return {};
  const bool fits = has_room(fd_.get(), owner_, size - room_of(status));
  int failed = allocate(fd_.get(), fits ? size : 1);
  if (failed == 0 && !fits) failed = ENOSPC;
  if (failed == ENOSPC || failed == EDQUOT) return file_error(failed, name_, "written");
  return {};
}

// A cut to the size that it has: filesystems take that for the end of what is set aside.
void PosixTempFile::give_back_reserve() {
  struct stat status {};
  if (reserved_ == 0 || ::fstat(fd_.get(), &status) != 0 || status.st_nlink == 0) return;
  if (static_cast<std::uint64_t>(status.st_size) < reserved_) (void)::ftruncate(fd_.get(), status.st_size);
}

Result<void> PosixTempFile::sync_content() {
  if (write_out_) write_out_->catch_up(*this);
  unsynced_ = 0;
  int failed = 0;
  do {
    failed = ::fdatasync(fd_.get());
  } while (failed != 0 && errno == EINTR);
  return remember_loss(failed);
}

Result<void> PosixTempFile::check_after_syncfs() {
  unsynced_ = 0;
  return remember_loss(::sync_file_range(fd_.get(), 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE));
}

Result<std::unique_ptr<PosixTempFile>> make_temp_file(uid_t owner, const std::string& name) {
  UniqueFd fd = DO_TRY(create(name));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return file_error(errno, name, "made");
  // The program's umask may have taken more than we want.
  if ((status.st_mode & 07777) != kTempMode && ::fchmod(fd.get(), kTempMode) != 0) {
    return file_error(errno, name, "made");
  }
  return std::make_unique<PosixTempFile>(std::move(fd), owner, status, name);
}

Result<std::unique_ptr<PosixTempFile>> resume_temp_file(uid_t owner, const std::string& name, FileIdentity expected) {
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
  return std::make_unique<PosixTempFile>(std::move(fd), owner, status, name);
}

}  // namespace dosvc
