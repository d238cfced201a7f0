#include "api/stream_pump.h"

#include "api/values.h"
#include "base/log.h"

#include <algorithm>
#include <utility>

namespace dosvc {
namespace {

constexpr std::uint64_t kBlock = 256u << 10;

// How many bytes from the beginning on may be handed to the program.
std::uint64_t ready_bytes(const FileSnapshot& file) {
  const bool unchecked = !file.file.integrity.url.empty() && file.file.stage == FileStage::waiting;
  return unchecked ? 0 : file.received.contiguous_end(0);
}

// Nothing of it was asked for by what has been written: the file that the service holds is another.
bool other_source(const FileIdentity& written, const FileSnapshot& file) {
  return written.known() && file.file.identity.known() && file.file.identity != written;
}

// How many bytes the stream has taken of these.
Result<std::uint64_t> call_write(ISequentialStream& stream, const std::vector<std::byte>& block) {
  const auto count = static_cast<ULONG>(block.size());
  ULONG written = count;  // one that doesn't say has taken all
  HRESULT result = E_UNEXPECTED;
  try {
    result = stream.Write(block.data(), count, &written);
  } catch (...) {
    // Thrown by the program: a failure like any other.
  }
  if (FAILED(result)) return failed_with(result, "the program's stream refused the bytes");
  if (written == 0) return failed_with(HRESULT_FROM_WIN32(ERROR_WRITE_FAULT), "the program's stream took no bytes");
  return std::uint64_t{std::min(written, count)};
}

}  // namespace

Result<com_ptr<ISequentialStream>> StreamPump::stream_of(IUnknown& object) {
  com_ptr<ISequentialStream> stream;
  if (SUCCEEDED(object.QueryInterface(IID_PPV_ARGS(stream.put())))) return stream;
  com_ptr<IStream> whole;
  if (SUCCEEDED(object.QueryInterface(IID_PPV_ARGS(whole.put())))) return com_ptr<ISequentialStream>(whole);
  return failed_with(E_NOINTERFACE, "the object is no stream: it has neither IStream nor ISequentialStream");
}

StreamPump::StreamPump(std::shared_ptr<Session> session, std::weak_ptr<JobView> view, com_ptr<ISequentialStream> stream,
                       std::function<void()> changed)
    : session_(std::move(session)),
      view_(std::move(view)),
      stream_(Callee<ISequentialStream>::make(session_, std::move(stream))),
      changed_(std::move(changed)) {}

// What was written of another version of the file can't be taken back.
Result<void> StreamPump::check() const {
  if (progress().failure != BG_E_REMOTE_FILE_CHANGED) return {};
  return failed_with(BG_E_REMOTE_FILE_CHANGED,
                     "the stream holds bytes of another version of the file: set a new stream");
}

void StreamPump::run() {
  {
    const std::lock_guard lock(mutex_);
    progress_.failure = S_OK;
    progress_.runs = true;
  }
  look();
}

void StreamPump::pause() {
  const std::lock_guard lock(mutex_);
  progress_.runs = false;
}

StreamProgress StreamPump::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

// With the lock held.
bool StreamPump::due(const FileSnapshot& now) const {
  if (writing_ || !progress_.runs || FAILED(progress_.failure)) return false;
  return other_source(source_, now) || ready_bytes(now) > progress_.written;
}

// The service's thread looks too: nothing that waits for it may be done with the lock held.
void StreamPump::look() {
  const std::shared_ptr<JobView> view = view_.lock();
  const std::shared_ptr<FileView> file = view ? view->file(0) : nullptr;
  const FileSnapshotPtr now = file ? file->known() : nullptr;
  {
    const std::lock_guard lock(mutex_);
    looked_ = true;
    if (!now || !due(*now)) return;
    writing_ = true;
    looked_ = false;
  }
  if (stream_->call([self = shared_from_this()](ISequentialStream* stream) { self->write(stream); })) return;
  const std::lock_guard lock(mutex_);
  writing_ = false;
}

// One block, so that other calls of the program have their turn between two.
void StreamPump::write(ISequentialStream* stream) {
  const Result<std::uint64_t> written = stream ? write_block(*stream) : std::uint64_t{0};
  bool looked = false;
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    looked = looked_;
    if (written) {
      progress_.written += *written;
      if (*written > 0) source_ = spool_->identity();
    } else {
      progress_.failure = written.error().code;
    }
  }
  // What isn't there yet comes with a later look, or came with one meanwhile.
  if (written && *written == 0 && !looked) return;
  if (!written) {
    log_debug("{}", written.error().message);
    stop_service();
  }
  changed_();
  look();
}

Result<std::uint64_t> StreamPump::write_block(ISequentialStream& stream) {
  const std::shared_ptr<JobView> view = view_.lock();
  const std::shared_ptr<FileView> file = view ? view->file(0) : nullptr;
  if (!file) return std::uint64_t{0};
  const FileSnapshotPtr now = file->snapshot();
  const std::uint64_t begin = progress().written;
  if (begin > 0 && other_source(source_, *now)) {
    return failed_with(BG_E_REMOTE_FILE_CHANGED,
                       "the file on the server changed when parts of it had been handed to the program's stream");
  }
  if (!DO_TRY(open_spool(*now))) return std::uint64_t{0};
  const std::uint64_t end = std::min(ready_bytes(*now), begin + kBlock);
  if (end <= begin) return std::uint64_t{0};
  block_.resize(end - begin);
  DO_TRY(spool_->read(begin, block_));
  return call_write(stream, block_);
}

// False: it isn't there yet.
Result<bool> StreamPump::open_spool(const FileSnapshot& file) {
  if (spool_ && spool_->identity() == file.file.identity) return true;
  if (!file.file.identity.known()) return false;
  auto opened = Spool::open(file.file);
  if (!opened) {
    const bool may_come =
        opened.error().code == HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND) && file.file.stage == FileStage::waiting;
    if (may_come) return false;
    return opened.error();
  }
  spool_ = std::move(opened).take();
  return true;
}

// There is nobody to take more bytes. Nobody waits for the answer either.
void StreamPump::stop_service() {
  const std::shared_ptr<JobView> view = view_.lock();
  const auto service = session_->service();
  if (!view || !service) return;
  (*service)->command(Caller::this_process(), view->id(), JobCommand::suspend, [](const Result<CommandOutcome>&) {});
}

}  // namespace dosvc
