#include "files/sync_files.h"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/identity.h"
#include "files/directory.h"

namespace dosvc {
namespace {

using TempFiles = std::vector<std::shared_ptr<PosixTempFile>>;

constexpr std::uint64_t kXfsMagic = 0x58465342;

// Filesystems whose syncfs() is known to do all that a sync of each file does; over a network or in user space it may
// not.
bool can_sync_together(int fd) {
  struct statfs status {};
  if (::fstatfs(fd, &status) != 0) return false;
  switch (static_cast<std::uint64_t>(status.f_type)) {
    case EXT4_SUPER_MAGIC:
    case kXfsMagic:
    case BTRFS_SUPER_MAGIC:
    case F2FS_SUPER_MAGIC:
    case TMPFS_MAGIC:
    case OVERLAYFS_SUPER_MAGIC:
      return true;
    default:
      return false;
  }
}

Result<void> sync_each(const TempFiles& files) {
  Directories directories;
  std::set<const Directory*> synced;
  for (const auto& file : files) {
    DO_TRY(file->sync_content());
    if (file->name_is_synced) continue;
    const Directory* directory = DO_TRY(directories.holding(file->name()));
    if (synced.insert(directory).second) DO_TRY(directory->sync(file->fd()));
  }
  return {};
}

// syncfs() covers content and names. It tells of errors for the whole filesystem, so each file is asked as well; and
// when it fails, syncing each finds out whether one of ours is the cause.
Result<void> sync_together(const TempFiles& files) {
  if (::syncfs(files.front()->fd()) != 0) return sync_each(files);
  for (const auto& file : files) DO_TRY(file->check_after_syncfs());
  return {};
}

}  // namespace

Result<void> sync_files(const TempFiles& files, Users& users) {
  std::map<std::pair<uid_t, std::uint64_t>, TempFiles> by_owner_and_device;
  for (const auto& file : files) {
    DO_TRY(file->cut());
    by_owner_and_device[{file->owner(), file->identity().device}].push_back(file);
  }
  for (auto& [key, group] : by_owner_and_device) {
    const ActingAs owner = DO_TRY(ActingAs::begin(users, key.first));
    const auto large =
        std::stable_partition(group.begin(), group.end(), [](const auto& file) { return !file->has_much_to_sync(); });
    const TempFiles small(group.begin(), large);
    const bool together = small.size() >= kSyncTogether && can_sync_together(small.front()->fd());
    DO_TRY(sync_each({large, group.end()}));
    DO_TRY(together ? sync_together(small) : sync_each(small));
    for (const auto& file : group) file->name_is_synced = true;
  }
  return {};
}

}  // namespace dosvc
