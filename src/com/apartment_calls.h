#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace dosvc {

// The calls that wait for one thread of a single-threaded apartment, when the program wants them there
// (<dosvc/apartment.h>). Thread-safe.
class ApartmentCalls {
 public:
  // True: the call is made, on the apartment's thread. False: it will not be, because the apartment is closed; then on
  // the thread that closes it.
  using Call = std::function<void(bool)>;

  // Where the calls of objects belong that the calling thread registers; empty when any thread may make them.
  static std::shared_ptr<ApartmentCalls> of_this_thread();

  // Never waits. False, and `call` is not run in either way: the apartment was closed before.
  bool post(Call call);

  bool waits() const;
  // On the apartment's thread. False: none waits.
  bool run_one();

  // Once.
  void close();

 private:
  mutable std::mutex mutex_;  // never held while calling out
  std::deque<Call> queue_;
  bool closed_ = false;
};

// The calling thread leaves its apartment: what waits for it is not run.
void close_apartment_calls();

}  // namespace dosvc
