#pragma once

#include "engine/files.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace dosvc {

// The SHA-256 of a file that is being downloaded: made beside the download, from its beginning on as far as no byte is
// missing, so that little is left to do when the last byte is here. Engine thread; the reading is done by Files.
class ContentDigest {
 public:
  explicit ContentDigest(Files& files) : files_(files) {}

  // So much is written now.
  void follow(const RangeSet& received, const TempFilePtr& file);
  // The file has `size` bytes, and all are here. The answer is the digest as lower-case hex; after start_over() or
  // stop() there is none.
  void finish(std::uint64_t size, const TempFilePtr& file, Reply<std::string> reply);
  // Bytes that were here are gone: it begins anew.
  void start_over();
  void stop() { alive_.reset(); }

 private:
  void read(ByteRange bytes, const TempFilePtr& file);
  void read_on(const TempFilePtr& file);
  void read_more(const TempFilePtr& file);
  void answer(Result<std::string> digest);

  Files& files_;
  std::shared_ptr<Sha256> digest_;
  std::uint64_t here_ = 0;  // bytes that the file has, from its beginning on
  std::uint64_t read_ = 0;  // of them the digest has, or is about to have
  bool reading_ = false;
  std::optional<Error> failed_;
  std::optional<std::uint64_t> size_;  // once it is wanted
  Reply<std::string> reply_;
  std::shared_ptr<const char> alive_ = std::make_shared<char>();
};

}  // namespace dosvc
