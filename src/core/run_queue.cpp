#include "core/run_queue.h"

namespace dosvc {

void RunQueue::wait(const JobId& id, Priority priority) {
  const auto place = places_.find(id);
  if (place != places_.end() && place->second.standing == Standing::waiting) {
    change_priority(id, priority);
    return;
  }
  leave(id);
  const Place last{priority, next_order_++, Standing::waiting};
  places_.emplace(id, last);
  queue_.emplace(Key{last.priority, last.order}, id);
}

void RunQueue::leave(const JobId& id) {
  const auto place = places_.find(id);
  if (place == places_.end()) return;
  lend_place(id);
  if (place->second.standing == Standing::waiting) queue_.erase(Key{place->second.priority, place->second.order});
  places_.erase(place);
}

void RunQueue::lend_place(const JobId& id) {
  if (holding_.erase(id) == 0) return;
  Place& place = places_.at(id);
  --running(place.priority);
  place.standing = Standing::beside;
}

std::optional<JobId> RunQueue::grant() {
  auto next = queue_.end();
  if (running_foreground_ < limits_.foreground_jobs) {
    next = queue_.begin();
    if (next != queue_.end() && next->first.first != Priority::foreground) next = queue_.end();
  }
  if (next == queue_.end() && running_background_ < limits_.background_jobs) {
    next = queue_.lower_bound(Key{Priority::high, 0});
  }
  if (next == queue_.end()) return std::nullopt;

  const JobId id = next->second;
  ++running(next->first.first);
  places_.at(id).standing = Standing::running;
  holding_.insert(id);
  queue_.erase(next);
  return id;
}

void RunQueue::change_priority(const JobId& id, Priority priority) {
  const auto found = places_.find(id);
  if (found == places_.end() || found->second.priority == priority) return;
  Place& place = found->second;
  if (place.standing != Standing::waiting) {
    // It goes on running, even where its new kind has no place left: the next ones wait longer instead.
    if (place.standing == Standing::running) {
      --running(place.priority);
      ++running(priority);
    }
    place.priority = priority;
    return;
  }
  queue_.erase(Key{place.priority, place.order});
  place = Place{priority, next_order_++, Standing::waiting};
  queue_.emplace(Key{place.priority, place.order}, id);
}

}  // namespace dosvc
