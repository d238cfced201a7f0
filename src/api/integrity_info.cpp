#include "api/integrity_info.h"

#include "api/values.h"
#include "base/base64.h"
#include "base/sha256.h"
#include "core/names.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <span>
#include <string>

namespace dosvc {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kHashBytes = 32;

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

// Lower-case hex; nothing when it isn't a hash.
std::optional<std::string> hash_of(const std::optional<std::string>& bytes) {
  if (!bytes || bytes->size() != kHashBytes) return std::nullopt;
  return to_hex(std::as_bytes(std::span(*bytes)));
}

Result<std::string> digest_in(const Json& json) {
  const std::string algorithm = DO_TRY(text_at(json, "PiecesHashFileDigestAlgorithm"));
  if (!algorithm.empty() && algorithm != "SHA256") return bad("names another digest than SHA256");
  const std::string text = DO_TRY(text_at(json, "PiecesHashFileDigest"));
  if (text.empty()) return std::string();
  if (const auto hash = hash_of(from_hex(text))) return *hash;
  if (const auto hash = hash_of(from_base64(text))) return *hash;
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
    const auto hash = hash_of(from_base64(hashes));
    if (!hash) return bad("has a HashOfHashes that isn't 32 bytes in base64");
    check.hash_of_hashes = *hash;
  }
  return check;
}

}  // namespace dosvc
