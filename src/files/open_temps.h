#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "files/pool_ref.h"
#include "files/posix_temp_file.h"

namespace dosvc {

// The temporary files that are open. Whoever lets go of one may do so on any thread; it is closed on the pool's, since
// that may wait for the disk, and what was set aside for it goes back unless somebody has it open again.
class OpenTemps final : public std::enable_shared_from_this<OpenTemps> {
 public:
  explicit OpenTemps(std::shared_ptr<PoolRef> pool) : pool_(std::move(pool)) {}

  TempFilePtr hold(std::unique_ptr<PosixTempFile> file);

 private:
  using Inode = std::pair<std::uint64_t, std::uint64_t>;  // device and number

  void let_go(std::unique_ptr<PosixTempFile> file);
  void close(const std::shared_ptr<PosixTempFile>& file);

  const std::shared_ptr<PoolRef> pool_;
  std::mutex mutex_;  // guards open_, and that nobody opens what is just being closed
  std::map<Inode, int> open_;
};

}  // namespace dosvc
