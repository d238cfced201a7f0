#include "api/download_listener.h"

#include "api/values.h"

#include <optional>
#include <utility>

namespace dosvc {
namespace {

// How a Start that waits ends when the download shows so; nothing while it may still arrive by itself.
std::optional<HRESULT> end_of(const DO_DOWNLOAD_STATUS& status) {
  switch (status.State) {
    case DODownloadState_Transferring:
      return std::nullopt;
    case DODownloadState_Transferred:
    case DODownloadState_Finalized:
      return S_OK;
    case DODownloadState_Created:
    case DODownloadState_Aborted:
      return E_ABORT;
    case DODownloadState_Paused:
      break;
  }
  if (FAILED(status.Error)) return status.Error;
  if (FAILED(status.ExtendedError)) return std::nullopt;
  return E_ABORT;
}

}  // namespace

DownloadListener::DownloadListener(std::shared_ptr<Session> session, const std::shared_ptr<JobView>& view)
    : ProgramListener(std::move(session)), view_(view) {}

Result<std::shared_ptr<DownloadListener>> DownloadListener::of(const std::shared_ptr<Session>& session,
                                                               const std::shared_ptr<JobView>& view) {
  static std::mutex registering;  // two threads that begin at once share one
  const std::lock_guard lock(registering);
  if (auto registered = find(*view)) return registered;
  auto made = std::make_shared<DownloadListener>(session, view);
  session->will_listen(view);
  DO_TRY(session->ask<void>([&](JobService& service, auto reply) {
    service.set_listener(Caller::this_process(), view->id(), made, std::move(reply));
  }));
  return made;
}

std::shared_ptr<DownloadListener> DownloadListener::find(const JobView& view) {
  return std::dynamic_pointer_cast<DownloadListener>(view.listener());
}

DO_DOWNLOAD_STATUS DownloadListener::status(const JobView& view, const DownloadListener* listener) {
  const std::shared_ptr<StreamPump> pump = listener ? listener->stream() : nullptr;
  if (!pump) return download_status(*view.snapshot(), nullptr);
  const StreamProgress stream = pump->progress();
  return download_status(*view.snapshot(), &stream);
}

void DownloadListener::notify(Notification, std::function<void(bool taken)> answer) {
  answer(true);
  look();
}

void DownloadListener::look() {
  const std::shared_ptr<JobView> view = view_.lock();
  std::shared_ptr<StatusTeller> teller;
  std::shared_ptr<StreamPump> pump;
  {
    // Two threads must not note the older of two statuses last; and the service's, which this may be, tells what it
    // has before it calls.
    const std::lock_guard lock(mutex_);
    pump = pump_;
    teller = view ? teller_ : nullptr;
    if (teller) {
      const StreamProgress stream = pump ? pump->progress() : StreamProgress{};
      const JobSnapshotPtr now = view->known();
      teller->hear(download_status(*now, pump ? &stream : nullptr), *now->job.download);
    }
  }
  if (teller) teller->tell_next();
  if (pump) pump->look();
  wake();
}

// Those who wait look again, also for what they have to do themselves.
void DownloadListener::wake() {
  {
    const std::lock_guard lock(mutex_);
    ++changes_;
  }
  wake_.notify_all();
}

void DownloadListener::disconnect() {
  set_callback(nullptr);
  set_stream(nullptr);
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  wake();
}

void DownloadListener::set_callback(com_ptr<IDODownloadStatusCallback> callback) {
  const std::shared_ptr<JobView> view = view_.lock();
  std::shared_ptr<StatusTeller> before;
  {
    const std::lock_guard lock(mutex_);
    before = teller_;
  }
  std::shared_ptr<StatusTeller> teller;
  if (callback && view) {
    // The program knows what the one before has told it; what that one still had to tell is for the next.
    const DO_DOWNLOAD_STATUS known = before ? before->told_last() : status(*view, this);
    teller = std::make_shared<StatusTeller>(session_, view_, std::move(callback), known);
  }
  {
    const std::lock_guard lock(mutex_);
    teller_.swap(teller);
  }
  if (teller) teller->disconnect();
  look();
}

void DownloadListener::set_stream(com_ptr<ISequentialStream> stream) {
  std::shared_ptr<StreamPump> pump;
  if (stream) {
    pump = std::make_shared<StreamPump>(session_, view_, std::move(stream), [self = weak_from_this()] {
      if (const auto listener = self.lock()) listener->look();
    });
  }
  {
    const std::lock_guard lock(mutex_);
    pump_.swap(pump);
  }
  if (pump) pump->disconnect();
}

StatusTeller::Callback::Held DownloadListener::callback() const {
  const std::lock_guard lock(mutex_);
  return teller_ ? teller_->callback() : nullptr;
}

std::shared_ptr<StreamPump> DownloadListener::stream() const {
  const std::lock_guard lock(mutex_);
  return pump_;
}

void DownloadListener::set_blocking(bool blocking) {
  const std::lock_guard lock(mutex_);
  blocking_ = blocking;
}

bool DownloadListener::blocking() const {
  const std::lock_guard lock(mutex_);
  return blocking_;
}

HRESULT DownloadListener::wait_for_end() {
  const std::shared_ptr<ApartmentCalls> home = ApartmentCalls::of_this_thread();
  for (;;) {
    std::unique_lock lock(mutex_);
    const std::uint64_t seen = changes_;
    const bool over = over_;
    lock.unlock();
    const std::shared_ptr<JobView> view = view_.lock();
    if (session_->closing()) return RPC_E_DISCONNECTED;
    if (!view) return E_ABORT;
    if (const auto end = end_of(status(*view, this))) return *end;
    if (over) return E_ABORT;
    // What the program has to do on this very thread would wait for this call.
    while (home && home->run_one()) continue;
    lock.lock();
    wake_.wait(lock, [&] { return changes_ != seen; });
  }
}

}  // namespace dosvc
