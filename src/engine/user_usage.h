#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace dosvc {

__extension__ typedef unsigned __int128 Wide;

// What one user has in the queue.
struct Usage {
  std::uint32_t jobs = 0;
  std::uint64_t files = 0;  // in these jobs
  Wide bytes = 0;           // in temporary files of his, and still to come into those that are being fetched
};

// What all users have, kept as it changes: no limit may cost a walk over the queue.
class UserUsage {
 public:
  Usage of(uid_t user) const {
    const auto found = users_.find(user);
    return found == users_.end() ? Usage{} : found->second;
  }

 private:
  friend class UsageShare;
  std::unordered_map<uid_t, Usage> users_;
};

// One job's part of it, which goes when the job does: it and the number of its files count for its owner, its bytes for
// whose files they are.
class UsageShare {
 public:
  explicit UsageShare(UserUsage& all) : users_(all.users_) {}
  ~UsageShare() { take_away(); }
  UsageShare(const UsageShare&) = delete;
  UsageShare& operator=(const UsageShare&) = delete;

  void set(uid_t owner, std::size_t files, uid_t files_of, Wide bytes) {
    take_away();
    Usage& usage = users_[owner];
    ++usage.jobs;
    usage.files += files;
    users_[files_of].bytes += bytes;
    owner_ = owner;
    files_ = files;
    files_of_ = files_of;
    bytes_ = bytes;
    counted_ = true;
  }

 private:
  void take_away() {
    if (!counted_) return;
    Usage& his = users_[owner_];
    --his.jobs;
    his.files -= files_;
    users_[files_of_].bytes -= bytes_;
    for (const uid_t user : {owner_, files_of_}) {
      const auto usage = users_.find(user);
      if (usage != users_.end() && usage->second.jobs == 0 && usage->second.bytes == 0) users_.erase(usage);
    }
  }

  std::unordered_map<uid_t, Usage>& users_;
  bool counted_ = false;
  uid_t owner_ = 0;
  std::size_t files_ = 0;
  uid_t files_of_ = 0;
  Wide bytes_ = 0;
};

}  // namespace dosvc
