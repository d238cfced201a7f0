#pragma once

#include "base/result.h"
#include "core/file.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dosvc {

// The SHA-256 of each piece of a file; docs/pieces-hash-file.md has the form in which they travel. All pieces have the
// same size but the last, which may be shorter.
struct PiecesHashes {
  std::uint64_t content_length = 0;
  std::uint32_t piece_size = 0;
  std::vector<std::string> hashes;  // lower-case hex

  std::size_t pieces() const { return hashes.size(); }
  ByteRange piece(std::size_t index) const {
    const std::uint64_t begin = static_cast<std::uint64_t>(index) * piece_size;
    return {begin, std::min<std::uint64_t>(begin + piece_size, content_length)};
  }
  friend bool operator==(const PiecesHashes&, const PiecesHashes&) = default;
};

// A larger one isn't read, for what a server sends is held in memory. As they are written here, the hashes of so many
// pieces fit in.
inline constexpr std::uint64_t kLargestPiecesHashFile = 16u << 20;
inline constexpr std::uint64_t kMostPieces = 230'000;
inline constexpr std::uint32_t kSmallestPiece = 16u << 10;
inline constexpr std::uint32_t kLargestPiece = 1u << 30;

// Reads one that came from a server, and checks it by what the program knows of it: DO_E_METAINFO_… when it is not what
// it should be.
Result<PiecesHashes> parse_pieces_hash_file(std::string_view text, const IntegrityCheck& known);
std::string pieces_hash_file(const PiecesHashes& hashes);
// SHA-256 of the pieces' hashes one behind the other, lower-case hex.
Result<std::string> hash_of_hashes(const PiecesHashes& hashes);

}  // namespace dosvc
