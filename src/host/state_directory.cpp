#include "host/state_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string_view>

#include "base/text.h"

namespace dosvc {

namespace {

Error failed(const char* doing, const std::string& path, int number) {
  const bool denied = number == EACCES || number == EPERM || number == EROFS;
  return Error{denied ? E_ACCESSDENIED : HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), ErrorContext::queue,
               fmt::format("can't {} {}: {}; DOSVC_STATE_DIR can name another state directory", doing, escaped(path),
                           std::strerror(number))};
}

Result<void> make_folders(const std::string& directory) {
  for (std::size_t end = 0; end != std::string::npos;) {
    end = directory.find('/', end + 1);
    const std::string folder = directory.substr(0, end);
    if (::mkdir(folder.c_str(), 0700) == 0) {
      // Whatever the umask took away.
      if (::chmod(folder.c_str(), 0700) != 0) return failed("set the rights of", folder, errno);
      continue;
    }
    // A folder that exists may be reported as not to be made there, before as there.
    struct stat status {};
    const int number = errno;
    if (::stat(folder.c_str(), &status) != 0) return failed("make the folder", folder, number);
  }
  return {};
}

// "1234 name", as the holder wrote it.
std::string holder_in(int fd) {
  std::array<char, 64> text{};
  const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
  std::string_view line(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  line = line.substr(0, line.find('\n'));
  const std::size_t space = line.find(' ');
  if (space == 0 || space == std::string_view::npos) return "another process";
  return fmt::format("process {} ({})", escaped(line.substr(0, space)), escaped(line.substr(space + 1)));
}

}  // namespace

Result<void> prepare_state_directory(const std::string& directory) {
  DO_TRY(make_folders(directory));
  const UniqueFd fd(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return failed("use the state directory", directory, errno);
  if (status.st_uid != ::geteuid()) {
    return Error{
        E_ACCESSDENIED, ErrorContext::queue,
        fmt::format("the state directory {} belongs to user {}, and this process runs as user {}: choose one of "
                    "your own with DOSVC_STATE_DIR",
                    escaped(directory), status.st_uid, ::geteuid())};
  }
  if (status.st_mode & 022) {
    return Error{E_ACCESSDENIED, ErrorContext::queue,
                 fmt::format("other users may write to the state directory {} (mode {:04o}): take that right away with "
                             "chmod go-w, or choose another with DOSVC_STATE_DIR",
                             escaped(directory), status.st_mode & 07777)};
  }
  return {};
}

Result<StateDirectoryLock> StateDirectoryLock::take(const std::string& directory) {
  const std::string path = directory + "/lock";
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return failed("open", path, errno);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed("lock", path, errno);
    return Error{
        HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION), ErrorContext::queue,
        fmt::format("the state directory {} is in use by {}: wait until that has ended, or choose another with "
                    "DOSVC_STATE_DIR",
                    escaped(directory), holder_in(fd.get()))};
  }
  // Only for the sentence above; the lock holds without it.
  const std::string holder = fmt::format("{} {}\n", ::getpid(), program_invocation_short_name);
  if (::ftruncate(fd.get(), 0) == 0) (void)!::pwrite(fd.get(), holder.data(), holder.size(), 0);
  return StateDirectoryLock(std::move(fd));
}

StateDirectoryLock::~StateDirectoryLock() {
  if (!fd_) return;
  (void)!::ftruncate(fd_.get(), 0);
  // Not by closing alone: a child that was forked while we held it has the descriptor as well.
  ::flock(fd_.get(), LOCK_UN);
}

}  // namespace dosvc
