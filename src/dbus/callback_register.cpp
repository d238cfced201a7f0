#include "dbus/callback_register.h"

#include "dbus/codec.h"
#include "dbus/service_link.h"
#include "dbus/wire.h"

#include <string_view>
#include <utility>

namespace dosvc {
namespace {

constexpr char kCallbackPath[] = "/org/dosvc1/callback";

std::optional<NotificationKind> kind_of(std::string_view member) {
  if (member == "JobTransferred") return NotificationKind::transferred;
  if (member == "JobError") return NotificationKind::error;
  if (member == "JobModification") return NotificationKind::modification;
  if (member == "FileTransferred") return NotificationKind::file_transferred;
  if (member == "FileRangesTransferred") return NotificationKind::ranges_transferred;
  return std::nullopt;
}

Result<Notification> read_notification(NotificationKind kind, sd_bus_message* message) {
  const Error malformed{E_INVALIDARG, ErrorContext::none, "the notification can't be read"};
  const char* path = nullptr;
  if (sd_bus_message_read(message, "o", &path) <= 0) return malformed;
  Notification notification{kind, std::make_shared<const JobSnapshot>(DO_TRY(wire::read_job(message)))};
  const bool of_ranges = kind == NotificationKind::ranges_transferred;
  if (of_ranges || kind == NotificationKind::file_transferred) {
    if (sd_bus_message_read(message, "u", &notification.file) <= 0) return malformed;
  }
  if (of_ranges) notification.ranges = DO_TRY(wire::read_ranges(message));
  return notification;
}

bool hears_of_modifications(const Job& job) {
  return job.download || ((job.notify_flags & kNotifyModification) && !(job.notify_flags & kNotifyDisable));
}

}  // namespace

std::optional<CallbackRegister::Event> CallbackRegister::event_of(const Notification& notification) {
  const Job& job = notification.job->job;
  switch (notification.kind) {
    case NotificationKind::error:
      return Event{notification.kind, job.error_count, {}};
    case NotificationKind::transferred:
      return Event{notification.kind, 0, job.transfer_completed};
    default:
      return std::nullopt;
  }
}

void CallbackRegister::send(const JobId& id, bool listen, bool of_connection, Reply<void> reply) {
  ServiceCall call{wire::path_of(id), wire::kJob, "SetListener"};
  call.write = [listen](MessageWriter& arguments) { arguments.basic('o', listen ? kCallbackPath : "/"); };
  call.again = !of_connection;
  call.of_connection = of_connection;
  call.answered = [reply = std::move(reply)](const Result<sd_bus_message*>& answer) {
    reply(answer ? Result<void>() : Result<void>(answer.error()));
  };
  link_.call(std::move(call));
}

// The service may call the listener before it has answered this.
void CallbackRegister::set(const JobId& id, std::shared_ptr<ProxyJob> job, std::shared_ptr<JobListener> listener,
                           Reply<void> reply) {
  const bool listens = listener != nullptr;
  Entry& entry = entries_[id];
  entry.job = std::move(job);
  if (!entry.before) entry.before = std::move(entry.listener);
  entry.listener = std::move(listener);
  entry.registration = ++last_number_;
  entry.taken.reset();
  entry.told.reset();
  send(id, listens, false,
       [this, id, registration = entry.registration, reply = std::move(reply)](const Result<void>& set) {
         was_set(id, registration, set);
         reply(set);
       });
}

void CallbackRegister::was_set(const JobId& id, std::uint64_t registration, const Result<void>& set) {
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.registration != registration) return;
  Entry& entry = found->second;
  if (!set) entry.listener = std::move(entry.before);
  entry.before = nullptr;
  if (entry.job) entry.job->set_listener(entry.listener);
  if (!entry.listener) entries_.erase(found);
}

void CallbackRegister::register_again() {
  for (const auto& [id, entry] : entries_) {
    if (!entry.listener || entry.before) continue;
    send(id, true, true, [this, id = id, registration = entry.registration](const Result<void>& set) {
      const auto found = entries_.find(id);
      const bool gone = !set && (set.error().code == BG_E_NOT_FOUND || set.error().code == E_ACCESSDENIED);
      if (!gone || found == entries_.end() || found->second.registration != registration) return;
      const std::shared_ptr<ProxyJob> job = found->second.job;
      entries_.erase(found);
      if (job) job->set_listener(nullptr);
    });
  }
}

void CallbackRegister::forget_calls() {
  for (auto& [number, open] : open_) open.message = nullptr;
  std::erase_if(open_, [](const auto& each) { return !each.second.event; });
}

// The service's own last word may come later than the answer to the call that ended the job, or not at all.
void CallbackRegister::job_is_over(const ProxyJob& job) {
  const auto found = entries_.find(job.id());
  if (found == entries_.end()) return;
  const Entry entry = std::move(found->second);
  entries_.erase(found);
  if (entry.job) entry.job->set_listener(nullptr);
  const JobSnapshotPtr last = job.known();
  if (entry.listener && hears_of_modifications(last->job))
    entry.listener->notify({NotificationKind::modification, last}, [](bool) {});
}

bool CallbackRegister::call(KnownJobs& jobs, BusConnection& connection, sd_bus_message* message) {
  const char* member = sd_bus_message_get_member(message);
  if (sd_bus_message_is_method_call(message, wire::kCallback, nullptr) <= 0 || !member) return false;
  const auto kind = kind_of(member);
  if (!kind) return false;
  auto read = read_notification(*kind, message);
  if (!read) {
    connection.refuse(message, read.error());
    return true;
  }
  Notification notification = std::move(read).take();
  const JobId id = notification.job->job.id;
  const auto held = jobs.learn(notification.job);  // which may have ended its registration
  const auto found = entries_.find(id);
  if (found == entries_.end() || !found->second.listener) {
    answer(message, false);
    return true;
  }
  found->second.job = held;
  if (!notification.job->job.download) {
    tell(found->second, std::move(notification), keep(message));
    return true;
  }
  // Who takes part in a download looks at its file as well, and on this thread, where it can't be asked for.
  jobs.ask_files(id, 0, 1,
                 [this, id, notification, kept = std::make_shared<MessagePtr>(keep(message))](const auto&) mutable {
                   const auto still = entries_.find(id);
                   if (still != entries_.end() && still->second.listener)
                     return tell(still->second, std::move(notification), std::move(*kept));
                   answer(kept->get(), false);
                 });
  return true;
}

void CallbackRegister::tell(Entry& entry, Notification notification, MessagePtr message) {
  const auto event = event_of(notification);
  if (event && entry.taken == event) return answer(message.get(), true);
  if (event && entry.told == event) {
    open_[entry.told_by].message = std::move(message);
    return;
  }
  const std::uint64_t number = ++last_number_;
  open_[number] = {std::move(message), notification.job->job.id, entry.registration, event};
  if (event) {
    entry.told = event;
    entry.told_by = number;
  }
  const std::shared_ptr<JobListener> listener = entry.listener;
  // The number alone: a message belongs to this thread.
  listener->notify(std::move(notification), [door = door_, number](bool taken) {
    (void)door->run([number, taken](ProxyParts& parts) { parts.callbacks.answered(number, taken); });
  });
}

void CallbackRegister::answered(std::uint64_t number, bool taken) {
  auto node = open_.extract(number);
  if (!node) return;
  const Open& open = node.mapped();
  const auto found = entries_.find(open.job);
  if (open.event && found != entries_.end() && found->second.registration == open.registration) {
    if (taken) found->second.taken = open.event;
    if (found->second.told_by == number) found->second.told.reset();
  }
  answer(open.message.get(), taken);
}

void CallbackRegister::answer(sd_bus_message* message, bool taken) {
  BusConnection* const connection = link_.connection();
  if (!message || !connection || sd_bus_message_get_bus(message) != connection->raw()) return;
  const auto code = static_cast<std::uint32_t>(taken ? S_OK : E_FAIL);
  MessageWriter writer = connection->answer_message(message);
  writer.basic('u', &code);
  connection->send(std::move(writer));
}

}  // namespace dosvc
