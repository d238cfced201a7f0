#include "engine/file_transfer.h"

#include "base/url.h"
#include "core/names.h"
#include "core/retry_policy.h"

#include <algorithm>
#include <utility>

namespace dosvc {
namespace {

// After a crash at most 8 MiB or one second of the job are fetched again, whichever is more; the sync itself takes time
// too, so checkpoints begin well before. A slow transfer is spared: an fsync every half second would keep a disk
// awake.
constexpr auto kCheckpointEvery = std::chrono::milliseconds(400);
constexpr auto kCheckpointAtLeastEvery = std::chrono::seconds(10);
constexpr std::uint64_t kCheckpointBytes = 3u << 20;
// Smaller files are written in less time than it takes to ask.
constexpr std::uint64_t kReserveFrom = 1u << 20;
// To one host, of all jobs.
constexpr int kForegroundConnections = 16;
constexpr int kBackgroundConnections = 4;

// In its credentials, or in the address of a variable. Lists of proxies hold none.
bool gives_proxy_login(const HttpOptions& options) {
  const auto has_login = [](const std::string& proxy) { return proxy.find('@') != std::string::npos; };
  return std::any_of(options.credentials.begin(), options.credentials.end(),
                     [](const Credentials& each) { return each.target == AuthTarget::proxy; }) ||
         (options.proxy.usage != ProxyUsage::listed &&
          (has_login(options.http_proxy) || has_login(options.https_proxy)));
}

// What a download's requests are traced by goes with them, and not into the headers that its program has set.
HttpOptions request_options(const Job& job, const DefaultProxy& proxy) {
  HttpOptions options = job.http;
  if (options.http_proxy.empty() && options.https_proxy.empty() && options.no_proxy.empty()) {
    options.http_proxy = proxy.http;
    options.https_proxy = proxy.https;
    options.no_proxy = proxy.except;
  }
  // The identity that the owner has already; what the program gave itself comes first.
  if (job.stored_proxy_credentials && !gives_proxy_login(options)) {
    options.credentials.push_back({AuthTarget::proxy, AuthScheme::negotiate, {}, {}});
  }
  if (job.download && !job.download->correlation_vector.empty()) {
    options.headers.push_back("MS-CV: " + job.download->correlation_vector);
  }
  return options;
}

}  // namespace

// What can't be done however often it is tried.
Result<void> FileTransfer::check_task() const {
  const bool whole = FileLayout(file_.ranges, file_.size).whole();
  if (file_.integrity_mandatory && file_.integrity.url.empty()) {
    return Error{DO_E_INTEGRITYCHECKINFO_UNSPECIFIED, ErrorContext::none,
                 "a check of the file was made mandatory, but not what to check it by"};
  }
  if (file_.integrity_mandatory && !whole) {
    return Error{DO_E_DOWNLOAD_RANGES_UNEXPECTED, ErrorContext::none,
                 "only a whole file can be checked, and parts of it were asked for"};
  }
  if (one_answer_only() && (file_.ranges.size() > 1 || (job_.on_demand && whole))) {
    return Error{BG_E_UNSUPPORTED_JOB_CONFIGURATION, ErrorContext::none,
                 "parts need a request each, but dynamic content and other methods than GET allow one only"};
  }
  return {};
}

void FileTransfer::start() {
  if (auto possible = check_task(); !possible) {
    return fail({possible.error(), FailureClass::fatal, 0, std::nullopt});
  }
  if (job_.http.ca_file.empty()) return prepare();
  phase_ = Phase::trust;
  parts_.files.read_trusted(job_.files_of, job_.http.ca_file,
                            [this, alive = std::weak_ptr<const char>(alive_)](Result<std::string> read) {
                              if (alive.expired() || phase_ != Phase::trust) return;
                              if (!read) return fail(local_failure(read.error()));
                              trusted_ = std::make_shared<const std::string>(std::move(read).take());
                              prepare();
                            });
}

void FileTransfer::prepare() {
  // Pieces are pieces of the whole file.
  if (file_.integrity.url.empty() || !FileLayout(file_.ranges, file_.size).whole()) {
    return open(file_.identity.known() && !file_.done.empty() ? OpenTemp::resume : OpenTemp::fresh);
  }
  phase_ = Phase::hashes;
  pieces_ = std::make_unique<PieceCheck>(parts_.transport, parts_.files, file_.integrity, file_.integrity_mandatory,
                                         static_cast<PieceCheck::Owner&>(*this));
  pieces_->begin(request_options(job_, parts_.default_proxy), file_.remote_name, trusted_);
}

void FileTransfer::hashes_ready() {
  open(file_.identity.known() && !file_.done.empty() ? OpenTemp::resume : OpenTemp::fresh);
}

void FileTransfer::hashes_failed(Failure failure) { fail(std::move(failure)); }

void FileTransfer::open(OpenTemp how) {
  if (how == OpenTemp::fresh) {
    progress_.received.clear();
    digest_.start_over();
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
      const auto held = file_.done.ranges();
      if (!held.empty() && temp_->size_at_open() < held.back().end) return open(OpenTemp::fresh);
      file_.identity = temp_->identity();
      last_checkpoint_ = parts_.loop.now();
      reserved_ = 0;
      fetch();
    } else if (how == OpenTemp::resume && opened.error().code == HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)) {
      open(OpenTemp::fresh);
    } else {
      fail(local_failure(opened.error()));
    }
  });
}

// Each answer brings another content, or the method is one that must not be repeated in parts: all or nothing.
bool FileTransfer::one_answer_only() const { return job_.dynamic_content || !job_.http.method.empty(); }

// ---- What is asked ----

std::optional<Stretch> FileTransfer::missing_beside(const RangeSet& held) const {
  const FileLayout layout(file_.ranges, file_.size);
  if (job_.on_demand && layout.whole()) return layout.next_missing(held, progress_.position, file_.wanted);
  return layout.next_missing(held);
}

std::uint64_t FileTransfer::bytes_missing() const {
  const auto size = FileLayout(file_.ranges, file_.size).size();
  return size ? *size - std::min(*size, progress_.received.total()) : 0;
}

void FileTransfer::fetch() {
  phase_ = Phase::fetching;
  if (lanes_.any()) return lanes_.fill();
  FileLayout layout(file_.ranges, file_.size);
  if (auto inside = layout.check(); !inside && !answered_) {
    // So it was when last asked; the file, or its address, may be another now.
    file_.size.reset();
    layout = FileLayout(file_.ranges, {});
  } else if (!inside) {
    Error error = inside.error();
    error.context = ErrorContext::remote_file;
    return fail({std::move(error), FailureClass::fatal, 0, std::nullopt});
  }
  fetch_at_ = parts_.loop.now();
  if (const std::optional<Stretch> missing = missing_beside(progress_.received)) {
    return can_continue(layout, *missing) ? lanes_.fill() : start_anew({"the server names no version of its file"});
  }
  const bool all_here = layout.size() && progress_.received.total() == *layout.size();
  if (all_here && !progress_.received.empty()) return all_received();
  if (job_.on_demand) return owner_.all_wanted_is_here();
  // More is noted than there can be: the store has told something that isn't so.
  if (!progress_.received.empty()) return start_anew({"what was received doesn't fit the file"});
  lanes_.open({});  // an empty file, as the program says: the server must say so too
}

bool FileTransfer::is_part(const FileLayout& layout, const Stretch& stretch) const {
  return !layout.whole() || job_.on_demand ||
         (stretch.length && !(file_.size && stretch.remote + *stretch.length == *file_.size));
}

// Without a validator nothing tells whether the server still has the same file: only the whole of it is sure. Parts
// that the program asked for can't come in one piece; of those the size must do.
bool FileTransfer::can_continue(const FileLayout& layout, const Stretch& missing) const {
  if (progress_.received.empty()) return true;
  return !one_answer_only() && (is_part(layout, missing) || !file_.validator.for_if_range().empty());
}

FetchRequest FileTransfer::request_for(const Stretch& stretch, bool beside) {
  const FileLayout layout(file_.ranges, file_.size);
  const bool part = is_part(layout, stretch);
  FetchRequest request;
  request.url = file_.remote_name;
  request.http = request_options(job_, parts_.default_proxy);
  request.asked.offset = stretch.remote;
  request.asked.validator = file_.validator;
  request.asked.size = file_.size || !pieces_ ? file_.size : pieces_->content_length();
  request.asked.part = part;
  request.asked.holds_bytes = !progress_.received.empty() || beside;
  request.asked.without_if_range = without_if_range_;
  // Pieces are proved by their hashes.
  request.asked.unproven_will_do = part && (!layout.whole() || job_.on_demand || pieces_);
  request.beside = beside;
  if (part && stretch.length) request.asked.end = stretch.remote + *stretch.length;
  request.trusted = trusted_;
  request.into = temp_;
  request.into_offset = stretch.local;
  return request;
}

// A stream wants the bytes in their order.
bool FileTransfer::can_be_parted() const {
  const bool to_stream = job_.download && job_.download->to_stream;
  return !one_answer_only() && !job_.on_demand && !to_stream && !file_.validator.for_if_range().empty();
}

int FileTransfer::most_connections() const {
  return job_.priority == Priority::foreground ? kForegroundConnections : kBackgroundConnections;
}

void FileTransfer::refetch() {
  if (phase_ != Phase::fetching) return;
  note_time();
  lanes_.stop();
  fetch();
}

void FileTransfer::wanted_changed() {
  if (phase_ == Phase::fetching) refetch();
}

// ---- What comes ----

void FileTransfer::lane_answered(const TakeBody* take, const ResponseHead& head) {
  note_answer(head);
  if (!take) return owner_.file_changed();
  answered_ = true;
  if (take->size || file_.ranges.empty()) file_.size = take->size;
  file_.validator = take->validator;
  file_.modified = take->modified;
  if (file_.size && !has_right_size()) return;
  const std::weak_ptr<const char> alive = alive_;
  owner_.content_began();
  if (alive.expired()) return;
  if (auto allowed = owner_.check_size(); !allowed) {
    lanes_.stop();
    return fail(local_failure(allowed.error()));
  }
  reserve();
}

// A disk that is too small for the file says so before it is full. On demand nobody knows how much of it will be
// wanted.
void FileTransfer::reserve() {
  const std::uint64_t size = FileLayout(file_.ranges, file_.size).size().value_or(0);
  if (size < kReserveFrom || job_.on_demand || std::exchange(reserved_, size) == size) return;
  parts_.files.reserve(temp_, size, [this, of = version_, alive = std::weak_ptr<const char>(alive_)](auto reserved) {
    if (reserved || alive.expired() || of != version_ || phase_ != Phase::fetching) return;
    lanes_.stop();
    fail(local_failure(reserved.error()));
  });
}

// False: it is of another size than its hashes say, and that was the end.
bool FileTransfer::has_right_size() {
  const Result<void> fits = pieces_ ? pieces_->check_size(*file_.size) : Result<void>{};
  if (fits) return true;
  lanes_.stop();
  fail({fits.error(), FailureClass::fatal, 0, std::nullopt});
  return false;
}

// What the program can look at, and where a redirect leads when it wants to know ("BG_HTTP_REDIRECT_POLICY_…").
void FileTransfer::note_answer(const ResponseHead& head) {
  file_.answer = {head.status, head.lines, head.effective_url, head.address};
  const std::uint32_t policy = job_.http.security_flags & security::kRedirectPolicy;
  // Where a server leads to may be no name that a file can have.
  if (policy == security::kRedirectRefused && check_remote_name(head.location)) file_.remote_name = head.location;
}

void FileTransfer::note_time() {
  const Clock::time_point now = parts_.loop.now();
  file_.fetching += std::chrono::duration_cast<std::chrono::milliseconds>(now - fetch_at_);
  fetch_at_ = now;
}

bool FileTransfer::lane_brought(ByteRange bytes) {
  note_time();
  file_.fetched += bytes.length();
  progress_.received.add(bytes);
  const bool beyond = progress_.received.total() > progress_.high_water;
  if (beyond) {
    progress_.high_water = progress_.received.total();
    ever_brought_bytes_ = true;
  }
  if (pieces_) (void)pieces_->go_on(progress_.received, temp_);
  if (!file_.sha256.empty()) digest_.follow(progress_.received, temp_);
  const std::weak_ptr<const char> alive = alive_;
  owner_.bytes_arrived(beyond);
  if (alive.expired() || phase_ != Phase::fetching) return beyond;
  if (auto allowed = owner_.check_size(); !allowed) {
    lanes_.stop();
    fail(local_failure(allowed.error()));
  } else {
    maybe_checkpoint();
  }
  return beyond;
}

void FileTransfer::lane_through(std::uint64_t end, bool ends_file) {
  if (!file_.size && ends_file) file_.size = end;
  if (file_.size && !has_right_size()) return;
  if (file_.size == 0u && progress_.received.empty()) return all_received();
  fetch();
}

bool FileTransfer::without_if_range() { return !std::exchange(without_if_range_, true); }

void FileTransfer::lanes_ended(FileLanes::LastLane last) {
  if (const auto* anew = std::get_if<StartAnew>(&last.end)) return start_anew(*anew);
  fetch_failed(std::get<Failure>(last.end), last);
}

void FileTransfer::fetch_failed(Failure failure, const FileLanes::LastLane& last) {
  if (job_.on_demand && failure.error.code == BG_E_INVALID_RANGE) {
    // What the file doesn't have would be asked for again at each Resume.
    file_.wanted.remove({last.at, FileRange::kToEnd});
    owner_.file_changed();
  }
  // Where the file ends was told by the program, and it isn't so.
  if (failure.error.code == BG_E_INVALID_RANGE && !answered_ && file_.size && progress_.received.empty()) {
    file_.size.reset();
    return fetch();
  }
  // More came than there should be: who told the size was wrong, and a Resume must not take what is here for the file.
  if (failure.error.code == BG_E_INVALID_SERVER_RESPONSE && file_.size && bytes_missing() == 0) forget_content();
  const bool cut = failure.failure_class == FailureClass::transient && failure.http_status == 0 &&
                   failure.error.context == ErrorContext::transport;
  // What isn't a GET is never asked for twice without a word of the program's.
  if (cut && job_.http.method.empty() && may_reconnect(last.brought_bytes)) return fetch();
  fail(std::move(failure));
}

void FileTransfer::fail(Failure failure) {
  if (phase_ == Phase::settling) phase_ = Phase::halted;
  owner_.file_failed(std::move(failure));
}

// After a failed sync nobody knows what the disk holds beyond the last checkpoint.
void FileTransfer::sync_failed(const Error& error) {
  progress_.received = file_.done;
  digest_.start_over();
  owner_.bytes_arrived(false);
  fail(local_failure(error));
}

void FileTransfer::forget_content() {
  ++version_;
  file_.start_anew();
  progress_.received.clear();
  digest_.start_over();
  if (pieces_) pieces_->start_over();
  owner_.file_changed();
  owner_.bytes_arrived(false);
}

// A connection that breaks is no failure while new bytes keep coming.
bool FileTransfer::may_reconnect(bool brought_bytes) {
  reconnects_ = (brought_bytes ? 0 : reconnects_) + 1;
  return ever_brought_bytes_ && reconnects_ <= kReconnectsWithoutNewBytes;
}

void FileTransfer::start_anew(const StartAnew& reason) {
  lanes_.stop();
  forget_content();
  if (reconnects_++ > kReconnectsWithoutNewBytes) {
    Error error{BG_E_REMOTE_FILE_CHANGED, ErrorContext::remote_file,
                "the file on the server keeps changing (" + reason.why + "): it will be tried again later"};
    fail({std::move(error), FailureClass::transient, 0, std::nullopt});
    return;
  }
  temp_.reset();
  open(OpenTemp::fresh);
}

void FileTransfer::all_received() {
  if (pieces_ && !pieces_->go_on(progress_.received, temp_)) {
    phase_ = Phase::checking;
    return;
  }
  whole();
}

void FileTransfer::piece_is_good() {
  if (phase_ == Phase::checking) return fetch();
  (void)pieces_->go_on(progress_.received, temp_);
}

// Some byte of it was wrong on the way, at the server or on the disk. What a sync that is under way says of it is void.
void FileTransfer::piece_is_bad(ByteRange piece, bool hopeless) {
  ++version_;
  progress_.received.remove(piece);
  file_.done.remove(piece);
  digest_.start_over();
  owner_.file_changed();
  if (hopeless) {
    lanes_.stop();
    Error error{DO_E_BAD_PIECE_HASH, ErrorContext::remote_file,
                "bytes " + std::to_string(piece.begin) + " to " + std::to_string(piece.end - 1) + " of " +
                    redacted(file_.remote_name) +
                    " aren't those that its pieces-hash file names: check both addresses"};
    return fail({std::move(error), FailureClass::fatal, 0, std::nullopt});
  }
  if (phase_ == Phase::checking) return fetch();
  (void)pieces_->go_on(progress_.received, temp_);
}

void FileTransfer::check_failed(const Error& error) {
  lanes_.stop();
  fail(local_failure(error));
}

void FileTransfer::whole() {
  phase_ = Phase::settling;
  const std::weak_ptr<const char> alive = alive_;
  owner_.body_complete();
  if (alive.expired()) return;
  if (file_.sha256.empty()) return settle();
  hashing_ = true;
  digest_.finish(progress_.received.total(), temp_, [this, alive](Result<std::string> digest) {
    if (alive.expired()) return;
    hashing_ = false;
    if (phase_ == Phase::halted) return finish_halt();
    if (!digest) return fail(local_failure(digest.error()));
    if (*digest == file_.sha256) return settle();
    Error error{BG_E_VALIDATION_FAILED, ErrorContext::remote_file,
                "the content of " + file_.local_name + " has SHA-256 " + *digest + ", not the " + file_.sha256 +
                    " that was asked for: check the URL and the digest"};
    ++version_;
    file_.start_anew();
    progress_ = {};
    digest_.start_over();
    owner_.file_changed();
    fail({std::move(error), FailureClass::fatal, 0, std::nullopt});
  });
}

void FileTransfer::settle() {
  temp_->cut_at_sync(progress_.received.total());
  parts_.syncs.add(
      temp_,
      [this, alive = std::weak_ptr<const char>(alive_)](Result<void> synced) {
        if (alive.expired()) return;
        if (phase_ == Phase::halted) return finish_halt();
        if (!synced) return sync_failed(synced.error());
        file_.done = RangeSet(ByteRange{0, progress_.received.total()});
        file_.stage = FileStage::transferred;
        file_.verdict = Verdict::none;
        temp_.reset();
        owner_.file_changed();
        owner_.file_transferred();
      },
      owner_.others_follow() ? SyncWhen::with_others : SyncWhen::now);
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

WaitReason FileTransfer::waits_for() const {
  switch (phase_) {
    case Phase::idle:
      return WaitReason::none;
    case Phase::trust:
      return WaitReason::trust;
    case Phase::hashes:
      return WaitReason::answer;
    case Phase::opening:
      return WaitReason::opening;
    case Phase::fetching:
      return answered_ ? WaitReason::silence : WaitReason::answer;
    case Phase::checking:
      return WaitReason::check;
    case Phase::settling:
      return hashing_ ? WaitReason::check : WaitReason::sync;
    case Phase::halted:
      return WaitReason::sync;
  }
  return WaitReason::none;
}

bool FileTransfer::halt() {
  if (phase_ == Phase::settling) return false;
  lanes_.stop();
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
