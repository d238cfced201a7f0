#include "api/integrity_info.h"

#include "api/values.h"
#include "base/sha256.h"
#include "core/names.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace dosvc {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kHashBase64 = 44;  // with its padding

Error bad(const std::string& why) {
  return failed_with(E_INVALIDARG, "the information to check the content by " + why);
}

// Empty when there is none of that name.
Result<std::string> text_at(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end()) return std::string();
  if (!found->is_string()) return bad("has something other than a text as " + std::string(name));
  return found->get<std::string>();
}

// RFC 4648, section 4, of exactly kHashBytes; lower-case hex.
std::optional<std::string> hash_from_base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() != kHashBase64 || text.back() != '=') return std::nullopt;
  text.remove_suffix(1);
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 0xff);
  }
  if (bytes.size() != kHashBytes || (bits & 0x3u) != 0) return std::nullopt;
  return to_hex(std::as_bytes(std::span(bytes)));
}

std::optional<std::string> hash_from_hex(std::string_view text) {
  const auto bytes = from_hex(text);
  if (!bytes || bytes->size() != kHashBytes) return std::nullopt;
  return to_hex(std::as_bytes(std::span(*bytes)));
}

Result<std::string> digest_in(const Json& json) {
  const std::string algorithm = DO_TRY(text_at(json, "PiecesHashFileDigestAlgorithm"));
  if (!algorithm.empty() && algorithm != "SHA256") return bad("names another digest than SHA256");
  const std::string text = DO_TRY(text_at(json, "PiecesHashFileDigest"));
  if (text.empty()) return std::string();
  if (const auto hash = hash_from_hex(text)) return *hash;
  if (const auto hash = hash_from_base64(text)) return *hash;
  return bad("has a PiecesHashFileDigest that is no SHA-256 in base64 or hexadecimal digits");
}

}  // namespace

Result<IntegrityCheck> parse_integrity_info(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return bad("isn't a JSON object");
  IntegrityCheck check;
  check.url = DO_TRY(text_at(json, "PiecesHashFileUrl"));
  if (check.url.empty()) return bad("has no PiecesHashFileUrl");
  DO_TRY(check_remote_name(check.url));
  check.digest = DO_TRY(digest_in(json));
  if (const std::string hashes = DO_TRY(text_at(json, "HashOfHashes")); !hashes.empty()) {
    const auto hash = hash_from_base64(hashes);
    if (!hash) return bad("has a HashOfHashes that isn't 32 bytes in base64");
    check.hash_of_hashes = *hash;
  }
  return check;
}

}  // namespace dosvc
