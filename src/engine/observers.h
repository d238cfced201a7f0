#pragma once

#include "core/job_service.h"

#include <memory>
#include <mutex>
#include <vector>

namespace dosvc {

// Those who follow the queue. They are added by any thread and told by the engine's, without a lock held.
class Observers {
 public:
  void add(const Caller& caller, bool all_users, std::weak_ptr<QueueObserver> observer);
  // Whoever saw the job with its old owner, and doesn't with the new one, hears that it is gone.
  void changed(const std::shared_ptr<JobView>& job, uid_t old_owner, uid_t owner);
  void gone(const JobId& id, uid_t owner);

 private:
  struct Place {
    uid_t uid;
    bool everything;
    std::weak_ptr<QueueObserver> observer;

    bool sees(uid_t owner) const { return everything || uid == owner; }
  };
  struct Ear {
    Place place;
    std::shared_ptr<QueueObserver> observer;
  };
  std::vector<Ear> living();

  std::mutex mutex_;
  std::vector<Place> places_;
};

}  // namespace dosvc
