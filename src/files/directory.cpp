#include "files/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "files/errno_errors.h"

namespace dosvc {

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? "/" : path.substr(0, slash);
}

std::string_view leaf_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

Result<Directory> Directory::open(std::string path) {
  bool readable = true;
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd && errno == EACCES) {
    readable = false;
    fd = UniqueFd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
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
  for (std::size_t slash = folder.find('/', 1);; slash = folder.find('/', slash + 1)) {
    const std::string part(folder.substr(0, slash));
    if (::mkdir(part.c_str(), mode) != 0 && errno != EEXIST) {
      const int number = errno;
      // A folder that is there may lie in one that we may not write to.
      if (::access(part.c_str(), F_OK) != 0) return file_error(number, part, "made");
    }
    if (slash == std::string_view::npos) return {};
  }
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
