#pragma once

#include "core/job_service.h"

#include <future>
#include <memory>
#include <utility>

namespace dosvc {

// The waiting side of one call. A reply that is dropped without an answer (its service ended) is E_ABORT.
template <class T>
class Answer {
 public:
  Answer() = default;
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer() {
    if (!given_) promise_.set_value(Error{E_ABORT, ErrorContext::none, "the transfer engine has stopped"});
  }

  void give(Result<T> result) {
    given_ = true;
    promise_.set_value(std::move(result));
  }
  std::future<Result<T>> future() { return promise_.get_future(); }

 private:
  std::promise<Result<T>> promise_;
  bool given_ = false;
};

// Makes a call of JobService and waits for its answer:
//   auto view = wait_for<std::shared_ptr<JobView>>([&](auto reply) { service.create_job(caller, spec, reply); });
// Never on the service's own thread: the answer comes there.
template <class T, class Start>
Result<T> wait_for(Start&& start) {
  auto answer = std::make_shared<Answer<T>>();
  std::future<Result<T>> future = answer->future();
  std::forward<Start>(start)(Reply<T>([answer](Result<T> result) { answer->give(std::move(result)); }));
  answer.reset();
  return future.get();
}

}  // namespace dosvc
