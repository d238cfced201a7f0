#pragma once

#include "api/callee.h"
#include "api/download_status.h"
#include "core/job_service.h"

#include <dosvc/do_download.h>

#include <deque>
#include <memory>
#include <mutex>

namespace dosvc {

// Tells the program's callback object the statuses of one download that it wants to hear of, one after the other and in
// the order in which they came. Thread-safe.
class StatusTeller : public std::enable_shared_from_this<StatusTeller> {
 public:
  // On the thread that registers the object: see Callee. `now` is the status that the program knows.
  StatusTeller(std::shared_ptr<Session> session, std::weak_ptr<JobView> view,
               com_ptr<IDODownloadStatusCallback> callback, const DO_DOWNLOAD_STATUS& now);

  // Notes what the program wants to hear of.
  void hear(const DO_DOWNLOAD_STATUS& status, const DownloadSettings& settings);
  // Has the program called with what was noted. Never waits; calls out to nobody on this thread but to wake an
  // apartment, so nothing may be locked.
  void tell_next();

  // What the program has been told last, or is being told now.
  DO_DOWNLOAD_STATUS told_last() const;

  using Callback = Callee<IDODownloadStatusCallback>;
  Callback::Held callback() const { return callback_->held(); }
  void disconnect() { callback_->disconnect(); }

 private:
  void tell(IDODownloadStatusCallback* program);

  const std::shared_ptr<Session> session_;
  const std::weak_ptr<JobView> view_;  // weak: the view holds its listener, which holds this
  const std::shared_ptr<Callback> callback_;

  mutable std::mutex mutex_;  // for the rest; never held while calling out
  DO_DOWNLOAD_STATUS told_last_;
  CallbackPace pace_;
  std::deque<DO_DOWNLOAD_STATUS> waiting_;
  bool telling_ = false;
};

}  // namespace dosvc
