#pragma once

#include "core/pieces_hash_file.h"
#include "engine/files.h"
#include "engine/memory_file.h"
#include "engine/transport.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace dosvc {

// Checks a file piece by piece while it comes, by the hashes that its pieces-hash file names. Engine thread; destroyed,
// it calls nobody any more.
class PieceCheck final : private FetchEvents {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    // The hashes are here, or there will be none (and need not be any): the file may be fetched. Or they can't be had.
    virtual void hashes_ready() = 0;
    virtual void hashes_failed(Failure failure) = 0;
    virtual void piece_is_good() = 0;
    virtual void piece_is_bad(ByteRange piece, bool hopeless) = 0;
    virtual void check_failed(const Error& error) = 0;
  };

  PieceCheck(Transport& transport, Files& files, const IntegrityCheck& check, bool mandatory, Owner& owner)
      : transport_(transport), files_(files), check_(check), mandatory_(mandatory), owner_(owner) {}

  // Fetches the hashes. What the program gave for the file's server goes nowhere else.
  void begin(const HttpOptions& http, const std::string& file_url, std::shared_ptr<const std::string> trusted);
  std::optional<std::uint64_t> content_length() const {
    return hashes_ ? std::optional(hashes_->content_length) : std::nullopt;
  }
  // An error when the hashes are of a file of another size and have to fit.
  Result<void> check_size(std::uint64_t size);
  // Looks for pieces that are whole and not yet checked. All good: true.
  bool go_on(const RangeSet& received, const TempFilePtr& file);
  // The content is another one now.
  void start_over();
  // The owner hears nothing more.
  void stop() {
    alive_.reset();
    fetch_ = {};
  }

 private:
  void on_answer(const TakeBody*, const ResponseHead&) override {}
  void on_progress(std::uint64_t) override {}
  void on_done(FetchEnd end) override;
  void unavailable(Failure failure);

  Transport& transport_;
  Files& files_;
  const IntegrityCheck check_;
  const bool mandatory_;
  Owner& owner_;
  std::shared_ptr<MemoryFile> body_;
  Fetch fetch_;
  bool checking_ = false;
  std::optional<PiecesHashes> hashes_;
  RangeSet good_;
  std::vector<int> failures_;  // of each piece
  std::shared_ptr<const char> alive_ = std::make_shared<char>();
};

}  // namespace dosvc
