#pragma once

#include "core/job_service.h"
#include "dbus/proxy_door.h"

#include <systemd/sd-bus.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace dosvc {

class ProxyFile final : public FileView {
 public:
  ProxyFile(std::shared_ptr<ProxyDoor> door, JobId job, FileSnapshotPtr first)
      : door_(std::move(door)), job_(job), index_(first->file.index), known_(std::move(first)) {}

  FileSnapshotPtr snapshot() const override;
  FileSnapshotPtr known() const override;
  void learn(FileSnapshotPtr told);

 private:
  const std::shared_ptr<ProxyDoor> door_;
  const JobId job_;
  const std::uint32_t index_;
  mutable std::mutex mutex_;
  FileSnapshotPtr known_;
};

// A job of the service's, one object for all who look at it here. Getters ask the service; where that can't be they
// answer with what was last told. Thread-safe.
class ProxyJob final : public JobView {
 public:
  ProxyJob(std::shared_ptr<ProxyDoor> door, JobSnapshotPtr first)
      : door_(std::move(door)), id_(first->job.id), known_(std::move(first)) {}

  const JobId& id() const override { return id_; }
  JobSnapshotPtr snapshot() const override;
  JobSnapshotPtr known() const override;
  std::vector<std::shared_ptr<FileView>> files() const override;
  std::shared_ptr<FileView> file(std::uint32_t index) const override;
  std::shared_ptr<JobListener> listener() const override;

  // From the proxy's thread.
  void learn(JobSnapshotPtr told);
  void learn(FileSnapshotPtr told);
  void set_listener(std::shared_ptr<JobListener> listener);

 private:
  std::shared_ptr<FileView> known_file(std::uint32_t index) const;

  const std::shared_ptr<ProxyDoor> door_;
  const JobId id_;
  mutable std::mutex mutex_;  // for the rest
  JobSnapshotPtr known_;
  std::vector<std::shared_ptr<ProxyFile>> files_;
  std::shared_ptr<JobListener> listener_;
};

// The jobs that somebody here looks at. Belongs to the proxy's thread.
class KnownJobs {
 public:
  KnownJobs(std::shared_ptr<ProxyDoor> door, ServiceLink& link, std::function<void(const ProxyJob& job)> over)
      : door_(std::move(door)), link_(link), over_(std::move(over)) {}

  // Its one object, which now knows this. A job that is over is told to `over`.
  std::shared_ptr<ProxyJob> learn(JobSnapshotPtr told);
  std::shared_ptr<ProxyJob> find(const JobId& id) const;  // or empty
  std::vector<std::shared_ptr<JobView>> all() const;

  // Ask the service.
  void ask_job(const JobId& id, Reply<std::shared_ptr<ProxyJob>> reply);
  // Up to `at_most` files; how many there were. Nothing is learnt of a job that nobody looks at.
  void ask_files(const JobId& id, std::uint32_t first, std::uint32_t at_most, Reply<std::uint32_t> reply);
  void ask_list(bool all_users, Reply<std::vector<std::shared_ptr<JobView>>> reply);

 private:
  struct Listing;
  void ask_page(std::shared_ptr<Listing> listing);
  Result<std::size_t> read_page(sd_bus_message* from, Listing& into);

  const std::shared_ptr<ProxyDoor> door_;
  ServiceLink& link_;
  const std::function<void(const ProxyJob&)> over_;
  std::unordered_map<JobId, std::weak_ptr<ProxyJob>, UuidHash> jobs_;
  std::size_t tidy_at_ = 64;
};

}  // namespace dosvc
