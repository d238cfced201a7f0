#include "fakes/fake_loop.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace dosvc {
namespace {

Interest operator|(Interest a, Interest b) {
  return static_cast<Interest>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
Interest operator&(Interest a, Interest b) {
  return static_cast<Interest>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}

}  // namespace

struct FakeLoop::State {
  struct WatchEntry {
    int fd;
    Interest interest;
    std::function<void(Interest)> call;
  };
  using TimerKey = std::pair<Clock::time_point, std::uint64_t>;  // due, then in the order made

  Clock::time_point now{std::chrono::hours(1)};
  std::uint64_t last_id = 0;
  std::map<TimerKey, std::function<void()>> timers;
  std::map<std::uint64_t, std::shared_ptr<WatchEntry>> watches;

  std::mutex mutex;
  std::vector<std::function<void()>> posted;  // guarded by mutex

  std::vector<std::function<void()>> take_posted() {
    std::lock_guard lock(mutex);
    return std::exchange(posted, {});
  }

  bool timer_is_due(std::uint64_t newest) const {
    return !timers.empty() && timers.begin()->first.first <= now && timers.begin()->first.second <= newest;
  }

  void call_watches(int fd, Interest ready) {
    std::vector<std::uint64_t> ids;
    for (const auto& [id, entry] : watches) {
      if (entry->fd == fd) ids.push_back(id);
    }
    for (std::uint64_t id : ids) {
      const auto found = watches.find(id);
      if (found == watches.end()) continue;  // dropped by the call before
      const auto entry = found->second;      // kept alive during the call, which may drop its own watch
      const Interest met = entry->interest & ready;
      if (met != Interest::none) entry->call(met);
    }
  }
};

FakeLoop::FakeLoop() : state_(std::make_shared<State>()) {}

FakeLoop::~FakeLoop() {
  // What waits is dropped unrun; its destructors may post or drop handles.
  while (!state_->take_posted().empty()) {
  }
}

Clock::time_point FakeLoop::now() const { return state_->now; }

void FakeLoop::post(std::function<void()> call) {
  std::lock_guard lock(state_->mutex);
  state_->posted.push_back(std::move(call));
}

Timer FakeLoop::after(Clock::duration delay, std::function<void()> call) {
  delay = std::clamp(delay, Clock::duration::zero(), Clock::time_point::max() - state_->now);
  const State::TimerKey key{state_->now + delay, ++state_->last_id};
  state_->timers.emplace(key, std::move(call));
  return Timer([weak = std::weak_ptr(state_), key] {
    if (auto state = weak.lock()) state->timers.extract(key);  // its destructors run when the map is whole again
  });
}

Watch FakeLoop::watch(int fd, Interest interest, std::function<void(Interest ready)> call) {
  const std::uint64_t id = ++state_->last_id;
  state_->watches.emplace(id, std::make_shared<State::WatchEntry>(State::WatchEntry{fd, interest, std::move(call)}));
  return Watch([weak = std::weak_ptr(state_), id] {
    if (auto state = weak.lock()) state->watches.extract(id);
  });
}

bool FakeLoop::on_loop_thread() const { return owner_ == std::this_thread::get_id(); }

void FakeLoop::run_until_idle() {
  std::size_t calls_left = 1'000'000;
  while (run_one_round(calls_left)) {
  }
}

// As the real loop does: everything posted so far, then the timers due that were made before this.
bool FakeLoop::run_one_round(std::size_t& calls_left) {
  const auto count = [&] {
    if (calls_left-- > 0) return;
    std::fputs("FakeLoop::run_until_idle: 1,000,000 calls and still not idle; something posts to itself for ever.\n",
               stderr);
    std::abort();
  };
  bool ran = false;
  for (auto& call : state_->take_posted()) {
    count();
    call();
    call = nullptr;
    ran = true;
  }
  const auto last_id = state_->last_id;
  while (state_->timer_is_due(last_id)) {
    count();
    auto timer = state_->timers.extract(state_->timers.begin());
    timer.mapped()();
    ran = true;
  }
  return ran;
}

void FakeLoop::advance(Clock::duration duration) {
  const auto end = state_->now + duration;
  run_until_idle();
  while (next_timer() && *next_timer() <= end) {
    state_->now = *next_timer();
    run_until_idle();
  }
  state_->now = end;
}

std::optional<Clock::time_point> FakeLoop::next_timer() const {
  if (state_->timers.empty()) return std::nullopt;
  return state_->timers.begin()->first.first;
}

std::size_t FakeLoop::timer_count() const { return state_->timers.size(); }

void FakeLoop::make_ready(int fd, Interest ready) {
  post([weak = std::weak_ptr(state_), fd, ready] {
    if (auto state = weak.lock()) state->call_watches(fd, ready);
  });
}

Interest FakeLoop::watched(int fd) const {
  Interest interest = Interest::none;
  for (const auto& [id, entry] : state_->watches) {
    if (entry->fd == fd) interest = interest | entry->interest;
  }
  return interest;
}

std::size_t FakeLoop::watch_count() const { return state_->watches.size(); }

}  // namespace dosvc
