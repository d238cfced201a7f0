#include "base/sha256.h"

#include <openssl/evp.h>

#include "base/text.h"

namespace dosvc {
namespace {

EVP_MD_CTX* digest_of(void* context) { return static_cast<EVP_MD_CTX*>(context); }

}  // namespace

void Sha256::Free::operator()(void* context) const { EVP_MD_CTX_free(digest_of(context)); }

Result<Sha256> Sha256::begin() {
  Sha256 digest(EVP_MD_CTX_new());
  if (digest.context_ && EVP_DigestInit_ex(digest_of(digest.context_.get()), EVP_sha256(), nullptr) == 1) return digest;
  return Error{E_FAIL, ErrorContext::none, "OpenSSL offers no SHA-256; check its configuration"};
}

void Sha256::add(std::span<const std::byte> bytes) {
  EVP_DigestUpdate(digest_of(context_.get()), bytes.data(), bytes.size());
}

std::string Sha256::finish() {
  std::byte digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  EVP_DigestFinal_ex(digest_of(context_.get()), reinterpret_cast<unsigned char*>(digest), &length);
  return to_hex({digest, length});
}

Result<std::string> sha256_of(std::string_view text) {
  Sha256 digest = DO_TRY(Sha256::begin());
  digest.add(std::as_bytes(std::span(text)));
  return digest.finish();
}

std::string to_hex(std::span<const std::byte> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::byte byte : bytes) {
    text += kDigits[std::to_integer<unsigned>(byte) >> 4];
    text += kDigits[std::to_integer<unsigned>(byte) & 15];
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_digit(hex[i]);
    const int low = hex_digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

}  // namespace dosvc
