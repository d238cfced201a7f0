#include "core/run_queue.h"

#include <algorithm>
#include <utility>

namespace dosvc {

void RunQueue::wait(const JobId& id, const Contender& contender) {
  const auto found = places_.find(id);
  if (found != places_.end() && !found->second.runs()) {
    Place& place = found->second;
    if (place.lane->host.key != contender.host.key) {
      step_out(place);
      leave_lane(place);
      place.lane = &lane_for(contender.host);
      line_up(id, place);
    }
    change_priority(id, contender.priority);
    return;
  }
  leave(id);
  Place& place = places_
                     .emplace(id, Place{contender.priority, next_order_++, Standing::waiting, contender.owner,
                                        &lane_for(contender.host)})
                     .first->second;
  owners_[contender.owner].insert(id);
  line_up(id, place);
}

void RunQueue::leave(const JobId& id) {
  const auto found = places_.find(id);
  if (found == places_.end()) return;
  Place& place = found->second;
  if (place.runs()) {
    stop_running(id, place);
  } else {
    step_out(place);
  }
  const auto owner = owners_.find(place.owner);
  owner->second.erase(id);
  if (owner->second.empty()) owners_.erase(owner);
  leave_lane(place);
  places_.erase(found);
}

RunQueue::Lane& RunQueue::lane_for(const RemoteHost& host) {
  std::unique_ptr<Lane>& lane = lanes_[host.key];
  if (!lane) {
    lane = std::make_unique<Lane>();
    lane->host = host;
    if (const auto limited = limited_.find(host.key); limited != limited_.end()) lane->limit = limited->second;
  }
  ++lane->jobs;
  return *lane;
}

void RunQueue::leave_lane(Place& place) {
  if (--place.lane->jobs > 0) return;
  lanes_.erase(place.lane->host.key);
  place.lane = nullptr;
}

// A job that waits, in the line or beside it.
void RunQueue::line_up(const JobId& id, Place& place) {
  place.standing = presence_.is_here(place.owner) ? Standing::waiting : Standing::away;
  if (place.standing != Standing::waiting) return;
  place.lane->sides[kind_of(place.priority)].line.emplace(Key{place.priority, place.order}, id);
  put_forward(*place.lane, kind_of(place.priority));
}

void RunQueue::step_out(const Place& place) {
  if (place.standing != Standing::waiting) return;
  place.lane->sides[kind_of(place.priority)].line.erase(Key{place.priority, place.order});
  put_forward(*place.lane, kind_of(place.priority));
}

// Its place, if it has one, is free.
void RunQueue::stop_running(const JobId& id, Place& place) {
  lend_place(id);
  beside_.erase(id);
  place.standing = Standing::away;  // until it lines up
}

void RunQueue::lend_place(const JobId& id) {
  if (holding_.erase(id) == 0) return;
  Place& place = places_.at(id);
  const Kind kind = kind_of(place.priority);
  --running_[kind];
  --place.lane->sides[kind].running;
  place.standing = Standing::beside;
  beside_.insert(id);
  put_forward(*place.lane, kind);
}

// Sees to it that the first of a lane, and it alone, contends with those of the others.
void RunQueue::put_forward(Lane& lane, Kind kind) {
  Lane::Side& side = lane.sides[kind];
  std::optional<Rank> head;
  if (!side.line.empty() && may_run(lane) && side.running < lane.limit) {
    const auto [priority, order] = side.line.begin()->first;
    head = Rank{priority, side.running >= share(kind), order};
  }
  if (head == side.head) return;
  if (side.head) heads_[kind].erase(*side.head);
  if (head) heads_[kind].emplace(*head, &lane);
  side.head = head;
}

std::optional<JobId> RunQueue::grant(Clock::time_point now) {
  for (const Kind kind : kKinds) {
    if (running_[kind] >= places(kind) || heads_[kind].empty()) continue;
    Lane& lane = *heads_[kind].begin()->second;
    Lane::Side& side = lane.sides[kind];
    const JobId id = side.line.begin()->second;
    Place& place = places_.at(id);
    step_out(place);
    place.standing = Standing::running;
    place.since = now;
    ++running_[kind];
    ++side.running;
    holding_.insert(id);
    put_forward(lane, kind);
    return id;
  }
  return std::nullopt;
}

std::optional<JobId> RunQueue::revoke(Clock::time_point now) {
  for (const Kind kind : kKinds) {
    if (running_[kind] < places(kind) || heads_[kind].empty()) continue;
    const Rank next = heads_[kind].begin()->first;
    const auto id = pick_for(kind, next, now);
    if (!id) continue;
    Place& place = places_.at(*id);
    stop_running(*id, place);
    const bool had_its_slice = now - place.since >= limits_.time_slice;
    if (had_its_slice && place.priority == next.priority) place.order = next_order_++;
    line_up(*id, place);
    return id;
  }
  return std::nullopt;
}

// Who makes room for the first of those that wait: the least important; else, of a host that has more than its share,
// the latest; else who has had its time slice for the longest.
std::optional<JobId> RunQueue::pick_for(Kind kind, const Rank& next, Clock::time_point now) const {
  std::optional<JobId> picked;
  const Place* of = nullptr;
  const auto pick_if = [&](auto fits, auto better) {
    if (picked) return;
    for (const JobId& id : holding_) {
      const Place& place = places_.at(id);
      if (kind_of(place.priority) != kind || !fits(place) || (of && !better(place, *of))) continue;
      picked = id;
      of = &place;
    }
  };
  const auto later = [](const Place& a, const Place& b) {
    return a.priority != b.priority ? a.priority > b.priority : a.since > b.since;
  };
  pick_if([&](const Place& place) { return place.priority > next.priority; }, later);
  if (!next.has_share) {
    pick_if(
        [&](const Place& place) {
          return place.priority == next.priority && place.lane->sides[kind].running > share(kind);
        },
        later);
  }
  pick_if(
      [&](const Place& place) {
        return place.priority >= next.priority && now - place.since >= limits_.time_slice && gives_way(place, kind);
      },
      [](const Place& a, const Place& b) { return a.since < b.since; });
  return picked;
}

// Whether somebody else would get its place if it went to the end of its line.
bool RunQueue::gives_way(const Place& place, Kind kind) const {
  const Lane::Side& side = place.lane->sides[kind];
  const bool has_share = side.running - 1 >= share(kind);
  const Rank its_own{place.priority, has_share, next_order_};
  if (!side.line.empty() && may_run(*place.lane) && side.running <= place.lane->limit) {
    const auto [priority, order] = side.line.begin()->first;
    if (Rank{priority, has_share, order} < its_own) return true;
  }
  for (const auto& [rank, lane] : heads_[kind]) {
    if (lane != place.lane) return rank < its_own;
  }
  return false;
}

void RunQueue::change_priority(const JobId& id, Priority priority) {
  const auto found = places_.find(id);
  if (found == places_.end() || found->second.priority == priority) return;
  Place& place = found->second;
  if (place.runs()) {
    // It goes on running, even where its new kind has no place left: the next ones wait longer instead.
    const Kind from = kind_of(place.priority);
    const Kind to = kind_of(priority);
    place.priority = priority;
    if (place.standing != Standing::running || from == to) return;
    --running_[from];
    --place.lane->sides[from].running;
    ++running_[to];
    ++place.lane->sides[to].running;
    for (const Kind kind : kKinds) put_forward(*place.lane, kind);
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
  if (!place.runs()) step_out(place);
  place.owner = owner;
  if (!place.runs()) line_up(id, place);
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

void RunQueue::set_network(bool there) {
  if (std::exchange(network_, there) == there) return;
  for (auto& [key, lane] : lanes_) {
    if (lane->host.on_this_machine) continue;
    for (const Kind kind : kKinds) put_forward(*lane, kind);
  }
}

bool RunQueue::awaits_network(const JobId& id) const {
  const auto place = places_.find(id);
  return place != places_.end() && place->second.standing == Standing::waiting && !may_run(*place->second.lane);
}

void RunQueue::limit(const std::string& host, std::optional<int> jobs) {
  if (jobs) {
    limited_[host] = *jobs;
  } else {
    limited_.erase(host);
  }
  const auto lane = lanes_.find(host);
  if (lane == lanes_.end()) return;
  lane->second->limit = jobs.value_or(kUnlimited);
  for (const Kind kind : kKinds) put_forward(*lane->second, kind);
}

std::optional<int> RunQueue::limit_of(const std::string& host) const {
  const auto limited = limited_.find(host);
  return limited == limited_.end() ? std::nullopt : std::optional(limited->second);
}

const RemoteHost* RunQueue::host_of(const JobId& id) const {
  const auto place = places_.find(id);
  return place == places_.end() ? nullptr : &place->second.lane->host;
}

std::vector<JobId> RunQueue::waiting_for(const std::string& host) const {
  std::vector<JobId> jobs;
  const auto lane = lanes_.find(host);
  if (lane == lanes_.end()) return jobs;
  for (const Lane::Side& side : lane->second->sides) {
    for (const auto& [key, id] : side.line) jobs.push_back(id);
  }
  return jobs;
}

std::vector<JobId> RunQueue::waiting_for_network() const {
  std::vector<JobId> jobs;
  for (const auto& [key, lane] : lanes_) {
    if (lane->host.on_this_machine) continue;
    for (const Lane::Side& side : lane->sides) {
      for (const auto& [place, id] : side.line) jobs.push_back(id);
    }
  }
  return jobs;
}

std::vector<JobId> RunQueue::running() const {
  std::vector<JobId> jobs(holding_.begin(), holding_.end());
  jobs.insert(jobs.end(), beside_.begin(), beside_.end());
  return jobs;
}

}  // namespace dosvc
