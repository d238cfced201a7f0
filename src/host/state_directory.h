#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace dosvc {

// Whose jobs a service carries out.
enum class Serves : std::uint8_t {
  one_user,  // those of the user of this process
  everybody  // those of all users, with their identity
};

// Makes the directory, and those above it, with mode 0700 where it isn't there; E_ACCESSDENIED when it is another
// user's, or others may write to it: they could put a queue of their own there.
//
// Where everybody is served the mode is 0711, so that users reach what is theirs in the spool (see spool_of), which is
// made too.
Result<void> prepare_state_directory(const std::string& directory, Serves serves);

// The folder of a state directory for what is only passing through, of this user. Where everybody is served each has
// one of his own, in a folder in which nobody but the service makes any.
std::string spool_of(const std::string& directory, Serves serves, uid_t owner);

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
