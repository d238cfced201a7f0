#include "host/system_host.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <utility>

#include "base/guid.h"
#include "base/text.h"

namespace dosvc {

SystemHost::SystemHost(std::string state_directory, const Timekeeper* time)
    : state_directory_(std::move(state_directory)), time_(time) {
  const Uuid seed = Uuid::random();
  std::seed_seq sequence(seed.bytes.begin(), seed.bytes.end());
  generator_.seed(sequence);
}

WallTime SystemHost::wall_now() const {
  if (time_) return time_->wall_now();
  return std::chrono::floor<WallTime::duration>(std::chrono::system_clock::now());
}

// One user's service: the folder is that of the user who runs it.
Result<std::string> SystemHost::spool_folder(uid_t) {
  std::string folder = state_directory_ + "/spool";
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return Error{HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), ErrorContext::local_file,
                 "can't make the folder " + escaped(folder) + ": " + ::strerror(errno)};
  }
  return folder;
}

}  // namespace dosvc
