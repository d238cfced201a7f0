#include "engine/observers.h"

#include <utility>

namespace dosvc {

void Observers::add(const Caller& caller, bool all_users, std::weak_ptr<QueueObserver> observer) {
  std::lock_guard lock(mutex_);
  places_.push_back({caller.uid, all_users && caller.administrator, std::move(observer)});
}

std::vector<Observers::Ear> Observers::living() {
  std::vector<Ear> ears;
  std::lock_guard lock(mutex_);
  std::erase_if(places_, [](const Place& place) { return place.observer.expired(); });
  for (const Place& place : places_) {
    if (auto observer = place.observer.lock()) ears.push_back({place, std::move(observer)});
  }
  return ears;
}

void Observers::changed(const std::shared_ptr<JobView>& job, uid_t old_owner, uid_t owner) {
  for (const Ear& ear : living()) {
    if (ear.place.sees(owner)) {
      ear.observer->changed(job);
    } else if (ear.place.sees(old_owner)) {
      ear.observer->gone(job->id());
    }
  }
}

void Observers::gone(const JobId& id, uid_t owner) {
  for (const Ear& ear : living()) {
    if (ear.place.sees(owner)) ear.observer->gone(id);
  }
}

}  // namespace dosvc
