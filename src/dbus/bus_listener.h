#pragma once

#include "base/loop.h"
#include "core/job_service.h"
#include "dbus/bus_client.h"
#include "dbus/callback_queue.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace dosvc {

// The ear that a program has lent to a job: an object of its own, of org.dosvc1.Callback. The engine holds it, and
// calls and releases it on its own thread, so it keeps nothing of the bus's alive.
class BusListener final : public JobListener {
 public:
  BusListener(Loop& bus_loop, std::weak_ptr<CallbackQueue> queue, std::weak_ptr<BusClient> client, std::string path);
  void notify(Notification notification, std::function<void(bool taken)> answer) override;

 private:
  Loop& loop_;
  const std::weak_ptr<CallbackQueue> queue_;
  const std::weak_ptr<BusClient> client_;
  const std::string path_;
};

// Which program each job tells, as was asked last. Bus thread only.
class BusListeners {
 public:
  BusListeners(Loop& bus_loop, JobService& service)
      : loop_(bus_loop), service_(service), queue_(std::make_shared<CallbackQueue>(bus_loop)) {}

  static Result<void> check_path(std::string_view path);
  // "/": nobody any more.
  void set(const std::shared_ptr<BusClient>& client, const JobId& job, const std::string& path, Reply<void> reply);
  void job_is_gone(const JobId& job);
  void client_goes_on(BusClient& client) { queue_->go_on(client); }
  // Its registrations go, but not those that have replaced them.
  void client_is_gone(BusClient& client);

 private:
  Loop& loop_;
  JobService& service_;
  std::shared_ptr<CallbackQueue> queue_;
  std::map<JobId, std::weak_ptr<BusClient>> current_;
};

}  // namespace dosvc
