#pragma once

#include "api/service.h"

#include <dosvc/com_ptr.h>

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace dosvc {

// An object of the program's that is called when something happens. It is never called, nor released, on the service's
// thread, and no lock is held while it is. It is made a Callee on the thread that registers it, and is called there if
// the program wants that (<dosvc/apartment.h>). Thread-safe.
template <class Interface>
class Callee : public std::enable_shared_from_this<Callee<Interface>> {
 public:
  static std::shared_ptr<Callee> make(std::shared_ptr<Session> session, com_ptr<Interface> object) {
    return {new Callee(std::move(session), std::move(object)), end};
  }

  // Has `work` run where the object may be called: with it, or with NULL when it must not be called any more. Never
  // waits. False: it will not be run.
  bool call(std::function<void(Interface*)> work) {
    return session_->call_out(home_, [self = this->shared_from_this(), work = std::move(work)](bool made) {
      const Held held = made && !self->session_->closing() ? self->held() : nullptr;
      work(held ? held->get() : nullptr);
    });
  }

  // The object, or empty after disconnect(). Let go of it on any thread but the service's.
  using Held = std::shared_ptr<const com_ptr<Interface>>;
  Held held() const {
    const std::lock_guard lock(mutex_);
    return held_;
  }

  // Releases the object on this thread, or when the call of it that runs has returned.
  void disconnect() {
    Held gone;  // goes after the lock
    const std::lock_guard lock(mutex_);
    gone.swap(held_);
  }

 private:
  Callee(std::shared_ptr<Session> session, com_ptr<Interface> object)
      : session_(std::move(session)), held_(std::make_shared<const com_ptr<Interface>>(std::move(object))) {}

  // The service may be the last to let go, on its own thread; the program's object goes on one that may call out. Where
  // there is none any more the object stays for ever.
  static void end(Callee* callee) {
    if (!callee->held()) {
      delete callee;
      return;
    }
    const std::shared_ptr<Session> session = callee->session_;
    const std::shared_ptr<ApartmentCalls> home = callee->home_;
    const auto go = [callee](bool) { delete callee; };
    if (!session->call_out(home, go) && home) (void)session->call_out(nullptr, go);
  }

  const std::shared_ptr<Session> session_;
  const std::shared_ptr<ApartmentCalls> home_ = ApartmentCalls::of_this_thread();
  mutable std::mutex mutex_;  // for the pointer, not for what it points to
  Held held_;
};

}  // namespace dosvc
