#include "api/listener.h"

#include "api/error.h"
#include "api/job.h"
#include "api/view.h"

#include <utility>

namespace dosvc {

CallbackListener::CallbackListener(std::shared_ptr<Session> session, const std::shared_ptr<JobView>& view,
                                   com_ptr<IBackgroundCopyCallback> callback)
    : ProgramListener(std::move(session)), view_(view), callback_(Callback::make(session_, std::move(callback))) {}

std::shared_ptr<CallbackListener> CallbackListener::of(const JobView& view) {
  return std::dynamic_pointer_cast<CallbackListener>(view.listener());
}

void CallbackListener::notify(Notification notification, std::function<void(bool taken)> answer) {
  const bool posted =
      callback_->call([self = shared_from_this(), notification = std::move(notification), answer](
                          IBackgroundCopyCallback* program) { answer(program && self->tell(*program, notification)); });
  if (!posted) answer(false);
}

// Whether it was taken. On a thread that may call out.
bool CallbackListener::tell(IBackgroundCopyCallback& program, const Notification& notification) const {
  const std::shared_ptr<JobView> view = view_.lock();
  if (!view) return false;
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

}  // namespace dosvc
