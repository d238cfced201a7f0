#include "engine/content_digest.h"

#include <algorithm>
#include <utility>

namespace dosvc {
namespace {

// Little at a time costs more than it brings forward; much at a time holds up one of the few threads for the disk.
constexpr std::uint64_t kWorthReading = 1 << 20;
constexpr std::uint64_t kAtOnce = 32 << 20;

}  // namespace

void ContentDigest::follow(const RangeSet& received, const TempFilePtr& file) {
  here_ = std::max(here_, received.contiguous_end(here_));
  if (!reading_) read_on(file);
}

// What has come meanwhile.
void ContentDigest::read_on(const TempFilePtr& file) {
  if (!failed_ && here_ - read_ >= kWorthReading) read({read_, std::min(here_, read_ + kAtOnce)}, file);
}

void ContentDigest::finish(std::uint64_t size, const TempFilePtr& file, Reply<std::string> reply) {
  size_ = size;
  reply_ = std::move(reply);
  if (!reading_) read_more(file);
}

void ContentDigest::start_over() {
  digest_.reset();
  here_ = read_ = 0;
  reading_ = false;
  failed_.reset();
  size_.reset();
  reply_ = nullptr;
  alive_ = std::make_shared<char>();
}

void ContentDigest::read(ByteRange bytes, const TempFilePtr& file) {
  if (!digest_) {
    Result<Sha256> begun = Sha256::begin();
    if (!begun) {
      failed_ = begun.error();
      return;
    }
    digest_ = std::make_shared<Sha256>(std::move(begun).take());
  }
  reading_ = true;
  read_ = bytes.end;
  files_.add_to_digest(digest_, file, bytes,
                       [this, file, alive = std::weak_ptr<const char>(alive_)](const Result<void>& added) {
                         if (alive.expired()) return;
                         reading_ = false;
                         if (!added) failed_ = added.error();
                         size_ ? read_more(file) : read_on(file);
                       });
}

// To the end, now that all is here.
void ContentDigest::read_more(const TempFilePtr& file) {
  if (!failed_ && (read_ < *size_ || !digest_)) read({read_, std::min(*size_, read_ + kAtOnce)}, file);
  if (reading_) return;
  if (failed_) return answer(*failed_);
  answer(digest_->finish());
}

void ContentDigest::answer(Result<std::string> digest) { std::exchange(reply_, nullptr)(std::move(digest)); }

}  // namespace dosvc
