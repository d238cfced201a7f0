// parse_pieces_hash_file(): the whole input is the file, as it came from a server.

#include <algorithm>

#include "core/pieces_hash_file.h"
#include "fuzz/input.h"

using namespace dosvc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = Input(data, size).rest();
  auto read = parse_pieces_hash_file(text, {});
  if (!read) {
    must(read.error().message.size() < 200, "a refusal repeats little of it");
    return 0;
  }
  const PiecesHashes& hashes = *read;
  must(hashes.piece_size >= kSmallestPiece && hashes.piece_size <= kLargestPiece, "pieces have a size that can be");
  must(std::all_of(hashes.hashes.begin(), hashes.hashes.end(),
                   [](const std::string& hash) {
                     return hash.size() == 64 && hash.find_first_not_of("0123456789abcdef") == hash.npos;
                   }),
       "hashes are 64 small hexadecimal digits");
  std::uint64_t end = 0;
  for (std::size_t i = 0; i < hashes.pieces(); ++i) {
    must(hashes.piece(i).begin == end && hashes.piece(i).end > end, "each piece begins where the one before ends");
    end = hashes.piece(i).end;
  }
  must(end == hashes.content_length, "the pieces are the file");

  IntegrityCheck known;
  const auto both = hash_of_hashes(hashes);
  must(both.ok(), "they have a hash");
  known.hash_of_hashes = *both;
  const auto again = parse_pieces_hash_file(pieces_hash_file(hashes), known);
  must(again.ok() && *again == hashes, "what is written is read again");
  return 0;
}
