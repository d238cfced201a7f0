#pragma once

#include "core/job_service.h"
#include "dbus/bus_connection.h"
#include "dbus/proxy_jobs.h"

#include <memory>
#include <unordered_map>
#include <vector>

namespace dosvc {

// Those in this process who follow the queue, and what the service tells them: one subscription for all. Where the
// service came back they hear what differs from what they were told. Belongs to the proxy's thread.
class QueueFollowers {
 public:
  QueueFollowers(ServiceLink& link, KnownJobs& jobs) : link_(link), jobs_(jobs) {}

  void add(bool all_users, std::weak_ptr<QueueObserver> observer);
  bool empty();

  void subscribe_again();
  // JobChanged or JobRemoved; false: it is neither.
  bool signal(sd_bus_message* message);

 private:
  struct Follower {
    bool all_users = false;
    std::weak_ptr<QueueObserver> observer;
  };
  // A job that was told of, and how it was then.
  struct Told {
    std::shared_ptr<ProxyJob> job;
    JobSnapshotPtr as;
  };

  bool all_users() const;
  void subscribe();
  void look_anew(bool tell);
  void changed(const std::shared_ptr<ProxyJob>& job);
  void gone(const JobId& id);
  template <class Call>
  void tell(const Job& job, Call call);

  ServiceLink& link_;
  KnownJobs& jobs_;
  std::vector<Follower> followers_;
  std::unordered_map<JobId, Told, UuidHash> told_;
};

}  // namespace dosvc
