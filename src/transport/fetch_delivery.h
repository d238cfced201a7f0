#pragma once

#include <memory>

#include "base/loop.h"
#include "engine/transport.h"

namespace dosvc {

// The way of one fetch's events from the transport's thread to the engine's. What is sent is delivered in order, and
// nothing once close() was called or the transport is gone (`*open` is false): both happen on the engine's thread,
// where the calls arrive, so that no lock is needed.
class FetchDelivery : public std::enable_shared_from_this<FetchDelivery> {
 public:
  FetchDelivery(Loop& engine, std::shared_ptr<const bool> open, FetchEvents& events)
      : engine_(engine), open_(std::move(open)), events_(&events) {}

  // Engine's thread.
  void close() { events_ = nullptr; }
  bool closed() const { return events_ == nullptr; }

  // Transport's thread.
  void answer(TakeBody take, ResponseHead head) {
    send([take = std::move(take), head = std::move(head)](FetchEvents& events) { events.on_answer(take, head); });
  }
  void progress(std::uint64_t end) {
    send([end](FetchEvents& events) { events.on_progress(end); });
  }
  void done(FetchEnd end) {
    engine_.post([self = shared_from_this(), end = std::move(end)]() mutable {
      if (!*self->open_ || self->closed()) return;
      auto& events = *self->events_;
      self->close();
      events.on_done(std::move(end));
    });
  }

 private:
  template <class Call>
  void send(Call call) {
    engine_.post([self = shared_from_this(), call = std::move(call)] {
      if (*self->open_ && !self->closed()) call(*self->events_);
    });
  }

  Loop& engine_;
  const std::shared_ptr<const bool> open_;
  FetchEvents* events_;  // engine's thread; null when closed
};

}  // namespace dosvc
