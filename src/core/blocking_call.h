#pragma once

#include "core/job_service.h"

#include <future>
#include <utility>

namespace dosvc {

// Makes a call of JobService and waits for its answer:
//   auto view = wait_for<std::shared_ptr<JobView>>([&](auto reply) { service.create_job(caller, spec, reply); });
// Never on the service's own thread: the answer comes there.
template <class T, class Start>
Result<T> wait_for(Start&& start) {
  auto promise = std::make_shared<std::promise<Result<T>>>();
  std::future<Result<T>> answer = promise->get_future();
  std::forward<Start>(start)(Reply<T>([promise](Result<T> result) { promise->set_value(std::move(result)); }));
  return answer.get();
}

}  // namespace dosvc
