#include "fakes/shifted_time.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <set>
#include <utility>

namespace dosvc {

struct ShiftedTime::Shared {
  std::atomic<Clock::rep> by{0};
  std::mutex mutex;
  std::set<ShiftedLoop*> loops;  // guarded by mutex

  Clock::duration offset() const { return Clock::duration(by.load()); }
};

// Keeps the timers that wait with the time at which they are due, so that they can be set anew when time moves.
class ShiftedTime::ShiftedLoop final : public Loop {
 public:
  ShiftedLoop(Loop& real, std::shared_ptr<Shared> shared)
      : real_(real), shared_(std::move(shared)), timers_(std::make_shared<Timers>()) {
    const std::lock_guard lock(shared_->mutex);
    shared_->loops.insert(this);
  }
  ~ShiftedLoop() override {
    const std::lock_guard lock(shared_->mutex);
    shared_->loops.erase(this);
  }

  Clock::time_point now() const override { return real_.now() + shared_->offset(); }
  void post(std::function<void()> call) override { real_.post(std::move(call)); }
  Watch watch(int fd, Interest interest, std::function<void(Interest ready)> call) override {
    return real_.watch(fd, interest, std::move(call));
  }
  bool on_loop_thread() const override { return real_.on_loop_thread(); }

  Timer after(Clock::duration delay, std::function<void()> call) override {
    const std::uint64_t id = ++timers_->last;
    const auto start = now();
    Waiting& timer = timers_->waiting[id];
    timer.due = start + std::clamp(delay, Clock::duration::zero(), Clock::time_point::max() - start);
    timer.call = std::move(call);
    arm(id, timer);
    return Timer([weak = std::weak_ptr(timers_), id] {
      if (const auto timers = weak.lock()) const auto dropped = timers->waiting.extract(id);
    });
  }

  // Sets all timers anew, and says so when those that are due by now have been called. From any thread.
  void catch_up(std::function<void()> done) {
    post([this, weak = std::weak_ptr(timers_), done = std::move(done)] {
      if (weak.expired()) return done();
      std::vector<std::pair<const std::uint64_t, Waiting>*> in_order;
      for (auto& each : timers_->waiting) in_order.push_back(&each);
      std::stable_sort(in_order.begin(), in_order.end(),
                       [](const auto* a, const auto* b) { return a->second.due < b->second.due; });
      for (auto* each : in_order) arm(each->first, each->second);
      marker_ = real_.after({}, done);  // behind those that are due
    });
  }

 private:
  struct Waiting {
    Clock::time_point due;
    std::function<void()> call;
    Timer real;
  };
  struct Timers {
    std::uint64_t last = 0;
    std::map<std::uint64_t, Waiting> waiting;
  };

  void arm(std::uint64_t id, Waiting& timer) {
    timer.real = real_.after(timer.due - now(), [weak = std::weak_ptr(timers_), id] {
      const auto timers = weak.lock();
      if (!timers) return;
      const auto due = timers->waiting.extract(id);
      if (due) due.mapped().call();
    });
  }

  Loop& real_;
  const std::shared_ptr<Shared> shared_;
  const std::shared_ptr<Timers> timers_;
  Timer marker_;
};

ShiftedTime::ShiftedTime() : shared_(std::make_shared<Shared>()) {}
ShiftedTime::~ShiftedTime() = default;

std::unique_ptr<Loop> ShiftedTime::loop_over(Loop& real) { return std::make_unique<ShiftedLoop>(real, shared_); }

WallTime ShiftedTime::wall_now() const {
  return std::chrono::floor<WallTime::duration>(std::chrono::system_clock::now() + shared_->offset());
}

void ShiftedTime::move(Clock::duration by) {
  shared_->by += by.count();
  std::vector<std::future<void>> caught_up;
  {
    const std::lock_guard lock(shared_->mutex);
    for (ShiftedLoop* loop : shared_->loops) {
      auto done = std::make_shared<std::promise<void>>();
      caught_up.push_back(done->get_future());
      loop->catch_up([done] { done->set_value(); });
    }
  }
  // A loop that ends meanwhile drops its promise, which counts as well.
  for (auto& each : caught_up) each.wait();
}

}  // namespace dosvc
