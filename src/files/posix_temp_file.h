#pragma once

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <string>

#include "base/unique_fd.h"
#include "engine/files.h"

struct stat;

namespace dosvc {

// A temporary file, open for reading and writing.
class PosixTempFile final : public TempFile {
 public:
  PosixTempFile(UniqueFd fd, uid_t owner, const struct stat& status, std::string name);

  Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) override;
  FileIdentity identity() const override { return identity_; }
  std::uint64_t size_at_open() const override { return size_at_open_; }

  void cut_at_sync(std::uint64_t size) override { cut_ = size; }
  Result<void> cut();  // what cut_at_sync() wants

  int fd() const { return fd_.get(); }
  uid_t owner() const { return owner_; }  // of the job
  const std::string& name() const { return name_; }

  // Whether its name is known to be on disk: a file that was only made may be gone after a crash, synced or not.
  std::atomic<bool> name_is_synced{false};

  // Waits until the content is on disk. The kernel tells of a lost write once and then takes the file for clean; so
  // after a failure this handle fails for ever, and the bytes must be written again through another.
  Result<void> sync_content();
  // The same question after a syncfs() that covered the file; doesn't wait.
  Result<void> check_after_syncfs();

 private:
  Result<void> remember_loss(int failed);

  const UniqueFd fd_;
  const uid_t owner_;
  const FileIdentity identity_;
  const std::uint64_t size_at_open_;
  const std::string name_;
  std::atomic<std::uint64_t> cut_{~std::uint64_t{0}};
  std::atomic<int> lost_{0};  // the errno of a failed sync
};

FileIdentity identity_of(const struct stat& status);

// By inode alone: the device number of the same disk may change from one boot to the next, and temporary names carry
// enough chance of their own.
bool same_file(FileIdentity a, FileIdentity b);

// See Files::open_temp(); the thread acts for the owner.
Result<std::shared_ptr<PosixTempFile>> make_temp_file(uid_t owner, const std::string& name);
Result<std::shared_ptr<PosixTempFile>> resume_temp_file(uid_t owner, const std::string& name, FileIdentity expected);

}  // namespace dosvc
