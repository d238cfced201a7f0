#pragma once

#include <sys/types.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "base/unique_fd.h"
#include "engine/files.h"
#include "files/write_out.h"

struct stat;

namespace dosvc {

// A temporary file, open for reading and writing.
class PosixTempFile final : public TempFile, public std::enable_shared_from_this<PosixTempFile> {
 public:
  PosixTempFile(UniqueFd fd, uid_t owner, const struct stat& status, std::string name);

  Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) override;
  FileIdentity identity() const override { return identity_; }
  std::uint64_t size_at_open() const override { return size_at_open_; }

  void cut_at_sync(std::uint64_t size) override { cut_ = size; }
  Result<void> cut();  // what cut_at_sync() wants

  // See Files::reserve(); the thread acts for the owner.
  Result<void> reserve(std::uint64_t size);
  // What was set aside behind the end, before the file is closed; nobody writes to it any more.
  void give_back_reserve();

  int fd() const { return fd_.get(); }
  uid_t owner() const { return owner_; }  // of the job
  const std::string& name() const { return name_; }

  // Whether its name is known to be on disk: a file that was only made may be gone after a crash, synced or not.
  std::atomic<bool> name_is_synced{false};

  // From now on what is written goes to the disk as it comes. Before the first write.
  void write_out_with(std::shared_ptr<WriteOut> write_out) { write_out_ = std::move(write_out); }
  // Waits until these bytes are written, which isn't yet safe from a power cut.
  void write_out(std::uint64_t begin, std::uint64_t length);
  // Whether a sync has more to write than a small file's bytes.
  bool has_much_to_sync() const { return unsynced_ >= kMuchToSync; }

  // Waits until the content is on disk. The kernel tells of a lost write once and then takes the file for clean; so
  // after a failure this handle fails for ever, and the bytes must be written again through another.
  Result<void> sync_content();
  // The same question after a syncfs() that covered the file; doesn't wait.
  Result<void> check_after_syncfs();

 private:
  static constexpr std::uint64_t kUncut = ~std::uint64_t{0};

  static constexpr std::uint64_t kMuchToSync = 1u << 20;

  Result<void> remember_loss(int failed);
  void note_written(std::uint64_t begin, std::uint64_t end);

  const UniqueFd fd_;
  const uid_t owner_;
  const FileIdentity identity_;
  const std::uint64_t size_at_open_;
  const std::string name_;
  std::atomic<std::uint64_t> cut_{kUncut};
  std::atomic<std::uint64_t> reserved_;  // the disk has room for so many bytes of it, or for more than are there
  std::atomic<int> lost_{0};             // the errno of a failed sync
  std::atomic<std::uint64_t> unsynced_{0};
  std::shared_ptr<WriteOut> write_out_;
  std::map<std::uint64_t, std::uint64_t> filling_;  // by its beginning, how much of a window was written; writer's
};

FileIdentity identity_of(const struct stat& status);

// By inode alone: the device number of the same disk may change from one boot to the next, and temporary names carry
// enough chance of their own.
bool same_file(FileIdentity a, FileIdentity b);

// See Files::open_temp(); the thread acts for the owner.
Result<std::unique_ptr<PosixTempFile>> make_temp_file(uid_t owner, const std::string& name);
Result<std::unique_ptr<PosixTempFile>> resume_temp_file(uid_t owner, const std::string& name, FileIdentity expected);

}  // namespace dosvc
