#include "core/pieces_hash_file.h"

#include "base/sha256.h"

#include <nlohmann/json.hpp>

#include <limits>
#include <utility>

namespace dosvc {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;
constexpr std::size_t kHashDigits = 64;

Error bad(HRESULT code, std::string why) {
  return Error{code, ErrorContext::remote_file, "the pieces-hash file " + std::move(why)};
}

std::optional<std::uint64_t> number(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

// Reads the text, and keeps of it only what can belong to such a file: whatever else a server sends must not grow in
// memory to many times its size.
class Sieve {
 public:
  Json parse(std::string_view text) {
    return Json::parse(
        text, [this](int depth, Event event, const Json& value) { return keeps(depth, event, value); }, false);
  }
  // The number of the first in the list that is no hash.
  std::optional<std::size_t> bad_hash() const { return bad_hash_; }

 private:
  using Event = Json::parse_event_t;

  bool keeps(int depth, Event event, const Json& value) {
    switch (event) {
      case Event::key:
        return depth == 1 && is_known(value.get_ref<const std::string&>());
      case Event::object_start:
        return depth == 0 || (depth == 2 && keeps_hash(value));
      case Event::array_start:
        return (depth == 1 && in_pieces_) || (depth == 2 && keeps_hash(value));
      case Event::value:
        return depth < 2 || (depth == 2 && keeps_hash(value));
      default:
        return true;
    }
  }
  bool is_known(const std::string& name) {
    in_pieces_ = name == "pieces";
    return in_pieces_ || name == "version" || name == "content_length" || name == "piece_size";
  }
  bool keeps_hash(const Json& value) {
    if (!in_pieces_) return false;
    const auto* text = value.is_string() ? value.get_ptr<const std::string*>() : nullptr;
    const bool good = text && text->size() == kHashDigits && from_hex(*text);
    if (!good && !bad_hash_) bad_hash_ = hashes_;
    ++hashes_;
    return good;
  }

  bool in_pieces_ = false;
  std::size_t hashes_ = 0;
  std::optional<std::size_t> bad_hash_;
};

Result<std::vector<std::string>> read_hashes(const Json& json) {
  const auto found = json.find("pieces");
  if (found == json.end() || !found->is_array()) return bad(DO_E_METAINFO_PARSE_PIECEHASHES, "has no list \"pieces\"");
  std::vector<std::string> hashes;
  for (const Json& each : *found) {
    const std::string bytes = from_hex(each.get_ref<const std::string&>()).value_or("");
    hashes.push_back(to_hex(std::as_bytes(std::span(bytes))));  // in lower case
  }
  return hashes;
}

Result<PiecesHashes> read(std::string_view text) {
  Sieve sieve;
  const Json json = sieve.parse(text);
  if (json.is_discarded()) return bad(DO_E_METAINFO_CONTENT, "isn't JSON");
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
  if (sieve.bad_hash()) {
    return bad(DO_E_METAINFO_PARSE_ONE_PIECEHASH,
               "names a hash, number " + std::to_string(*sieve.bad_hash()) + ", that isn't 64 hexadecimal digits");
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
  PiecesHashes hashes = DO_TRY(read(text));
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
