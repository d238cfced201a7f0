#pragma once

#include <bits.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>

#include "api/call_counter.h"

namespace dosvc {

// A program's callback object: counts the calls, answers as told, and lets a test wait. What it answers with is set
// before it is registered.
class Ear final : public Object<IBackgroundCopyCallback>, public CallCounter {
 public:
  std::function<HRESULT(IBackgroundCopyJob*)> on_transferred;
  std::function<HRESULT(IBackgroundCopyJob*, IBackgroundCopyError*)> on_error;
  std::function<HRESULT(IBackgroundCopyJob*)> on_modification;
  std::function<void()> on_end;  // from the destructor

  struct Counts {
    int transferred = 0;
    int errors = 0;
    int modifications = 0;
  };
  Counts counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

  bool wait_for_errors(int n) {
    return wait_until([&] { return counts().errors >= n; });
  }
  bool wait_for_transferred(int n = 1) {
    return wait_until([&] { return counts().transferred >= n; });
  }
  bool wait_for_state(IBackgroundCopyJob* job, BG_JOB_STATE wanted) {
    return wait_until([&] {
      BG_JOB_STATE state{};
      return job->GetState(&state) == S_OK && state == wanted;
    });
  }

  HRESULT STDMETHODCALLTYPE JobTransferred(IBackgroundCopyJob* job) override {
    const Returned returned(*this, [this] { ++counts_.transferred; });
    return on_transferred ? on_transferred(job) : S_OK;
  }
  HRESULT STDMETHODCALLTYPE JobError(IBackgroundCopyJob* job, IBackgroundCopyError* error) override {
    const Returned returned(*this, [this] { ++counts_.errors; });
    return on_error ? on_error(job, error) : S_OK;
  }
  HRESULT STDMETHODCALLTYPE JobModification(IBackgroundCopyJob* job, DWORD) override {
    const Returned returned(*this, [this] { ++counts_.modifications; });
    return on_modification ? on_modification(job) : S_OK;
  }

 private:
  ~Ear() override {
    if (on_end) on_end();
  }

  Counts counts_;
};

// Something that happens once, on another thread.
class Moment {
 public:
  void come() {
    const std::lock_guard lock(mutex_);
    come_ = true;
    came_.notify_all();
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, kPatience, [&] { return come_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  bool come_ = false;
};

}  // namespace dosvc
