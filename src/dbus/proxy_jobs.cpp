#include "dbus/proxy_jobs.h"

#include "dbus/codec.h"
#include "dbus/service_link.h"
#include "dbus/wire.h"

#include <algorithm>
#include <string>
#include <utility>

namespace dosvc {
namespace {

constexpr char kProperties[] = "org.freedesktop.DBus.Properties";

Error malformed() {
  return Error{E_UNEXPECTED, ErrorContext::none, "the service's answer can't be read: is it of another version?"};
}

// Asks the service for some files; false when that can't be done now.
bool ask_files(ProxyDoor& door, const JobId& id, std::uint32_t first, std::uint32_t at_most, std::uint32_t& got) {
  if (!door.may_wait()) return false;
  const auto count = door.ask<std::uint32_t>([=](ProxyParts& parts, Reply<std::uint32_t> reply) {
    parts.jobs.ask_files(id, first, at_most, std::move(reply));
  });
  got = count ? *count : 0;
  return count.ok();
}

}  // namespace

// ---- a file

FileSnapshotPtr ProxyFile::snapshot() const {
  std::uint32_t got = 0;
  (void)ask_files(*door_, job_, index_, 1, got);
  return known();
}

FileSnapshotPtr ProxyFile::known() const {
  const std::lock_guard lock(mutex_);
  return known_;
}

void ProxyFile::learn(FileSnapshotPtr told) {
  const std::lock_guard lock(mutex_);
  known_.swap(told);
}

// ---- a job

JobSnapshotPtr ProxyJob::snapshot() const {
  if (door_->may_wait()) {
    (void)door_->ask<std::shared_ptr<ProxyJob>>(
        [id = id_](ProxyParts& parts, auto reply) { parts.jobs.ask_job(id, std::move(reply)); });
  }
  return known();
}

JobSnapshotPtr ProxyJob::known() const {
  const std::lock_guard lock(mutex_);
  return known_;
}

std::vector<std::shared_ptr<FileView>> ProxyJob::files() const {
  std::uint32_t got = wire::kPageSize;
  for (std::uint32_t first = 0; got == wire::kPageSize; first += got) {
    if (!ask_files(*door_, id_, first, wire::kPageSize, got)) break;
  }
  const std::lock_guard lock(mutex_);
  return {files_.begin(), files_.end()};
}

// A file that was there stays.
std::shared_ptr<FileView> ProxyJob::file(std::uint32_t index) const {
  if (auto there = known_file(index)) return there;
  std::size_t known = 0;
  {
    const std::lock_guard lock(mutex_);
    known = files_.size();
  }
  if (known < index) (void)files();  // they are kept in order, without gaps
  std::uint32_t got = 0;
  (void)ask_files(*door_, id_, index, 1, got);
  return known_file(index);
}

std::shared_ptr<FileView> ProxyJob::known_file(std::uint32_t index) const {
  const std::lock_guard lock(mutex_);
  return index < files_.size() ? files_[index] : nullptr;
}

std::shared_ptr<JobListener> ProxyJob::listener() const {
  const std::lock_guard lock(mutex_);
  return listener_;
}

void ProxyJob::learn(JobSnapshotPtr told) {
  const std::lock_guard lock(mutex_);
  known_.swap(told);
}

void ProxyJob::learn(FileSnapshotPtr told) {
  const std::uint32_t index = told->file.index;
  const std::lock_guard lock(mutex_);
  if (index < files_.size()) {
    files_[index]->learn(std::move(told));
  } else if (index == files_.size()) {
    files_.push_back(std::make_shared<ProxyFile>(door_, id_, std::move(told)));
  }
}

void ProxyJob::set_listener(std::shared_ptr<JobListener> listener) {
  const std::lock_guard lock(mutex_);
  listener_.swap(listener);  // the old one goes after the lock
}

// ---- all of them

std::shared_ptr<ProxyJob> KnownJobs::learn(JobSnapshotPtr told) {
  if (jobs_.size() >= tidy_at_) {
    std::erase_if(jobs_, [](const auto& each) { return each.second.expired(); });
    tidy_at_ = std::max<std::size_t>(64, 2 * jobs_.size());
  }
  std::weak_ptr<ProxyJob>& place = jobs_[told->job.id];
  std::shared_ptr<ProxyJob> job = place.lock();
  const bool over = is_final(told->job.state());
  if (job) {
    job->learn(std::move(told));
  } else {
    job = std::make_shared<ProxyJob>(door_, std::move(told));
    place = job;
  }
  if (over) over_(*job);
  return job;
}

std::shared_ptr<ProxyJob> KnownJobs::find(const JobId& id) const {
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? nullptr : found->second.lock();
}

std::vector<std::shared_ptr<JobView>> KnownJobs::all() const {
  std::vector<std::shared_ptr<JobView>> all;
  for (const auto& [id, weak] : jobs_) {
    if (auto job = weak.lock()) all.push_back(std::move(job));
  }
  return all;
}

void KnownJobs::ask_job(const JobId& id, Reply<std::shared_ptr<ProxyJob>> reply) {
  ServiceCall call{wire::path_of(id), kProperties, "GetAll"};
  call.write = [](MessageWriter& arguments) { arguments.text(wire::kJob); };
  call.again = true;
  call.answered = [this, reply = std::move(reply)](Result<sd_bus_message*> answer) {
    if (!answer) return reply(answer.error());
    auto job = wire::read_job(*answer);
    if (!job) return reply(job.error());
    reply(learn(std::make_shared<const JobSnapshot>(std::move(job).take())));
  };
  link_.call(std::move(call));
}

void KnownJobs::ask_files(const JobId& id, std::uint32_t first, std::uint32_t at_most, Reply<std::uint32_t> reply) {
  ServiceCall call{wire::path_of(id), wire::kJob, "GetFiles"};
  call.write = [first, at_most](MessageWriter& arguments) { arguments.basic('u', &first).basic('u', &at_most); };
  call.again = true;
  call.answered = [this, id, reply = std::move(reply)](Result<sd_bus_message*> answer) {
    if (!answer) return reply(answer.error());
    if (sd_bus_message_enter_container(*answer, 'a', "a{sv}") < 0) return reply(malformed());
    const std::shared_ptr<ProxyJob> job = find(id);
    std::uint32_t count = 0;
    while (sd_bus_message_at_end(*answer, 0) == 0) {
      auto file = wire::read_file(*answer);
      if (!file) return reply(file.error());
      if (job) job->learn(std::make_shared<const FileSnapshot>(std::move(file).take()));
      ++count;
    }
    reply(count);
  };
  link_.call(std::move(call));
}

struct KnownJobs::Listing {
  bool all_users = false;
  std::string after = "/";
  std::vector<std::shared_ptr<JobView>> found;
  Reply<std::vector<std::shared_ptr<JobView>>> reply;
};

void KnownJobs::ask_list(bool all_users, Reply<std::vector<std::shared_ptr<JobView>>> reply) {
  auto listing = std::make_shared<Listing>();
  listing->all_users = all_users;
  listing->reply = std::move(reply);
  ask_page(std::move(listing));
}

void KnownJobs::ask_page(std::shared_ptr<Listing> listing) {
  ServiceCall call{wire::kManagerPath, wire::kManager, "ListJobs"};
  call.write = [listing](MessageWriter& arguments) {
    const int all_users = listing->all_users ? 1 : 0;
    const std::uint32_t at_most = wire::kPageSize;
    arguments.basic('b', &all_users).basic('o', listing->after.c_str()).basic('u', &at_most);
  };
  call.again = true;
  call.answered = [this, listing](Result<sd_bus_message*> answer) {
    if (!answer) return listing->reply(answer.error());
    const auto count = read_page(*answer, *listing);
    if (!count) return listing->reply(count.error());
    if (*count < wire::kPageSize) return listing->reply(std::move(listing->found));
    ask_page(listing);
  };
  link_.call(std::move(call));
}

Result<std::size_t> KnownJobs::read_page(sd_bus_message* from, Listing& into) {
  if (sd_bus_message_enter_container(from, 'a', "(oa{sv})") < 0) return malformed();
  std::size_t count = 0;
  while (sd_bus_message_enter_container(from, 'r', "oa{sv}") > 0) {
    const char* path = nullptr;
    if (sd_bus_message_read(from, "o", &path) <= 0) return malformed();
    into.after = path;
    into.found.push_back(learn(std::make_shared<const JobSnapshot>(DO_TRY(wire::read_job(from)))));
    if (sd_bus_message_exit_container(from) < 0) return malformed();
    ++count;
  }
  return count;
}

}  // namespace dosvc
