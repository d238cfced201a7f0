#include "api/listener.h"

#include "api/error.h"
#include "api/job.h"
#include "api/view.h"

#include <utility>

namespace dosvc {

CallbackListener::CallbackListener(std::shared_ptr<Session> session, const std::shared_ptr<JobView>& view,
                                   com_ptr<IBackgroundCopyCallback> callback)
    : session_(std::move(session)),
      view_(view),
      callback_(std::make_shared<const com_ptr<IBackgroundCopyCallback>>(std::move(callback))) {}

std::shared_ptr<CallbackListener> CallbackListener::make(std::shared_ptr<Session> session,
                                                         const std::shared_ptr<JobView>& view,
                                                         com_ptr<IBackgroundCopyCallback> callback) {
  return {new CallbackListener(std::move(session), view, std::move(callback)), end};
}

std::shared_ptr<CallbackListener> CallbackListener::of(const JobView& view) {
  return std::dynamic_pointer_cast<CallbackListener>(view.listener());
}

// The service may be the last to let go, on its own thread; the program's object goes on one that may call out. Where
// there is none any more the object stays for ever.
void CallbackListener::end(CallbackListener* listener) {
  if (!listener->callback()) {
    delete listener;
    return;
  }
  const std::shared_ptr<Session> session = listener->session_;
  const std::shared_ptr<ApartmentCalls> home = listener->home_;
  const auto go = [listener](bool) { delete listener; };
  if (!session->call_out(home, go) && home) (void)session->call_out(nullptr, go);
}

void CallbackListener::notify(Notification notification, std::function<void(bool taken)> answer) {
  const bool posted = session_->call_out(home_, [self = shared_from_this(), notification = std::move(notification),
                                                 answer](bool made) { answer(made && self->tell(notification)); });
  if (!posted) answer(false);
}

// Whether it was taken. On a thread that may call out.
bool CallbackListener::tell(const Notification& notification) const {
  const Callback callback = this->callback();
  const std::shared_ptr<JobView> view = view_.lock();
  if (!callback || !view || session_->closing()) return false;
  IBackgroundCopyCallback& program = **callback;
  const Job& then = notification.job->job;
  // The job may have moved on while this waited for a thread.
  const bool still_so = view->snapshot()->job.state() == then.state();
  try {
    const com_ptr<IBackgroundCopyJob> job = make_job(session_, view);
    switch (notification.kind) {
      case NotificationKind::file_transferred:
      case NotificationKind::ranges_transferred:
        return true;
      case NotificationKind::modification:
        return program.JobModification(job.get(), 0) == S_OK;
      case NotificationKind::transferred:
        return still_so && program.JobTransferred(job.get()) == S_OK;
      case NotificationKind::error:
        return still_so && then.error &&
               program.JobError(job.get(), make_error(then.view, *then.error, *view).get()) == S_OK;
    }
  } catch (...) {
    // Thrown by the program: it has not taken the notification.
  }
  return false;
}

void CallbackListener::disconnect() {
  Callback gone;  // goes after the lock
  const std::lock_guard lock(mutex_);
  gone.swap(callback_);
}

CallbackListener::Callback CallbackListener::callback() const {
  const std::lock_guard lock(mutex_);
  return callback_;
}

}  // namespace dosvc
