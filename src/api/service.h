#pragma once

#include "com/apartment_calls.h"
#include "core/blocking_call.h"
#include "core/job_service.h"

#include <sys/types.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace dosvc {

// The process's use of its job service, from the first object made until the last CoUninitialize; every COM object
// belongs to one. Closing it begins no more callbacks, waits for those that run, and then lets the service go: the
// objects that are still held keep answering what they know, and RPC_E_DISCONNECTED to the rest. Thread-safe.
class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(std::shared_ptr<JobService> service);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // The one that is open, or a new one; within a callback the one that called. May wait, see client/connect.h.
  static Result<std::shared_ptr<Session>> current();

  // For tests: from now on sessions are opened on what this returns.
  using Connect = std::function<Result<std::shared_ptr<JobService>>()>;
  static void connect_with(Connect connect);

  // RPC_E_DISCONNECTED when it is closed.
  Result<std::shared_ptr<JobService>> service() const;

  // Makes one call of the service and waits for the answer. `start` gets the service and the reply. Nothing is locked
  // meanwhile.
  template <class T, class Start>
  Result<T> ask(Start&& start) const {
    const std::shared_ptr<JobService> held = DO_TRY(service());
    return wait_for<T>([&](auto reply) { start(*held, std::move(reply)); });
  }

  // Runs `work`, which calls out into the program, on one of the notifier's threads. Close waits for it. False: it will
  // not be run.
  bool call_out(std::function<void()> work);
  // The same on the thread of an apartment, `home`, or on one of the notifier's when that is empty.
  bool call_out(const std::shared_ptr<ApartmentCalls>& home, ApartmentCalls::Call work);
  bool closing() const { return closing_; }

  // To be called before a ProgramListener is registered with a job: close() takes it away again.
  void will_listen(const std::shared_ptr<JobView>& job);

  // Once. Not on the service's own thread.
  void close();

 private:
  class Errand;
  class Calling;

  void drop_listeners(JobService& service);
  std::shared_ptr<JobService> take_service();
  static void close_current() noexcept;
  static void leave_at_exit() noexcept;

  const pid_t process_;
  std::atomic<bool> closing_{false};
  mutable std::mutex mutex_;  // never held while calling out
  std::condition_variable errand_over_;
  std::shared_ptr<JobService> service_;
  std::size_t errands_ = 0;  // posted and not over
  std::vector<std::weak_ptr<JobView>> listened_to_;
  std::size_t tidy_at_ = 64;
};

}  // namespace dosvc
