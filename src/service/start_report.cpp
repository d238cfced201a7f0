#include "service/start_report.h"

#include <fcntl.h>
#include <unistd.h>

namespace dosvc::service {

StartReport::StartReport(std::optional<int> fd) {
  // Never inherited by the programs that jobs run: their starter would wait for them, too.
  if (fd && ::fcntl(*fd, F_SETFD, FD_CLOEXEC) == 0) pipe_ = UniqueFd(*fd);
}

void StartReport::tell(const std::string& text) {
  if (!pipe_) return;
  (void)!::write(pipe_.get(), text.data(), text.size());  // whoever waited may have given up
  pipe_.reset();
}

}  // namespace dosvc::service
