#include "files/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "files/errno_errors.h"

namespace dosvc {
namespace {

constexpr std::uint64_t kReadAtOnce = 1 << 20;

std::string hex(const unsigned char* bytes, unsigned count) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < count; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

Error read_error(const PosixTempFile& file, std::string_view why_and_what_to_do) {
  return file_error(HRESULT_FROM_WIN32(ERROR_READ_FAULT), file.name(), "checked", why_and_what_to_do);
}

}  // namespace

Result<std::string> sha256_of(const PosixTempFile& file, std::uint64_t size) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) {
    return file_error(E_FAIL, file.name(), "checked", "OpenSSL offers no SHA-256; check its configuration");
  }
  std::vector<unsigned char> buffer(static_cast<std::size_t>(std::min(size, kReadAtOnce)));
  for (std::uint64_t offset = 0; offset < size;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size - offset));
    const ssize_t got = ::pread(file.fd(), buffer.data(), wanted, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EIO) return read_error(file, "the disk reports an error; check the disk");
    if (got < 0) return file_error(errno, file.name(), "checked");
    if (got == 0) return read_error(file, "it is shorter than what was downloaded; it has to be downloaded anew");
    EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  EVP_DigestFinal_ex(context.get(), digest, &length);
  return hex(digest, length);
}

}  // namespace dosvc
