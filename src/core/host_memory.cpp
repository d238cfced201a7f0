#include "core/host_memory.h"

#include "core/retry_policy.h"

#include <algorithm>
#include <utility>

namespace dosvc {
namespace {

constexpr auto kKeep = std::chrono::hours(1);
constexpr int kFailuresUntilProbing = 2;
constexpr int kAllowedUntilForgotten = 8;

// What is wrong with the host, or the way to it, rather than with what was asked for.
bool is_of_host(FailureKind kind) {
  return kind == FailureKind::name || kind == FailureKind::connection || kind == FailureKind::overload ||
         kind == FailureKind::rate_limit;
}

}  // namespace

void HostMemory::failed(const std::string& host, const Failure& failure, Clock::time_point now) {
  if (!is_of_host(failure.kind)) return;
  Memory& memory = hosts_[host];
  memory.last_failure = now;
  ++memory.failures;
  std::optional<std::chrono::seconds> leave_alone;
  if (failure.kind == FailureKind::rate_limit) leave_alone = failure.retry_after.value_or(kRateLimitDelay);
  if (failure.kind == FailureKind::overload) leave_alone = failure.retry_after;
  if (leave_alone && *leave_alone > std::chrono::seconds(0)) {
    close(host, memory, now + std::min(*leave_alone, kLongestRetryDelay));
  }
  if (memory.closed_until || memory.allowed || memory.failures >= kFailuresUntilProbing) memory.allowed = 1;
}

void HostMemory::close(const std::string& host, Memory& memory, Clock::time_point until) {
  if (memory.closed_until && *memory.closed_until >= until) return;
  open(host, memory);
  memory.closed_until = until;
  openings_.emplace(until, host);
}

void HostMemory::open(const std::string& host, Memory& memory) {
  if (memory.closed_until) openings_.erase({*memory.closed_until, host});
  memory.closed_until.reset();
}

void HostMemory::answered(const std::string& host) {
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) return;
  Memory& memory = found->second;
  memory.failures = 0;
  if (memory.closed_until) return;  // asked before the host said that it wants none
  if (!memory.allowed || ++*memory.allowed > kAllowedUntilForgotten) hosts_.erase(found);
}

void HostMemory::forgive(const std::string& host) {
  const auto found = hosts_.find(host);
  if (found != hosts_.end()) open(host, found->second);
}

std::vector<std::string> HostMemory::forget_unreachable() {
  std::vector<std::string> forgotten;
  std::erase_if(hosts_, [&](const auto& each) {
    if (each.second.closed_until) return false;
    forgotten.push_back(each.first);
    return true;
  });
  return forgotten;
}

std::optional<int> HostMemory::limit(const std::string& host) const {
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) return std::nullopt;
  return found->second.closed_until ? 0 : found->second.allowed;
}

std::optional<Clock::time_point> HostMemory::closed_until(const std::string& host) const {
  const auto found = hosts_.find(host);
  return found == hosts_.end() ? std::nullopt : found->second.closed_until;
}

std::optional<Clock::time_point> HostMemory::next_opening() const {
  return openings_.empty() ? std::nullopt : std::optional(openings_.begin()->first);
}

std::vector<std::string> HostMemory::open_due(Clock::time_point now) {
  std::vector<std::string> opened;
  while (!openings_.empty() && openings_.begin()->first <= now) {
    opened.push_back(openings_.begin()->second);
    hosts_.at(opened.back()).closed_until.reset();
    openings_.erase(openings_.begin());
  }
  return opened;
}

std::vector<std::string> HostMemory::forget_old(Clock::time_point now) {
  std::vector<std::string> forgotten;
  std::erase_if(hosts_, [&](const auto& each) {
    if (each.second.closed_until || now - each.second.last_failure < kKeep) return false;
    forgotten.push_back(each.first);
    return true;
  });
  return forgotten;
}

}  // namespace dosvc
