#pragma once

#include <sys/types.h>

#include <optional>
#include <set>

namespace dosvc {

// Who is logged on. Accounts of the system never log on or off, and count as there.
struct Presence {
  static constexpr uid_t kFirstPerson = 1000;

  std::optional<std::set<uid_t>> users;  // with a session, or lingering; empty: nobody can tell, and all count as there

  bool is_here(uid_t user) const { return !users || user < kFirstPerson || users->contains(user); }
};

}  // namespace dosvc
