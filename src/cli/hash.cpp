#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <span>
#include <vector>

#include "base/base64.h"
#include "base/sha256.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/json.h"
#include "core/pieces_hash_file.h"

// Makes the file by which a download is checked piece by piece: docs/pieces-hash-file.md.
namespace dosvc::cli {
namespace {

constexpr std::size_t kBuffer = 256u << 10;

Error local_error(const std::string& message) {
  return {HRESULT_FROM_WIN32(ERROR_READ_FAULT), ErrorContext::local_file, message};
}

// Up to `length` bytes from where `in` stands, added to `hash`: how many there were.
Result<std::uint64_t> hash_some(std::ifstream& in, std::uint64_t length, Sha256& hash, std::vector<char>& buffer) {
  std::uint64_t done = 0;
  while (done < length) {
    in.read(buffer.data(), static_cast<std::streamsize>(std::min<std::uint64_t>(buffer.size(), length - done)));
    if (in.bad()) return local_error("it can't be read");
    const auto got = static_cast<std::size_t>(in.gcount());
    if (got == 0) break;
    hash.add(std::as_bytes(std::span(buffer.data(), got)));
    done += got;
  }
  return done;
}

Result<PiecesHashes> hash_pieces(const std::string& path, std::uint32_t piece_size) {
  std::error_code problem;
  if (!std::filesystem::is_regular_file(path, problem)) return local_error("there is no such file");
  if (std::filesystem::file_size(path, problem) / piece_size >= kMostPieces) {
    return usage_error(
        fmt::format("it has more than {} pieces, which nobody would read: give a larger --piece-size", kMostPieces));
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return local_error("it can't be read");
  PiecesHashes hashes{0, piece_size, {}};
  std::vector<char> buffer(kBuffer);
  for (;;) {
    Sha256 hash = DO_TRY(Sha256::begin());
    const std::uint64_t length = DO_TRY(hash_some(in, piece_size, hash, buffer));
    if (length == 0) return hashes;
    hashes.content_length += length;
    hashes.hashes.push_back(hash.finish());
  }
}

Result<void> write_file(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text << std::flush;
  if (out) return {};
  return local_error(fmt::format("{} can't be written: check its folder, and the space on the disk", path));
}

}  // namespace

Result<ExitCode> run_hash(const HashArguments& arguments, Console& console) {
  HashReport report;
  report.path = arguments.output.empty() ? arguments.file + ".hashes" : arguments.output;
  std::error_code absent;
  if (std::filesystem::equivalent(arguments.file, report.path, absent)) {
    return usage_error("the hashes would be written over the file itself: give another -o");
  }
  auto hashes = hash_pieces(arguments.file, arguments.piece_size);
  if (!hashes) {
    Error error = hashes.error();
    error.message = arguments.file + ": " + error.message;
    return error;
  }
  const std::string text = pieces_hash_file(*hashes);
  report.digest = DO_TRY(sha256_of(text));
  report.hash_of_hashes = to_base64(from_hex(DO_TRY(hash_of_hashes(*hashes))).value_or(""));
  report.content_length = hashes->content_length;
  report.piece_size = hashes->piece_size;
  report.pieces = hashes->pieces();
  DO_TRY(write_file(report.path, text));
  console.print(report.hash_of_hashes);
  console.document(hash_json(report));
  console.note(fmt::format("the hashes of {} {} are in {}", report.pieces, report.pieces == 1 ? "piece" : "pieces",
                           escaped(report.path)));
  return ExitCode::done;
}

}  // namespace dosvc::cli
