#pragma once

#include "api/callee.h"
#include "api/job_calls.h"
#include "api/program_listener.h"

#include <dosvc/bits_callback.h>

#include <functional>
#include <memory>

namespace dosvc {

// What the service tells of one job becomes calls of the program's callback object.
class CallbackListener final : public ProgramListener, public std::enable_shared_from_this<CallbackListener> {
 public:
  // On the thread that registers the object: see Callee.
  CallbackListener(const JobCalls& job, com_ptr<IBackgroundCopyCallback> callback);
  // The one registered with a job; empty when there is none, or one of another kind.
  static std::shared_ptr<CallbackListener> of(const JobView& view);

  void notify(Notification notification, std::function<void(bool taken)> answer) override;
  void disconnect() override { callback_->disconnect(); }

  using Callback = Callee<IBackgroundCopyCallback>;
  Callback::Held callback() const { return callback_->held(); }

 private:
  bool tell(IBackgroundCopyCallback& program, const Notification& notification) const;

  const std::weak_ptr<JobView> view_;  // weak: the view holds its listener
  const std::shared_ptr<Callback> callback_;
};

}  // namespace dosvc
