#include "dbus/queue_followers.h"

#include "base/log.h"
#include "dbus/codec.h"
#include "dbus/service_link.h"
#include "dbus/wire.h"

#include <unistd.h>

#include <string_view>
#include <unordered_set>
#include <utility>

namespace dosvc {
namespace {

bool same(const JobSnapshot& a, const JobSnapshot& b) {
  return a.job == b.job && a.progress.bytes_transferred == b.progress.bytes_transferred &&
         a.progress.bytes_total == b.progress.bytes_total &&
         a.progress.files_transferred == b.progress.files_transferred &&
         a.progress.files_total == b.progress.files_total && a.wait == b.wait && a.next_attempt == b.next_attempt;
}

std::optional<JobId> read_job_path(sd_bus_message* message) {
  const char* path = nullptr;
  return sd_bus_message_read(message, "o", &path) > 0 ? wire::job_at(path) : std::nullopt;
}

}  // namespace

void QueueFollowers::add(bool all_users, std::weak_ptr<QueueObserver> observer) {
  followers_.push_back({all_users, std::move(observer)});
  subscribe();
  // What there is now is what a later difference is told from.
  look_anew(false);
}

bool QueueFollowers::empty() {
  std::erase_if(followers_, [](const Follower& each) { return each.observer.expired(); });
  return followers_.empty();
}

bool QueueFollowers::all_users() const {
  for (const Follower& each : followers_) {
    if (each.all_users) return true;
  }
  return false;
}

void QueueFollowers::subscribe() {
  ServiceCall call{wire::kManagerPath, wire::kManager, "Subscribe"};
  call.write = [all = all_users() ? 1 : 0](MessageWriter& arguments) { arguments.basic('b', &all); };
  call.again = true;
  call.answered = [](const Result<sd_bus_message*>& answer) {
    if (!answer) log_warning("the queue can't be followed: {}", answer.error().message);
  };
  link_.call(std::move(call));
}

void QueueFollowers::subscribe_again() {
  if (empty()) return;
  subscribe();
  look_anew(true);
}

// The list comes in parts, and between them signals of what has happened meanwhile, which count more.
void QueueFollowers::look_anew(bool tell) {
  std::vector<JobId> before;
  for (const auto& [id, told] : told_) before.push_back(id);
  jobs_.ask_list(all_users(), [this, tell, before](Result<std::vector<std::shared_ptr<JobView>>> listed) {
    if (!listed) return;
    std::unordered_set<JobId, UuidHash> there;
    for (const auto& view : *listed) {
      there.insert(view->id());
      const auto job = jobs_.find(view->id());
      if (is_final(job->known()->job.state())) continue;
      if (tell) {
        changed(job);
      } else {
        told_.try_emplace(job->id(), Told{job, job->known()});
      }
    }
    for (const JobId& id : before) {
      if (!there.contains(id)) gone(id);
    }
  });
}

bool QueueFollowers::signal(sd_bus_message* message) {
  if (sd_bus_message_is_signal(message, wire::kManager, "JobRemoved") > 0) {
    if (const auto id = read_job_path(message)) gone(*id);
  } else if (sd_bus_message_is_signal(message, wire::kManager, "JobChanged") > 0) {
    if (!read_job_path(message)) return true;
    auto job = wire::read_job(message);
    if (job) changed(jobs_.learn(std::make_shared<const JobSnapshot>(std::move(job).take())));
  } else {
    return false;
  }
  return true;
}

void QueueFollowers::changed(const std::shared_ptr<ProxyJob>& job) {
  const JobSnapshotPtr now = job->known();
  const auto before = told_.find(job->id());
  if (before != told_.end() && same(*before->second.as, *now)) return;
  told_[job->id()] = {job, now};
  tell(now->job, [&](QueueObserver& observer) { observer.changed(job); });
}

void QueueFollowers::gone(const JobId& id) {
  const auto node = told_.extract(id);
  if (node) tell(node.mapped().as->job, [&](QueueObserver& observer) { observer.gone(id); });
}

template <class Call>
void QueueFollowers::tell(const Job& job, Call call) {
  for (const Follower& each : std::vector<Follower>(followers_)) {
    const auto observer = each.observer.lock();
    if (observer && (each.all_users || job.owner == ::geteuid())) call(*observer);
  }
}

}  // namespace dosvc
