#include "engine/file_transfer.h"

#include "core/retry_policy.h"

#include <utility>

namespace dosvc {
namespace {

// After a crash at most 8 MiB or one second of the job are fetched again, whichever is more; the sync itself takes time
// too, so checkpoints begin well before. A slow transfer is spared: an fsync every half second would keep a disk
// awake.
constexpr auto kCheckpointEvery = std::chrono::milliseconds(400);
constexpr auto kCheckpointAtLeastEvery = std::chrono::seconds(10);
constexpr std::uint64_t kCheckpointBytes = 3u << 20;

Failure local_failure(const Error& error) {
  const bool disk_full = error.code == HRESULT_FROM_WIN32(ERROR_DISK_FULL);
  return {error, disk_full ? FailureClass::transient : FailureClass::fatal, 0, std::nullopt};
}

}  // namespace

void FileTransfer::start() { open(file_.identity.known() && !file_.done.empty() ? OpenTemp::resume : OpenTemp::fresh); }

void FileTransfer::open(OpenTemp how) {
  if (how == OpenTemp::fresh) {
    progress_.received.clear();
    if (!file_.done.empty()) {
      file_.start_anew();
      owner_.file_changed();
    }
  }
  phase_ = Phase::opening;
  owner_.open_temp(file_, how, [this, how, alive = std::weak_ptr<const char>(alive_)](Result<TempFilePtr> opened) {
    if (alive.expired() || phase_ != Phase::opening) return;
    if (opened) {
      temp_ = opened.take();
      // Shorter than what was once on disk: somebody cut it.
      if (temp_->size_at_open() < file_.done.contiguous_end(0)) return open(OpenTemp::fresh);
      file_.identity = temp_->identity();
      last_checkpoint_ = parts_.loop.now();
      fetch();
    } else if (how == OpenTemp::resume && opened.error().code == HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)) {
      open(OpenTemp::fresh);
    } else {
      fail(local_failure(opened.error()));
    }
  });
}

void FileTransfer::fetch() {
  phase_ = Phase::fetching;
  std::uint64_t next = progress_.received.contiguous_end(0);
  if (next > 0 && file_.size == next) return whole();
  // Without a validator nothing tells whether the server still has the same file: only the whole of it is sure.
  if (next > 0 && file_.validator.for_if_range().empty())
    return start_anew({"the server names no version of its file"});
  fetch_brought_bytes_ = false;
  FetchRequest request;
  request.url = file_.remote_name;
  request.http = job_.http;
  request.asked = {next, file_.validator, file_.size};
  request.into = temp_;
  fetch_ = parts_.transport.start(std::move(request), *this);
}

void FileTransfer::on_answer(const TakeBody& take, const ResponseHead&) {
  fetch_begin_ = take.offset;
  file_.size = take.size;
  file_.validator = take.validator;
  file_.modified = take.modified;
  owner_.content_began();
}

void FileTransfer::note_received(std::uint64_t end) {
  progress_.received.add({fetch_begin_, end});
  const bool beyond = end > progress_.high_water;
  if (beyond) {
    progress_.high_water = end;
    fetch_brought_bytes_ = ever_brought_bytes_ = true;
  }
  owner_.bytes_arrived(beyond);
}

void FileTransfer::on_progress(std::uint64_t end) {
  note_received(end);
  maybe_checkpoint();
}

void FileTransfer::on_done(FetchEnd end) {
  fetch_ = {};
  if (const auto* taken = std::get_if<BodyTaken>(&end)) {
    file_.size = taken->end;
    note_received(taken->end);
    whole();
  } else if (const auto* anew = std::get_if<StartAnew>(&end)) {
    start_anew(*anew);
  } else {
    fetch_failed(std::get<Failure>(std::move(end)));
  }
}

void FileTransfer::fetch_failed(Failure failure) {
  const bool cut = failure.failure_class == FailureClass::transient && failure.http_status == 0 &&
                   failure.error.context == ErrorContext::transport;
  if (cut && may_reconnect()) return fetch();
  fail(std::move(failure));
}

void FileTransfer::fail(Failure failure) {
  if (phase_ == Phase::settling) phase_ = Phase::halted;
  owner_.file_failed(std::move(failure));
}

// After a failed sync nobody knows what the disk holds beyond the last checkpoint.
void FileTransfer::sync_failed(const Error& error) {
  progress_.received = file_.done;
  owner_.bytes_arrived(false);
  fail(local_failure(error));
}

// A connection that breaks is no failure while new bytes keep coming.
bool FileTransfer::may_reconnect() {
  reconnects_ = (fetch_brought_bytes_ ? 0 : reconnects_) + 1;
  return ever_brought_bytes_ && reconnects_ <= kReconnectsWithoutNewBytes;
}

void FileTransfer::start_anew(const StartAnew& reason) {
  ++version_;
  file_.start_anew();
  progress_.received.clear();
  owner_.file_changed();
  owner_.bytes_arrived(false);
  if (reconnects_++ > kReconnectsWithoutNewBytes) {
    Error error{BG_E_REMOTE_FILE_CHANGED, ErrorContext::remote_file,
                "the file on the server keeps changing (" + reason.why + "): it will be tried again later"};
    fail({std::move(error), FailureClass::transient, 0, std::nullopt});
    return;
  }
  temp_.reset();
  open(OpenTemp::fresh);
}

void FileTransfer::whole() {
  phase_ = Phase::settling;
  const std::weak_ptr<const char> alive = alive_;
  owner_.body_complete();
  if (alive.expired()) return;
  if (file_.sha256.empty()) return settle();
  parts_.files.sha256(temp_, *file_.size, [this, alive](Result<std::string> digest) {
    if (alive.expired()) return;
    if (!digest) return fail(local_failure(digest.error()));
    if (*digest == file_.sha256) return settle();
    Error error{BG_E_VALIDATION_FAILED, ErrorContext::remote_file,
                "the content of " + file_.local_name + " has SHA-256 " + *digest + ", not the " + file_.sha256 +
                    " that was asked for: check the URL and the digest"};
    ++version_;
    file_.start_anew();
    progress_ = {};
    owner_.file_changed();
    fail({std::move(error), FailureClass::fatal, 0, std::nullopt});
  });
}

void FileTransfer::settle() {
  parts_.syncs.add(temp_, [this, alive = std::weak_ptr<const char>(alive_)](Result<void> synced) {
    if (alive.expired()) return;
    if (!synced) return sync_failed(synced.error());
    file_.done = RangeSet(ByteRange{0, *file_.size});
    file_.stage = FileStage::transferred;
    temp_.reset();
    owner_.file_changed();
    owner_.file_transferred();
  });
}

void FileTransfer::maybe_checkpoint() {
  const auto since = parts_.loop.now() - last_checkpoint_;
  const std::uint64_t unsynced = progress_.received.total() - file_.done.total();
  const std::uint64_t enough = kCheckpointBytes / static_cast<std::uint64_t>(owner_.files_side_by_side());
  if (since >= kCheckpointAtLeastEvery || (since >= kCheckpointEvery && unsynced >= enough)) checkpoint();
}

void FileTransfer::checkpoint() {
  if (syncing_ || !temp_ || progress_.received == file_.done) return;
  syncing_ = true;
  last_checkpoint_ = parts_.loop.now();
  parts_.syncs.add(temp_, [this, claim = progress_.received, version = version_,
                           alive = std::weak_ptr<const char>(alive_)](Result<void> synced) {
    if (alive.expired()) return;
    syncing_ = false;
    if (version == version_ && phase_ != Phase::settling) {
      if (!synced && phase_ != Phase::halted) return sync_failed(synced.error());
      if (synced) {
        file_.done = claim;
        owner_.file_changed();
      } else {
        progress_.received = file_.done;
      }
    }
    if (phase_ == Phase::halted) finish_halt();
  });
}

bool FileTransfer::halt() {
  if (phase_ == Phase::settling) return false;
  fetch_ = {};
  phase_ = Phase::halted;
  if (!syncing_) checkpoint();
  return !syncing_;
}

// The sync that was under way when the halt came may not have covered the last bytes.
void FileTransfer::finish_halt() {
  checkpoint();
  if (!syncing_) owner_.halt_finished();
}

}  // namespace dosvc
