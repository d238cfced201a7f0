#pragma once

#include "core/job_service.h"
#include "dbus/bus_connection.h"
#include "dbus/proxy_jobs.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

namespace dosvc {

// The listeners that this process has registered with jobs, and its object /org/dosvc1/callback, by which the service
// calls them. Belongs to the proxy's thread.
//
//   - Where the service came back they are registered anew. It may then tell again what was taken: that is answered
//     here. What a listener was told and has not answered yet is not told to it beside; its answer serves both.
//   - A job that is over has no listener any more.
class CallbackRegister {
 public:
  CallbackRegister(std::shared_ptr<ProxyDoor> door, ServiceLink& link) : door_(std::move(door)), link_(link) {}

  // Shown by the job's view once the service has taken it.
  void set(const JobId& id, std::shared_ptr<ProxyJob> job, std::shared_ptr<JobListener> listener, Reply<void> reply);
  bool empty() const { return entries_.empty(); }

  void register_again();
  void forget_calls();  // the connection is gone, and nobody waits for their answers
  void job_is_over(const ProxyJob& job);
  // A call of org.dosvc1.Callback; false: it is none.
  bool call(KnownJobs& jobs, BusConnection& connection, sd_bus_message* message);

 private:
  // What can't happen twice: a move to ERROR or to TRANSFERRED.
  struct Event {
    NotificationKind kind{};
    std::uint32_t error_count = 0;
    std::optional<WallTime> transferred;
    friend bool operator==(const Event&, const Event&) = default;
  };
  struct Entry {
    std::shared_ptr<ProxyJob> job;  // held, since its listener may know it weakly; may be empty
    std::shared_ptr<JobListener> listener;
    std::shared_ptr<JobListener> before;  // until the service has taken `listener`
    std::uint64_t registration = 0;       // tells one listener of a job from the next
    std::optional<Event> taken;
    std::optional<Event> told;  // not answered yet
    std::uint64_t told_by = 0;
  };
  // The service waits for the answer. Without a message it doesn't any more, but the event counts.
  struct Open {
    MessagePtr message;
    JobId job;
    std::uint64_t registration = 0;
    std::optional<Event> event;
  };

  static std::optional<Event> event_of(const Notification& notification);
  void was_set(const JobId& id, std::uint64_t registration, const Result<void>& set);
  void tell(Entry& entry, Notification notification, MessagePtr message);
  void answered(std::uint64_t number, bool taken);
  void answer(sd_bus_message* message, bool taken);
  void send(const JobId& id, bool listen, bool of_connection, Reply<void> reply);

  const std::shared_ptr<ProxyDoor> door_;
  ServiceLink& link_;
  std::unordered_map<JobId, Entry, UuidHash> entries_;
  std::map<std::uint64_t, Open> open_;
  std::uint64_t last_number_ = 0;
};

}  // namespace dosvc
