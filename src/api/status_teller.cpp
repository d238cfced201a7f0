#include "api/status_teller.h"

#include "api/download.h"

#include <utility>

namespace dosvc {

StatusTeller::StatusTeller(std::shared_ptr<Session> session, std::weak_ptr<JobView> view,
                           com_ptr<IDODownloadStatusCallback> callback, const DO_DOWNLOAD_STATUS& now)
    : session_(std::move(session)),
      view_(std::move(view)),
      callback_(Callback::make(session_, std::move(callback))),
      told_last_(now),
      pace_(now, std::chrono::steady_clock::now()) {}

DO_DOWNLOAD_STATUS StatusTeller::told_last() const {
  const std::lock_guard lock(mutex_);
  return told_last_;
}

// A program that is slow hears of every change of the state, but of the bytes between two only the latest.
void StatusTeller::hear(const DO_DOWNLOAD_STATUS& status, const DownloadSettings& settings) {
  const std::lock_guard lock(mutex_);
  if (!pace_.tells(status, settings, std::chrono::steady_clock::now())) return;
  if (!waiting_.empty() && same_state(waiting_.back(), status)) waiting_.pop_back();
  waiting_.push_back(status);
}

void StatusTeller::tell_next() {
  {
    const std::lock_guard lock(mutex_);
    if (telling_ || waiting_.empty()) return;
    telling_ = true;
  }
  const bool posted =
      callback_->call([self = shared_from_this()](IDODownloadStatusCallback* program) { self->tell(program); });
  if (posted) return;
  const std::lock_guard lock(mutex_);
  telling_ = false;
}

// On a thread that may call out.
void StatusTeller::tell(IDODownloadStatusCallback* program) {
  DO_DOWNLOAD_STATUS status{};
  {
    const std::lock_guard lock(mutex_);
    status = waiting_.front();
    waiting_.pop_front();
    told_last_ = status;
  }
  const std::shared_ptr<JobView> view = view_.lock();
  // What was waiting when the program finalized or aborted the download is of no interest any more.
  if (program && view && !is_final(view->snapshot()->job.state())) {
    try {
      (void)program->OnStatusChange(make_download(session_, view).get(), &status);
    } catch (...) {
      // Thrown by the program, whose answer is of no consequence either.
    }
  }
  {
    const std::lock_guard lock(mutex_);
    telling_ = false;
  }
  tell_next();
}

}  // namespace dosvc
