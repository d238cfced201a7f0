#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace dosvc {

// The group of files and programs of a user that the user database doesn't know: that of nobody.
inline constexpr gid_t kNoGroup = 65534;

// A user as the user database tells of him.
struct User {
  uid_t uid = 0;
  gid_t gid = kNoGroup;
  std::vector<gid_t> groups;  // all that he is in
  std::string name;           // this and the two below are empty for a user that isn't known
  std::string home;
  std::string shell;
};

// Asks the user database, which may be on the network: it can take its time. A user who isn't known there is a user all
// the same, of the group kNoGroup alone. ERROR_NO_SUCH_DOMAIN: the database can't be asked now.
Result<User> look_up_user(uid_t uid);

using LookUpUser = std::function<Result<User>(uid_t)>;

// What was looked up, kept for a minute and of a few hundred users at most. Any thread; asks on the caller's, and holds
// up nobody else meanwhile.
class Users {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Users(LookUpUser look_up = look_up_user, std::function<Time()> now = std::chrono::steady_clock::now)
      : look_up_(std::move(look_up)), now_(std::move(now)) {}

  Result<std::shared_ptr<const User>> find(uid_t uid);

 private:
  struct Known {
    std::shared_ptr<const User> user;
    Time until;
  };

  const LookUpUser look_up_;
  const std::function<Time()> now_;
  std::mutex mutex_;  // guards what is below
  std::unordered_map<uid_t, Known> known_;
};

}  // namespace dosvc
