#pragma once

#include "base/loop.h"
#include "core/job_service.h"
#include "dbus/bus_client.h"

#include <chrono>
#include <map>
#include <memory>

namespace dosvc {

// What a client that asked for it hears of the queue: JobChanged and JobRemoved, sent to it alone. Of one job at most
// two changes a second, the newest; a change of its state at once. While the client is stalled (see backlog.h) the
// newest of each job waits. Bus thread only; dropped, it ends.
class Subscription {
 public:
  Subscription(Loop& bus_loop, JobService& service, BusClient& client, bool all_users);
  ~Subscription();
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  void go_on();  // the client reads again

 private:
  class Ear;
  // A job that was told of a moment ago.
  struct Pause {
    Timer end;
    JobState told;
    std::shared_ptr<JobView> waits;
  };

  void heard();
  void changed(const std::shared_ptr<JobView>& job);
  void gone(const JobId& id);
  bool tell(JobView& job);
  void pause_is_over(const JobId& id);

  Loop& loop_;
  BusClient& client_;
  const bool all_users_;
  std::map<JobId, Pause> pauses_;
  std::map<JobId, std::shared_ptr<JobView>> held_;  // while the client is stalled; empty: gone
  std::shared_ptr<Subscription*> self_ = std::make_shared<Subscription*>(this);
  std::shared_ptr<Ear> ear_;
};

}  // namespace dosvc
