#include "files/digest.h"

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "files/errno_errors.h"

namespace dosvc {
namespace {

constexpr std::uint64_t kReadAtOnce = 128 * 1024;  // stays in the cache of a core

Error read_error(const PosixTempFile& file, std::string_view why_and_what_to_do) {
  return file_error(HRESULT_FROM_WIN32(ERROR_READ_FAULT), file.name(), "checked", why_and_what_to_do);
}

}  // namespace

Result<void> add_to(Sha256& digest, const PosixTempFile& file, ByteRange bytes) {
  std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(bytes.length(), kReadAtOnce)));
  for (std::uint64_t offset = bytes.begin; offset < bytes.end;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), bytes.end - offset));
    const ssize_t got = ::pread(file.fd(), buffer.data(), wanted, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EIO) return read_error(file, "the disk reports an error; check the disk");
    if (got < 0) return file_error(errno, file.name(), "checked");
    if (got == 0) return read_error(file, "it is shorter than what was downloaded; it has to be downloaded anew");
    digest.add({buffer.data(), static_cast<std::size_t>(got)});
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

Result<std::string> sha256_of(const PosixTempFile& file, ByteRange bytes) {
  Sha256 digest = DO_TRY(Sha256::begin());
  DO_TRY(add_to(digest, file, bytes));
  return digest.finish();
}

}  // namespace dosvc
