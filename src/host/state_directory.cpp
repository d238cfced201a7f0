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

constexpr mode_t kOwn = 0700;
constexpr mode_t kPassable = 0711;
// Users' folders in it are made by threads that are the user, but of the service's group; see SystemHost.
constexpr mode_t kSpool = 01771;

Result<void> make_folders(const std::string& directory, mode_t mode) {
  for (std::size_t end = 0; end != std::string::npos;) {
    end = directory.find('/', end + 1);
    const std::string folder = directory.substr(0, end);
    if (::mkdir(folder.c_str(), mode) == 0) {
      // Whatever the umask took away.
      if (::chmod(folder.c_str(), mode) != 0) return failed("set the rights of", folder, errno);
      continue;
    }
    // A folder that exists may be reported as not to be made there, before as there.
    struct stat status {};
    const int number = errno;
    if (::stat(folder.c_str(), &status) != 0) return failed("make the folder", folder, number);
  }
  return {};
}

// Ours alone to write to.
Result<void> check_own(const std::string& directory) {
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

// Nobody but us may write to the directory, so what has the spool's name in it was made by us.
Result<void> open_to_everybody(const std::string& directory) {
  const std::string spool = directory + "/spool";
  if (::chmod(directory.c_str(), kPassable) != 0) return failed("set the rights of", directory, errno);
  if (::mkdir(spool.c_str(), kOwn) != 0 && errno != EEXIST) return failed("make the folder", spool, errno);
  if (::chown(spool.c_str(), static_cast<uid_t>(-1), ::getegid()) != 0 || ::chmod(spool.c_str(), kSpool) != 0) {
    return failed("set the rights of", spool, errno);
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

Result<void> prepare_state_directory(const std::string& directory, Serves serves) {
  const bool everybody = serves == Serves::everybody;
  DO_TRY(make_folders(directory, everybody ? kPassable : kOwn));
  DO_TRY(check_own(directory));
  return everybody ? open_to_everybody(directory) : Result<void>();
}

std::string spool_of(const std::string& directory, Serves serves, uid_t owner) {
  const std::string spool = directory + "/spool";
  return serves == Serves::everybody ? spool + "/" + std::to_string(owner) : spool;
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
