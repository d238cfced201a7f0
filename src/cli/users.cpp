#include "cli/users.h"

#include <pwd.h>

#include <vector>

#include "base/text.h"

namespace dosvc::cli {

std::string user_name(uid_t user) {
  std::vector<char> room(16 << 10);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, room.data(), room.size(), &found) != 0 || !found) return std::to_string(user);
  return escaped(found->pw_name);
}

}  // namespace dosvc::cli
