#include "core/pieces_hash_file.h"

#include "base/sha256.h"

#include <nlohmann/json.hpp>

#include <limits>
#include <utility>

namespace dosvc {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;
constexpr std::uint32_t kSmallestPiece = 16u << 10;
constexpr std::uint32_t kLargestPiece = 1u << 30;
constexpr std::size_t kHashDigits = 64;

Error bad(HRESULT code, std::string why) {
  return Error{code, ErrorContext::remote_file, "the pieces-hash file " + std::move(why)};
}

std::optional<std::uint64_t> number(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

Result<std::vector<std::string>> read_hashes(const Json& json) {
  const auto found = json.find("pieces");
  if (found == json.end() || !found->is_array()) return bad(DO_E_METAINFO_PARSE_PIECEHASHES, "has no list \"pieces\"");
  std::vector<std::string> hashes;
  for (const Json& each : *found) {
    const auto* text = each.is_string() ? each.get_ptr<const std::string*>() : nullptr;
    const auto bytes = text && text->size() == kHashDigits ? from_hex(*text) : std::nullopt;
    if (!bytes) {
      return bad(DO_E_METAINFO_PARSE_ONE_PIECEHASH,
                 "names a hash, number " + std::to_string(hashes.size()) + ", that isn't 64 hexadecimal digits");
    }
    hashes.push_back(to_hex(std::as_bytes(std::span(*bytes))));
  }
  return hashes;
}

Result<PiecesHashes> read(const Json& json) {
  if (!json.is_object()) return bad(DO_E_METAINFO_CONTENT, "isn't a JSON object");
  if (number(json, "version") != kVersion) {
    return bad(DO_E_METAINFO_VERSION, "isn't of version " + std::to_string(kVersion));
  }
  const auto length = number(json, "content_length");
  if (!length || *length > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return bad(DO_E_METAINFO_CONTENT_LENGTH, "doesn't say how long the file is (\"content_length\")");
  }
  const auto size = number(json, "piece_size");
  if (!size || *size < kSmallestPiece || *size > kLargestPiece) {
    return bad(DO_E_METAINFO_PIECE_SIZE, "names no size of its pieces from 16 KiB to 1 GiB (\"piece_size\")");
  }
  PiecesHashes read{*length, static_cast<std::uint32_t>(*size), DO_TRY(read_hashes(json))};
  const std::uint64_t pieces = *length / *size + (*length % *size != 0 ? 1 : 0);
  if (read.pieces() != pieces) {
    return bad(DO_E_METAINFO_PARSE_PIECEHASHES, "names " + std::to_string(read.pieces()) +
                                                    " hashes, but the file has " + std::to_string(pieces) + " pieces");
  }
  return read;
}

}  // namespace

Result<PiecesHashes> parse_pieces_hash_file(std::string_view text, const IntegrityCheck& known) {
  if (!known.digest.empty() && DO_TRY(sha256_of(text)) != known.digest) {
    return bad(DO_E_METAINFO_DIGEST_MATCH, "isn't the one that was meant: its digest is another");
  }
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return bad(DO_E_METAINFO_CONTENT, "isn't JSON");
  PiecesHashes hashes = DO_TRY(read(json));
  if (!known.hash_of_hashes.empty() && DO_TRY(hash_of_hashes(hashes)) != known.hash_of_hashes) {
    return bad(DO_E_METAINFO_HOH_MATCH, "isn't that of the content that was meant: its hash of hashes is another");
  }
  return hashes;
}

std::string pieces_hash_file(const PiecesHashes& hashes) {
  const Json json = {{"version", kVersion},
                     {"content_length", hashes.content_length},
                     {"piece_size", hashes.piece_size},
                     {"pieces", hashes.hashes}};
  return json.dump(1) + "\n";
}

Result<std::string> hash_of_hashes(const PiecesHashes& hashes) {
  std::string bytes;
  for (const std::string& hash : hashes.hashes) bytes += from_hex(hash).value_or("");
  return sha256_of(bytes);
}

}  // namespace dosvc
