#include "core/private_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "base/text.h"

namespace dosvc {
namespace {

Error failed(const char* doing, const std::string& path, int number) {
  const bool denied = number == EACCES || number == EPERM || number == EROFS;
  return Error{denied ? E_ACCESSDENIED : HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), ErrorContext::queue,
               fmt::format("can't {} {}: {}; DOSVC_STATE_DIR can name another place for the queue", doing,
                           escaped(path), std::strerror(number))};
}

Result<void> make_folders(const std::string& path) {
  for (std::size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string folder = path.substr(0, end);
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

}  // namespace

Result<UniqueFd> make_private_folder(const std::string& path) {
  DO_TRY(make_folders(path));
  UniqueFd fd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return failed("use the folder", path, errno);
  if (status.st_uid != ::geteuid()) {
    return Error{E_ACCESSDENIED, ErrorContext::queue,
                 fmt::format("the folder {} belongs to user {}, and this process runs as user {}: choose one of your "
                             "own with DOSVC_STATE_DIR",
                             escaped(path), status.st_uid, ::geteuid())};
  }
  if (status.st_mode & 022) {
    return Error{E_ACCESSDENIED, ErrorContext::queue,
                 fmt::format("other users may write to the folder {} (mode {:04o}): take that right away with chmod "
                             "go-w, or choose another with DOSVC_STATE_DIR",
                             escaped(path), status.st_mode & 07777)};
  }
  return fd;
}

}  // namespace dosvc
