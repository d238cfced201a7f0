#include "com/apartment_calls.h"

#include "com/apartment.h"

#include <dosvc/apartment.h>

#include <atomic>
#include <utility>

namespace dosvc {
namespace {

std::atomic<DosvcWake> wake_apartments{nullptr};

// A plain pointer, because an apartment may be used and closed after the thread's own variables are gone.
thread_local std::shared_ptr<ApartmentCalls>* own_calls = nullptr;

struct AtThreadEnd {
  bool armed = false;
  ~AtThreadEnd() { close_apartment_calls(); }
};
thread_local AtThreadEnd at_thread_end;

}  // namespace

std::shared_ptr<ApartmentCalls> ApartmentCalls::of_this_thread() {
  if (!wake_apartments || !in_single_threaded_apartment()) return {};
  if (!own_calls) {
    own_calls = new std::shared_ptr<ApartmentCalls>(std::make_shared<ApartmentCalls>());
    at_thread_end.armed = true;
  }
  return *own_calls;
}

bool ApartmentCalls::post(Call call) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    queue_.push_back(std::move(call));
  }
  if (const DosvcWake wake = wake_apartments) wake();
  return true;
}

bool ApartmentCalls::waits() const {
  const std::lock_guard lock(mutex_);
  return !queue_.empty();
}

bool ApartmentCalls::run_one() {
  Call call;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) return false;
    call = std::move(queue_.front());
    queue_.pop_front();
  }
  call(true);
  return true;
}

void ApartmentCalls::close() {
  std::deque<Call> left;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    left.swap(queue_);
  }
  for (Call& call : left) std::exchange(call, nullptr)(false);
}

void close_apartment_calls() {
  if (const std::unique_ptr<std::shared_ptr<ApartmentCalls>> mine{std::exchange(own_calls, nullptr)}) (*mine)->close();
}

}  // namespace dosvc

void DosvcCallApartments(DosvcWake wake) noexcept { dosvc::wake_apartments = wake; }

BOOL DosvcApartmentCallWaits() noexcept { return dosvc::own_calls && (*dosvc::own_calls)->waits(); }

BOOL DosvcRunApartmentCall() noexcept {
  if (!dosvc::own_calls) return FALSE;
  const std::shared_ptr<dosvc::ApartmentCalls> calls = *dosvc::own_calls;  // the call may close the apartment
  return calls->run_one();
}
