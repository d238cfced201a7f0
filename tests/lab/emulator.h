#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include "lab/direction.h"
#include "lab/tap.h"

namespace dosvc::lab {

// Both directions of a link.
struct Link {
  Line down;  // from the first side to the second
  Line up;
};

// Two directions that are alike but for the loss, which is on the way down alone.
Link even_link(const Line& line);

struct LinkCounts {
  Counts down;
  Counts up;
  Span latest{0};  // how long after its time a frame was delivered, at most: 0 but for a busy machine
};

// Carries frames between two interfaces, on a thread of its own, until it is destroyed. It asks for real-time priority:
// an emulator that comes late is a jitter of the link. Its functions may be called from any thread.
class Emulator {
 public:
  static Result<std::unique_ptr<Emulator>> start(Tap first, Tap second, const Link& link);
  ~Emulator();
  Emulator(const Emulator&) = delete;
  Emulator& operator=(const Emulator&) = delete;

  void change(const Link& link);
  LinkCounts counts() const;
  bool in_real_time() const { return in_real_time_; }  // whether it got that priority

 private:
  Emulator(Tap first, Tap second, UniqueFd bell, const Link& link);

  void carry();  // the thread
  void take(const Tap& from, Direction& into, Bytes& buffer);
  void deliver(Direction& from, const Tap& to);
  void wait_for_work();

  const Tap first_, second_;
  const UniqueFd bell_;       // rung to end
  mutable std::mutex mutex_;  // guards what follows; the thread holds it while it works, not while it waits
  Direction down_, up_;
  Span latest_{0};
  std::atomic<bool> stop_{false};
  std::atomic<bool> in_real_time_{false};
  std::thread thread_;
};

}  // namespace dosvc::lab
