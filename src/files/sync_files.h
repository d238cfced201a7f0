#pragma once

#include <memory>
#include <vector>

#include "base/users.h"
#include "files/posix_temp_file.h"

namespace dosvc {

// From this many files of one filesystem on, one syncfs() is cheaper than a sync each: measured on ext4 with files of
// 16 KiB, 4 files take 0.4 ms against 1 ms, 2,000 take 70 ms against 640 ms. It also waits for what others are writing
// there, which is why single files are not worth it.
inline constexpr std::size_t kSyncTogether = 4;

// See Files::sync(). An error: which of the files are on disk isn't known.
Result<void> sync_files(const std::vector<std::shared_ptr<PosixTempFile>>& files, Users& users);

}  // namespace dosvc
