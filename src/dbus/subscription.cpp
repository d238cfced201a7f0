#include "dbus/subscription.h"

#include "dbus/codec.h"
#include "dbus/shown.h"
#include "dbus/wire.h"

#include <mutex>
#include <utility>
#include <variant>
#include <vector>

namespace dosvc {
namespace {

constexpr auto kPause = std::chrono::milliseconds(500);

using Event = std::variant<std::shared_ptr<JobView>, JobId>;  // changed, or gone

}  // namespace

// The part that the engine's thread sees, and may be the last to hold: it rings once for all that it hears until the
// bus thread comes.
class Subscription::Ear final : public QueueObserver {
 public:
  Ear(Loop& loop, std::weak_ptr<Subscription*> owner) : loop_(loop), owner_(std::move(owner)) {}

  void changed(const std::shared_ptr<JobView>& job) override { add(job); }
  void gone(const JobId& id) override { add(id); }

  std::vector<Event> take() {
    std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
  }

 private:
  void add(Event event) {
    {
      std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
      if (events_.size() > 1) return;  // the first has rung
    }
    loop_.post([owner = owner_] {
      if (const auto there = owner.lock()) (*there)->heard();
    });
  }

  Loop& loop_;
  const std::weak_ptr<Subscription*> owner_;
  std::mutex mutex_;
  std::vector<Event> events_;
};

Subscription::Subscription(Loop& bus_loop, JobService& service, BusClient& client, bool all_users)
    : loop_(bus_loop), client_(client), all_users_(all_users), ear_(std::make_shared<Ear>(bus_loop, self_)) {
  service.observe(client.caller, all_users, ear_);
}

Subscription::~Subscription() = default;

void Subscription::heard() {
  for (const Event& event : ear_->take()) {
    if (const auto* job = std::get_if<std::shared_ptr<JobView>>(&event)) {
      changed(*job);
    } else {
      gone(std::get<JobId>(event));
    }
  }
}

void Subscription::go_on() {
  for (const auto& [id, job] : std::exchange(held_, {})) {
    if (job) {
      changed(job);
    } else {
      gone(id);
    }
  }
}

void Subscription::changed(const std::shared_ptr<JobView>& job) {
  if (client_.unread.stalled) {
    const auto [held, first] = held_.try_emplace(job->id(), job);
    if (!first && held->second) held->second = job;
    return;
  }
  const auto pause = pauses_.find(job->id());
  if (pause != pauses_.end() && pause->second.told == job->snapshot()->job.state()) {
    pause->second.waits = job;
    return;
  }
  if (tell(*job)) {
    pauses_[job->id()] = {loop_.after(kPause, [this, id = job->id()] { pause_is_over(id); }),
                          job->snapshot()->job.state(), nullptr};
  }
}

void Subscription::pause_is_over(const JobId& id) {
  const auto pause = pauses_.extract(id);
  if (pause && pause.mapped().waits) changed(pause.mapped().waits);
}

// The job as it is now: between the engine's word and this it may have gone to somebody else, which is told next.
bool Subscription::tell(JobView& job) {
  const JobSnapshotPtr now = shown_to(client_.caller, job.snapshot());
  if (!all_users_ && now->job.owner != client_.caller.uid) return false;
  MessageWriter signal =
      client_.connection.signal_message(client_.destination(), wire::kManagerPath, wire::kManager, "JobChanged");
  signal.basic('o', wire::path_of(job.id()).c_str());
  wire::write(signal, *now);
  client_.send_unasked(std::move(signal));
  return true;
}

void Subscription::gone(const JobId& id) {
  if (client_.unread.stalled) {
    held_[id] = nullptr;
    return;
  }
  MessageWriter signal =
      client_.connection.signal_message(client_.destination(), wire::kManagerPath, wire::kManager, "JobRemoved");
  signal.basic('o', wire::path_of(id).c_str());
  client_.send_unasked(std::move(signal));
}

}  // namespace dosvc
