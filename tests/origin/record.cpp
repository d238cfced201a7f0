#include "origin/record.h"

namespace dosvc::origin {

std::vector<Request> Record::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<Request> Record::requests_of(const std::string& path) const {
  std::lock_guard lock(mutex_);
  std::vector<Request> found;
  for (const Request& request : requests_) {
    if (request.path == path) found.push_back(request);
  }
  return found;
}

std::uint64_t Record::bytes_sent(const std::string& path) const {
  std::lock_guard lock(mutex_);
  const auto found = bytes_.find(path);
  return found == bytes_.end() ? 0 : found->second;
}

std::uint64_t Record::bytes_sent() const {
  std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& entry : bytes_) sum += entry.second;
  return sum;
}

std::uint64_t Record::connections() const {
  std::lock_guard lock(mutex_);
  return connections_ - forgotten_connections_;
}

bool Record::wait_for_requests(const std::string& path, std::size_t count, std::chrono::milliseconds at_most) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, at_most, [&] {
    const auto found = counts_.find(path);
    return (found == counts_.end() ? 0 : found->second) >= count;
  });
}

bool Record::wait_for_bytes(const std::string& path, std::uint64_t count, std::chrono::milliseconds at_most) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, at_most, [&] {
    const auto found = bytes_.find(path);
    return (found == bytes_.end() ? 0 : found->second) >= count;
  });
}

void Record::clear() {
  std::lock_guard lock(mutex_);
  requests_.clear();
  counts_.clear();
  bytes_.clear();
  forgotten_connections_ = connections_;
}

std::uint64_t Record::count_connection() {
  std::lock_guard lock(mutex_);
  return ++connections_;
}

void Record::add(const Request& request) {
  std::lock_guard lock(mutex_);
  requests_.push_back(request);
  ++counts_[request.path];
  changed_.notify_all();
}

void Record::add_bytes(const std::string& path, std::uint64_t bytes) {
  std::lock_guard lock(mutex_);
  bytes_[path] += bytes;
  changed_.notify_all();
}

}  // namespace dosvc::origin
