#include "base/users.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include <utility>

namespace dosvc {
namespace {

constexpr auto kKeptFor = std::chrono::minutes(1);
constexpr std::size_t kMostKept = 500;
constexpr std::size_t kLongestEntry = 1024 * 1024;

bool means_unknown(int answer) {
  return answer == 0 || answer == ENOENT || answer == ESRCH || answer == EBADF || answer == EPERM;
}

std::vector<gid_t> groups_of(const char* name, gid_t gid) {
  std::vector<gid_t> groups(32);
  for (;;) {
    int count = static_cast<int>(groups.size());
    const bool all = ::getgrouplist(name, gid, groups.data(), &count) >= 0;
    const bool more = !all && static_cast<std::size_t>(count) > groups.size();
    groups.resize(static_cast<std::size_t>(count));
    if (!more) return groups;
  }
}

}  // namespace

Result<User> look_up_user(uid_t uid) {
  std::vector<char> texts(4096);
  passwd entry{};
  passwd* found = nullptr;
  int answer = 0;
  for (;;) {
    answer = ::getpwuid_r(uid, &entry, texts.data(), texts.size(), &found);
    if (answer == ERANGE && texts.size() < kLongestEntry) {
      texts.resize(2 * texts.size());
    } else if (answer != EINTR) {
      break;
    }
  }
  if (found) {
    return User{uid,           found->pw_gid,  groups_of(found->pw_name, found->pw_gid), found->pw_name,
                found->pw_dir, found->pw_shell};
  }
  if (means_unknown(answer)) return User{uid};
  return Error{HRESULT_FROM_WIN32(ERROR_NO_SUCH_DOMAIN), ErrorContext::local_file,
               "user " + std::to_string(uid) + " can't be looked up in the user database: " + ::strerror(answer)};
}

Result<std::shared_ptr<const User>> Users::find(uid_t uid) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(uid);
    if (known != known_.end() && now_() < known->second.until) return known->second.user;
  }
  auto user = std::make_shared<const User>(DO_TRY(look_up_(uid)));
  const std::lock_guard lock(mutex_);
  if (known_.size() >= kMostKept) known_.clear();
  known_[uid] = {user, now_() + kKeptFor};
  return std::shared_ptr<const User>(std::move(user));
}

}  // namespace dosvc
