#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace dosvc {

// How many connections each server is asked for at once, by all jobs: one for each file that is being fetched, and
// those that files have beyond the first. Engine thread; outlives the shares it gave out.
class HostConnections {
 public:
  // One connection, as long as it lives.
  class [[nodiscard]] Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept : of_(std::exchange(other.of_, nullptr)), host_(std::move(other.host_)) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(of_, other.of_);
      std::swap(host_, other.host_);
      return *this;
    }
    ~Share() {
      if (of_) of_->give_back(host_);
    }

    const std::string& host() const { return host_; }

   private:
    friend class HostConnections;
    Share(HostConnections& of, std::string host) : of_(&of), host_(std::move(host)) {}

    HostConnections* of_ = nullptr;
    std::string host_;
  };

  // `host`: scheme, name and port.
  Share take(const std::string& host) {
    ++counts_[host];
    return Share(*this, host);
  }
  int count(const std::string& host) const {
    const auto found = counts_.find(host);
    return found == counts_.end() ? 0 : found->second;
  }

 private:
  void give_back(const std::string& host) {
    const auto found = counts_.find(host);
    if (--found->second == 0) counts_.erase(found);
  }

  std::map<std::string, int> counts_;
};

}  // namespace dosvc
