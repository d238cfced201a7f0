#include "base/identity.h"

#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "base/log.h"

namespace dosvc {
namespace {

// The C library would change all threads of the process.
#ifdef SYS_setgroups32
constexpr long kSetGroups = SYS_setgroups32;
constexpr long kSetResGid = SYS_setresgid32;
constexpr long kSetResUid = SYS_setresuid32;
#else
constexpr long kSetGroups = SYS_setgroups;
constexpr long kSetResGid = SYS_setresgid;
constexpr long kSetResUid = SYS_setresuid;
#endif

bool set_groups(const std::vector<gid_t>& groups) noexcept {
  return ::syscall(kSetGroups, groups.size(), groups.data()) == 0;
}

// These two never tell of a failure: they answer what was before, and what is nobody's is what is now.
bool set_file_group(gid_t gid) {
  ::setfsgid(gid);
  return static_cast<gid_t>(::setfsgid(static_cast<gid_t>(-1))) == gid;
}
bool set_file_user(uid_t uid) {
  ::setfsuid(uid);
  return static_cast<uid_t>(::setfsuid(static_cast<uid_t>(-1))) == uid;
}

std::vector<gid_t> groups_of_this_thread() {
  const int count = std::max(0, ::getgroups(0, nullptr));
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  (void)::getgroups(count, groups.data());
  return groups;
}

// The kernel takes them from a thread of root's that acts for another. Where somebody has switched that off, or runs
// the service as another user with too much, the owner's rights would mean nothing.
bool looks_past_rights() {
  constexpr unsigned kPast = 1u << CAP_CHOWN | 1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH | 1u << CAP_FOWNER |
                             1u << CAP_FSETID | 1u << CAP_MKNOD;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  return ::syscall(SYS_capget, &header, data) != 0 || (data[0].effective & kPast) != 0;
}

[[noreturn]] void end_at_once() {
  log_error("a thread that acted for another user can't be itself again: the process ends");
  std::abort();
}

Error no_right(uid_t uid, const char* why) {
  return Error{
      E_ACCESSDENIED, ErrorContext::local_file,
      "a process of user " + std::to_string(::geteuid()) + " can't act for user " + std::to_string(uid) + ": " + why};
}

}  // namespace

Result<ActingAs> ActingAs::begin(const User& user) {
  if (user.uid == ::geteuid()) return ActingAs();
  ActingAs acting(groups_of_this_thread());
  if (!set_groups(user.groups)) {
    acting.own_groups_.reset();
    return no_right(user.uid, "it has no right to (CAP_SETUID, CAP_SETGID); run the job as its own user");
  }
  if (!set_file_group(user.gid) || !set_file_user(user.uid)) {
    return no_right(user.uid, "it has no right to (CAP_SETUID, CAP_SETGID); run the job as its own user");
  }
  if (looks_past_rights()) {
    return no_right(user.uid, "it would keep capabilities that look past the rights of files; start it without them");
  }
  return acting;
}

Result<ActingAs> ActingAs::begin(Users& users, uid_t uid) {
  if (uid == ::geteuid()) return ActingAs();
  return begin(*DO_TRY(users.find(uid)));
}

ActingAs::~ActingAs() {
  if (!own_groups_) return;
  if (set_file_user(::geteuid()) && set_file_group(::getegid()) && set_groups(*own_groups_)) return;
  end_at_once();
}

Result<WritingAs> WritingAs::begin(uid_t uid) {
  if (uid == ::geteuid()) return WritingAs(false);
  WritingAs writing(true);
  if (!set_file_user(uid)) return no_right(uid, "it has no right to (CAP_SETUID)");
  return writing;
}

WritingAs::~WritingAs() {
  if (changed_ && !set_file_user(::geteuid())) end_at_once();
}

void keep_within_quotas() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  if (::syscall(SYS_capget, &header, data) != 0) return;
  data[0].effective &= ~(1u << CAP_SYS_RESOURCE);
  data[0].permitted &= ~(1u << CAP_SYS_RESOURCE);
  (void)::syscall(SYS_capset, &header, data);
}

bool become_for_good(const User& user) noexcept {
  if (!set_groups(user.groups)) return false;
  if (::syscall(kSetResGid, user.gid, user.gid, user.gid) != 0) return false;
  if (::syscall(kSetResUid, user.uid, user.uid, user.uid) != 0) return false;
  // None is left where root became another; this is for all other ways to have had some.
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return false;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  return ::syscall(SYS_capset, &header, none) == 0;
}

}  // namespace dosvc
