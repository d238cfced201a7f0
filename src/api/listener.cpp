#include "api/listener.h"

#include "api/error.h"
#include "api/file.h"
#include "api/job.h"

#include <utility>

namespace dosvc {
namespace {

com_ptr<IBackgroundCopyFile> file_of(const JobCalls& job, const Notification& notification) {
  auto file = job.job()->file(notification.file);
  return file ? make_file(job, std::move(file)) : nullptr;
}

// "IBackgroundCopyCallback2::FileTransferred"
bool tell_file(IBackgroundCopyCallback& program, const JobCalls& job, const Notification& notification) {
  com_ptr<IBackgroundCopyCallback2> callback;
  const auto file = file_of(job, notification);
  if (!file || FAILED(program.QueryInterface(IID_PPV_ARGS(callback.put())))) return true;
  return callback->FileTransferred(make_job(job).get(), file.get()) == S_OK;
}

// "IBackgroundCopyCallback3::FileRangesTransferred"
bool tell_ranges(IBackgroundCopyCallback& program, const JobCalls& job, const Notification& notification) {
  com_ptr<IBackgroundCopyCallback3> callback;
  const auto file = file_of(job, notification);
  if (!file || FAILED(program.QueryInterface(IID_PPV_ARGS(callback.put())))) return true;
  const std::vector<BG_FILE_RANGE> ranges = to_ranges(notification.ranges);
  return callback->FileRangesTransferred(make_job(job).get(), file.get(), static_cast<DWORD>(ranges.size()),
                                         ranges.data()) == S_OK;
}

}  // namespace

CallbackListener::CallbackListener(const JobCalls& job, com_ptr<IBackgroundCopyCallback> callback)
    : ProgramListener(job.session()), view_(job.job()), callback_(Callback::make(session_, std::move(callback))) {}

std::shared_ptr<CallbackListener> CallbackListener::of(const JobView& view) {
  return std::dynamic_pointer_cast<CallbackListener>(view.listener());
}

void CallbackListener::notify(Notification notification, std::function<void(bool taken)> answer) {
  const bool posted =
      callback_->call([self = shared_from_this(), notification = std::move(notification), answer](
                          IBackgroundCopyCallback* program) { answer(program && self->tell(*program, notification)); });
  if (!posted) answer(false);
}

// Whether it was taken. On a thread that may call out. What an older program has no method for it has taken.
bool CallbackListener::tell(IBackgroundCopyCallback& program, const Notification& notification) const {
  const std::shared_ptr<JobView> view = view_.lock();
  if (!view) return false;
  const Job& then = notification.job->job;
  // The job may have moved on while this waited for a thread.
  const bool still_so = view->snapshot()->job.state() == then.state();
  try {
    const JobCalls calls(session_, view);
    const com_ptr<IBackgroundCopyJob> job = make_job(calls);
    switch (notification.kind) {
      case NotificationKind::file_transferred:
        return tell_file(program, calls, notification);
      case NotificationKind::ranges_transferred:
        return tell_ranges(program, calls, notification);
      case NotificationKind::modification:
        return program.JobModification(job.get(), 0) == S_OK;
      case NotificationKind::transferred:
        return still_so && program.JobTransferred(job.get()) == S_OK;
      case NotificationKind::error:
        return still_so && then.error && program.JobError(job.get(), make_error(calls, *then.error).get()) == S_OK;
    }
  } catch (...) {
    // Thrown by the program: it has not taken the notification.
  }
  return false;
}

}  // namespace dosvc
