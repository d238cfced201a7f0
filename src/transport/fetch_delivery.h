#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "base/loop.h"
#include "engine/transport.h"

namespace dosvc {

// The way of one fetch's events from the transport's thread to the engine's. What is said is kept until send(), because
// each call there wakes the engine: a small file then costs one. It is delivered in order, and nothing once close() was
// called or the transport is gone (`*open` is false): both happen on the engine's thread, where the calls arrive, so
// that no lock is needed.
class FetchDelivery : public std::enable_shared_from_this<FetchDelivery> {
 public:
  FetchDelivery(Loop& engine, std::shared_ptr<const bool> open, FetchEvents& events)
      : engine_(engine), open_(std::move(open)), events_(&events) {}

  // Engine's thread.
  void close() { events_ = nullptr; }
  bool closed() const { return events_ == nullptr; }

  // Transport's thread.
  void answer(std::optional<TakeBody> take, ResponseHead head) {
    news_.answer.emplace(std::move(take), std::move(head));
  }
  void progress(std::uint64_t end) { news_.progress = end; }
  void done(FetchEnd end) {
    news_.end = std::move(end);
    send();
  }
  void send() {
    if (!news_.answer && !news_.progress && !news_.end) return;
    engine_.post([self = shared_from_this(), news = std::exchange(news_, {})]() mutable { self->deliver(news); });
  }

 private:
  struct News {
    std::optional<std::pair<std::optional<TakeBody>, ResponseHead>> answer;
    std::optional<std::uint64_t> progress;
    std::optional<FetchEnd> end;
  };

  // A callback may drop the fetch, or the transport.
  void deliver(News& news) {
    const auto wanted = [this] { return *open_ && !closed(); };
    if (news.answer && wanted())
      events_->on_answer(news.answer->first ? &*news.answer->first : nullptr, news.answer->second);
    if (news.progress && wanted()) events_->on_progress(*news.progress);
    if (news.end && wanted()) std::exchange(events_, nullptr)->on_done(std::move(*news.end));
  }

  Loop& engine_;
  const std::shared_ptr<const bool> open_;
  FetchEvents* events_;  // engine's thread; null when closed
  News news_;            // transport's thread
};

}  // namespace dosvc
