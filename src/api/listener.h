#pragma once

#include "api/service.h"
#include "core/job_service.h"

#include <dosvc/bits_callback.h>

#include <functional>
#include <memory>
#include <mutex>

namespace dosvc {

// What the service tells of one job becomes calls of the program's callback object. The program's object is never
// called, nor released, on the service's thread, and no lock is held while it is. It is made on the thread that
// registers the object, and calls it there if the program wants that (<dosvc/apartment.h>).
class CallbackListener final : public JobListener, public std::enable_shared_from_this<CallbackListener> {
 public:
  static std::shared_ptr<CallbackListener> make(std::shared_ptr<Session> session, const std::shared_ptr<JobView>& view,
                                                com_ptr<IBackgroundCopyCallback> callback);
  // The one registered with a job; empty when there is none, or one of another kind.
  static std::shared_ptr<CallbackListener> of(const JobView& view);

  void notify(Notification notification, std::function<void(bool taken)> answer) override;

  // Releases the program's object on this thread, or when the call of it that runs has returned. From then on
  // notifications aren't taken.
  void disconnect();

  // The program's object, or empty after disconnect(). Let go of it on any thread but the service's.
  using Callback = std::shared_ptr<const com_ptr<IBackgroundCopyCallback>>;
  Callback callback() const;

  bool belongs_to(const Session& session) const { return session_.get() == &session; }

 private:
  CallbackListener(std::shared_ptr<Session> session, const std::shared_ptr<JobView>& view,
                   com_ptr<IBackgroundCopyCallback> callback);
  static void end(CallbackListener* listener);
  bool tell(const Notification& notification) const;

  const std::shared_ptr<Session> session_;
  const std::weak_ptr<JobView> view_;  // weak: the view holds its listener
  const std::shared_ptr<ApartmentCalls> home_ = ApartmentCalls::of_this_thread();
  mutable std::mutex mutex_;  // for the pointer, not for what it points to
  Callback callback_;
};

}  // namespace dosvc
