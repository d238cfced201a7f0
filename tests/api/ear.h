#pragma once

#include <bits.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>

namespace dosvc {

// Everything that a test waits for comes well within this; a bound for what never comes.
inline constexpr std::chrono::seconds kPatience{20};

// A program's callback object: counts the calls, answers as told, and lets a test wait. What it answers with is set
// before it is registered.
class Ear final : public Object<IBackgroundCopyCallback> {
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

  // Waits until it's so; looks again after each call has returned. False: not within patience.
  template <class Predicate>
  bool wait_until(Predicate so) {
    std::unique_lock lock(mutex_);
    const auto end = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
      const int seen = calls_;
      lock.unlock();
      if (so()) return true;
      lock.lock();
      if (!returned_.wait_until(lock, end, [&] { return calls_ != seen; })) return false;
    }
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
    const Returned returned(*this, &Counts::transferred);
    return on_transferred ? on_transferred(job) : S_OK;
  }
  HRESULT STDMETHODCALLTYPE JobError(IBackgroundCopyJob* job, IBackgroundCopyError* error) override {
    const Returned returned(*this, &Counts::errors);
    return on_error ? on_error(job, error) : S_OK;
  }
  HRESULT STDMETHODCALLTYPE JobModification(IBackgroundCopyJob* job, DWORD) override {
    const Returned returned(*this, &Counts::modifications);
    return on_modification ? on_modification(job) : S_OK;
  }

 private:
  ~Ear() override {
    if (on_end) on_end();
  }

  // Counts a call when it is over, also by an exception.
  class Returned {
   public:
    Returned(Ear& ear, int Counts::*which) : ear_(ear), which_(which) {}
    ~Returned() {
      const std::lock_guard lock(ear_.mutex_);
      ++(ear_.counts_.*which_);
      ++ear_.calls_;
      ear_.returned_.notify_all();
    }
    Returned(const Returned&) = delete;
    Returned& operator=(const Returned&) = delete;

   private:
    Ear& ear_;
    int Counts::*which_;
  };

  mutable std::mutex mutex_;
  std::condition_variable returned_;
  Counts counts_;
  int calls_ = 0;
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
