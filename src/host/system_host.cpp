#include "host/system_host.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <utility>

#include "base/guid.h"
#include "base/identity.h"
#include "base/text.h"

namespace dosvc {
namespace {

Error unusable(const std::string& folder, const std::string& why) {
  return {HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), ErrorContext::local_file,
          "can't use the folder " + escaped(folder) + ": " + why};
}

}  // namespace

SystemHost::SystemHost(std::string state_directory, Serves serves, const Timekeeper* time)
    : state_directory_(std::move(state_directory)), serves_(serves), time_(time) {
  const Uuid seed = Uuid::random();
  std::seed_seq sequence(seed.bytes.begin(), seed.bytes.end());
  generator_.seed(sequence);
}

WallTime SystemHost::wall_now() const {
  if (time_) return time_->wall_now();
  return std::chrono::floor<WallTime::duration>(std::chrono::system_clock::now());
}

Clock::duration SystemHost::asleep() const {
  const auto read = [](clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return Clock::duration(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
  };
  return read(CLOCK_BOOTTIME) - read(CLOCK_MONOTONIC);
}

// Made by its owner, since to make it and give it away would take a capability more. Users can't write to the folder
// that it lies in, so that none can take another's name there: it is our group that may. No file system of the user's
// is touched, so it doesn't keep the engine waiting.
Result<std::string> SystemHost::spool_folder(uid_t owner) {
  std::string folder = spool_of(state_directory_, serves_, owner);
  const ActingAs acting = DO_TRY(ActingAs::begin(User{owner, ::getegid()}));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return unusable(folder, ::strerror(errno));
  struct stat status {};
  if (::lstat(folder.c_str(), &status) != 0) return unusable(folder, ::strerror(errno));
  if (!S_ISDIR(status.st_mode) || status.st_uid != owner) return unusable(folder, "it is another user's");
  return folder;
}

}  // namespace dosvc
