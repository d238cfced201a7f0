#include "core/run_queue.h"

#include <utility>

namespace dosvc {

void RunQueue::wait(const JobId& id, Priority priority, uid_t owner) {
  const auto found = places_.find(id);
  if (found != places_.end() && !found->second.runs()) {
    change_priority(id, priority);
    return;
  }
  leave(id);
  Place& place = places_.emplace(id, Place{priority, next_order_++, Standing::waiting, owner}).first->second;
  owners_[owner].insert(id);
  line_up(id, place);
}

void RunQueue::leave(const JobId& id) {
  const auto place = places_.find(id);
  if (place == places_.end()) return;
  lend_place(id);
  step_out(place->second);
  const auto owner = owners_.find(place->second.owner);
  owner->second.erase(id);
  if (owner->second.empty()) owners_.erase(owner);
  places_.erase(place);
}

// A job that waits, in the line or beside it.
void RunQueue::line_up(const JobId& id, Place& place) {
  place.standing = presence_.is_here(place.owner) ? Standing::waiting : Standing::away;
  if (place.standing == Standing::waiting) queue_.emplace(Key{place.priority, place.order}, id);
}

void RunQueue::step_out(const Place& place) {
  if (place.standing == Standing::waiting) queue_.erase(Key{place.priority, place.order});
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
  if (place.runs()) {
    // It goes on running, even where its new kind has no place left: the next ones wait longer instead.
    if (place.standing == Standing::running) {
      --running(place.priority);
      ++running(priority);
    }
    place.priority = priority;
    return;
  }
  step_out(place);
  place.priority = priority;
  place.order = next_order_++;
  line_up(id, place);
}

void RunQueue::change_owner(const JobId& id, uid_t owner) {
  const auto found = places_.find(id);
  if (found == places_.end()) return;
  Place& place = found->second;
  owners_[place.owner].erase(id);
  if (owners_[place.owner].empty()) owners_.erase(place.owner);
  owners_[owner].insert(id);
  place.owner = owner;
  if (place.runs()) return;
  step_out(place);
  line_up(id, place);
}

std::vector<JobId> RunQueue::use(Presence presence) {
  const Presence before = std::exchange(presence_, std::move(presence));
  std::vector<JobId> touched;
  for (const auto& [owner, jobs] : owners_) {
    if (before.is_here(owner) == presence_.is_here(owner)) continue;
    for (const JobId& id : jobs) {
      touched.push_back(id);
      Place& place = places_.at(id);
      if (place.runs()) continue;
      step_out(place);
      line_up(id, place);
    }
  }
  return touched;
}

bool RunQueue::awaits_owner(const JobId& id) const {
  const auto place = places_.find(id);
  return place != places_.end() && place->second.standing == Standing::away;
}

}  // namespace dosvc
