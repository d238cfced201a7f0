#include "engine/piece_check.h"

#include "base/url.h"

#include <utility>

namespace dosvc {
namespace {

// A piece that is bad again and again is not the network's fault.
constexpr int kTriesOfAPiece = 3;

}  // namespace

void PieceCheck::begin(const HttpOptions& http, const std::string& file_url,
                       std::shared_ptr<const std::string> trusted) {
  FetchRequest request;
  request.url = check_.url;
  request.http = http;
  request.http.method.clear();
  request.trusted = std::move(trusted);
  if (!same_server(check_.url, file_url)) {
    request.http.headers.clear();
    request.http.auth_headers.clear();
    request.http.client_certificate.reset();
    std::erase_if(request.http.credentials, [](const Credentials& each) { return each.target == AuthTarget::server; });
  }
  body_ = std::make_shared<MemoryFile>(kLargestPiecesHashFile, DO_E_METAINFO_FILE_SIZE);
  request.into = body_;
  fetch_ = transport_.start(std::move(request), *this);
}

void PieceCheck::on_done(FetchEnd end) {
  fetch_ = {};
  const std::string text = std::exchange(body_, nullptr)->content();
  if (auto* failure = std::get_if<Failure>(&end)) return unavailable(std::move(*failure));
  auto parsed = parse_pieces_hash_file(text, check_);
  if (!parsed) return unavailable({parsed.error(), FailureClass::fatal, 0, std::nullopt});
  failures_.assign(parsed->pieces(), 0);
  hashes_ = std::move(parsed).take();
  owner_.hashes_ready();
}

void PieceCheck::unavailable(Failure failure) {
  if (!mandatory_) {
    return owner_.hashes_ready();
  }
  if (failure.failure_class == FailureClass::fatal && failure.http_status != 0) {
    failure.error.code = DO_E_INTEGRITYCHECKINFO_UNAVAILABLE;
  }
  failure.error.message = "the hashes of the file's pieces can't be had: " + failure.error.message;
  owner_.hashes_failed(std::move(failure));
}

Result<void> PieceCheck::check_size(std::uint64_t size) {
  if (!hashes_ || hashes_->content_length == size) return {};
  return Error{DO_E_METAINFO_CONTENT_LENGTH, ErrorContext::remote_file,
               "the hashes are those of a file of " + std::to_string(hashes_->content_length) +
                   " bytes, but this one has " + std::to_string(size) + ": check both addresses"};
}

bool PieceCheck::go_on(const RangeSet& received, const TempFilePtr& file) {
  if (!hashes_) return true;
  if (checking_) return false;
  const auto gap = good_.first_gap(0, hashes_->content_length);
  if (!gap) return true;
  for (std::size_t i = gap->begin / hashes_->piece_size; i < hashes_->pieces(); ++i) {
    const ByteRange piece = hashes_->piece(i);
    if (good_.contains(piece) || !received.contains(piece)) continue;
    checking_ = true;
    files_.sha256(file, piece, [this, i, piece, alive = std::weak_ptr<const char>(alive_)](Result<std::string> digest) {
      if (alive.expired()) return;
      checking_ = false;
      if (!digest) return owner_.check_failed(digest.error());
      if (*digest != hashes_->hashes[i]) return owner_.piece_is_bad(piece, ++failures_[i] >= kTriesOfAPiece);
      good_.add(piece);
      owner_.piece_is_good();
    });
    break;
  }
  return false;
}

void PieceCheck::start_over() {
  good_.clear();
  checking_ = false;
  alive_ = std::make_shared<char>();
}

}  // namespace dosvc
