#include "service/idle_watch.h"

#include <utility>

namespace dosvc::service {

IdleWatch::IdleWatch(Loop& loop, std::function<bool()> idle, std::function<void()> leave)
    : loop_(loop), idle_(std::move(idle)), leave_(std::move(leave)), last_(loop.now()) {
  arm(kPatience);
}

// Called for every message: an armed timer that comes in time is left alone.
void IdleWatch::activity() {
  last_ = loop_.now();
  if (!timer_ || due_ > last_ + kPatience) arm(kPatience);
}

void IdleWatch::look() {
  timer_.reset();
  const auto quiet = loop_.now() - last_;
  if (quiet < kPatience) return arm(kPatience - quiet);
  if (!idle_()) return arm(kLookAgain);
  leave_();
}

void IdleWatch::arm(Clock::duration after) {
  due_ = loop_.now() + after;
  timer_ = loop_.after(after, [this] { look(); });
}

}  // namespace dosvc::service
