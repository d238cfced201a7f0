#include "files/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "files/errno_errors.h"

namespace dosvc {
namespace {

// Links resolve as for whoever the thread acts for, but not those of /proc to open files: they would lead into folders
// that this process has open for others.
UniqueFd open_folder(int at, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_DIRECTORY | O_CLOEXEC);
  how.resolve = RESOLVE_NO_MAGICLINKS;
  const long fd = ::syscall(SYS_openat2, at, path, &how, sizeof how);
  // Unknown to kernels before 5.6, and to old sandboxes.
  if (fd < 0 && (errno == ENOSYS || errno == EPERM))
    return UniqueFd(::openat(at, path, flags | O_DIRECTORY | O_CLOEXEC));
  return UniqueFd(static_cast<int>(fd));
}

}  // namespace

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/" : path.substr(0, slash);
}

std::string_view leaf_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

Result<Directory> Directory::open(std::string path) {
  bool readable = true;
  UniqueFd fd = open_folder(AT_FDCWD, path.c_str(), O_RDONLY);
  if (!fd && errno == EACCES) {
    readable = false;
    fd = open_folder(AT_FDCWD, path.c_str(), O_PATH);
  }
  if (fd) return Directory(std::move(fd), std::move(path), readable);
  if (errno == ENOENT || errno == ENOTDIR) {
    return file_error(HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), path, "used", "there is no such folder; create it");
  }
  return file_error(errno, path, "used");
}

Result<void> Directory::check_writable() const {
  if (::faccessat(fd_.get(), ".", W_OK | X_OK, AT_EACCESS) == 0) return {};
  return file_error(errno, path_, "written to");
}

Result<void> Directory::sync(int file_in_it) const {
  const int failed = readable_ ? ::fsync(fd_.get()) : ::syncfs(file_in_it);
  // EINVAL: a filesystem that keeps no names of its own to sync, as some in user space do.
  if (failed == 0 || errno == EINVAL) return {};
  return file_error(errno, path_, "saved");
}

Result<void> make_folders_to(std::string_view file, mode_t mode) {
  const std::string_view folder = folder_of(file);
  UniqueFd at = open_folder(AT_FDCWD, "/", O_PATH);
  for (std::size_t begin = 1; begin < folder.size();) {
    const std::size_t slash = std::min(folder.find('/', begin), folder.size());
    const std::string name(folder.substr(begin, slash - begin));
    const int made = name.empty() || ::mkdirat(at.get(), name.c_str(), mode) == 0 ? 0 : errno;
    UniqueFd next = open_folder(at.get(), name.empty() ? "." : name.c_str(), O_PATH);
    // A folder that is there may lie in one that may not be written to.
    if (!next) return file_error(made != 0 && made != EEXIST ? made : errno, folder.substr(0, slash), "made");
    at = std::move(next);
    begin = slash + 1;
  }
  return {};
}

Result<const Directory*> Directories::holding(const std::string& file) {
  const std::string_view folder = folder_of(file);
  auto found = open_.find(folder);
  if (found == open_.end()) {
    found = open_.emplace(std::string(folder), Directory::open(std::string(folder))).first;
  }
  if (!found->second) return found->second.error();
  return &found->second.value();
}

}  // namespace dosvc
