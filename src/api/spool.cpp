#include "api/spool.h"

#include "api/values.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dosvc {
namespace {

Error not_yet() { return failed_with(HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND), "no bytes have come yet"); }

Error unreadable() {
  return failed_with(HRESULT_FROM_WIN32(ERROR_READ_FAULT),
                     "the file that the download passes through can't be read: abort the download and begin anew");
}

}  // namespace

Result<Spool> Spool::open(const File& file) {
  if (!file.identity.known()) return not_yet();
  UniqueFd fd(::open(file.temp_name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  struct stat about {};
  if (!fd || ::fstat(fd.get(), &about) != 0) return errno == ENOENT ? not_yet() : unreadable();
  const FileIdentity identity{about.st_dev, about.st_ino};
  if (identity != file.identity) return not_yet();
  return Spool(std::move(fd), identity);
}

Result<void> Spool::read(std::uint64_t offset, std::span<std::byte> into) const {
  while (!into.empty()) {
    const ssize_t got = ::pread(fd_.get(), into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return unreadable();
    into = into.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

}  // namespace dosvc
