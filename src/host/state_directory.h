#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace dosvc {

// Makes the directory, and those above it, with mode 0700 where it isn't there. E_ACCESSDENIED when it is another
// user's, or others may write to it: they could put a queue of their own there.
Result<void> prepare_state_directory(const std::string& directory);

// Holds a state directory for this process, so that one engine at a time uses it. Released by the destructor, and by
// the kernel when the process dies. The lock file stays, since removing it would let two holders each have one.
class StateDirectoryLock {
 public:
  // The directory must be there. ERROR_SHARING_VIOLATION names the process that has it, which may be this one.
  static Result<StateDirectoryLock> take(const std::string& directory);
  StateDirectoryLock(StateDirectoryLock&&) noexcept = default;
  StateDirectoryLock& operator=(StateDirectoryLock&&) = delete;
  ~StateDirectoryLock();

 private:
  explicit StateDirectoryLock(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace dosvc
