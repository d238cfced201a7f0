#include "files/open_temps.h"

namespace dosvc {

TempFilePtr OpenTemps::hold(std::unique_ptr<PosixTempFile> file) {
  {
    std::lock_guard lock(mutex_);
    ++open_[{file->identity().device, file->identity().inode}];
  }
  return std::shared_ptr<PosixTempFile>(file.release(), [self = shared_from_this()](PosixTempFile* closing) {
    self->let_go(std::unique_ptr<PosixTempFile>(closing));
  });
}

void OpenTemps::let_go(std::unique_ptr<PosixTempFile> file) {
  const std::shared_ptr<PosixTempFile> closing = std::move(file);
  if (!pool_->run([self = shared_from_this(), closing] { self->close(closing); })) close(closing);
}

void OpenTemps::close(const std::shared_ptr<PosixTempFile>& file) {
  std::lock_guard lock(mutex_);
  const auto held = open_.find({file->identity().device, file->identity().inode});
  if (--held->second > 0) return;
  open_.erase(held);
  file->give_back_reserve();
}

}  // namespace dosvc
