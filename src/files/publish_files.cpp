#include "files/publish_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <optional>
#include <set>

#include "base/unique_fd.h"
#include "files/directory.h"
#include "files/errno_errors.h"
#include "files/posix_temp_file.h"

namespace dosvc {
namespace {

constexpr std::string_view kFolder = "a folder has this name; move it away or choose another name";
constexpr std::string_view kSpecial = "a device, pipe or socket has this name; move it away or choose another name";

// The name in an open directory: what the calls that end in "at" want.
struct Place {
  const Directory* directory;
  std::string leaf;
};

Result<Place> place_of(Directories& directories, const std::string& path) {
  const Directory* directory = DO_TRY(directories.holding(path));
  return Place{directory, std::string(leaf_of(path))};
}

// What has the name now, if anything; a symbolic link is itself.
Result<std::optional<struct stat>> look_at(const Place& place, const std::string& path) {
  struct stat status {};
  if (::fstatat(place.directory->fd(), place.leaf.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
    return std::optional(status);
  if (errno == ENOENT) return std::optional<struct stat>();
  return file_error(errno, path, "made");
}

timespec time_spec(WallTime time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  timespec spec{};
  spec.tv_sec = whole.time_since_epoch().count();
  spec.tv_nsec = std::chrono::nanoseconds(time - whole).count();
  return spec;
}

// Mode and time first: with its own name the file is complete.
Result<void> dress(int fd, const Publication& file) {
  if (::fchmod(fd, file.mode & 0777) != 0) return file_error(errno, file.temp_name, "given its mode");
  if (file.modified) {
    timespec times[2] = {};
    times[0].tv_nsec = UTIME_OMIT;
    times[1] = time_spec(*file.modified);
    if (::futimens(fd, times) != 0) return file_error(errno, file.temp_name, "given its time");
  }
  return {};
}

// A link is replaced by the rename, whatever it leads to; but nobody means to replace /dev/stdout.
bool leads_to_device(const Place& place, const struct stat& there) {
  if (!S_ISLNK(there.st_mode)) return !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode);
  struct stat target {};
  if (::fstatat(place.directory->fd(), place.leaf.c_str(), &target, 0) != 0) return false;
  return !S_ISREG(target.st_mode) && !S_ISDIR(target.st_mode);
}

// A batch of renames. Directories that got a name are remembered, with a file in them, until sync() makes them durable.
class Publisher {
 public:
  Result<void> publish(const Publication& file);
  // What became of the directory of `file`; syncs each once.
  Result<void> sync(const std::string& local_name);

 private:
  struct Unsynced {
    UniqueFd file_in_it;
    std::optional<Result<void>> result;
  };

  Directories directories_;
  std::map<const Directory*, Unsynced> unsynced_;
};

Result<void> Publisher::publish(const Publication& file) {
  const Place to = DO_TRY(place_of(directories_, file.local_name));
  const Place from = DO_TRY(place_of(directories_, file.temp_name));
  const std::optional<struct stat> there = DO_TRY(look_at(to, file.local_name));

  UniqueFd fd(::openat(from.directory->fd(), from.leaf.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (fd && ::fstat(fd.get(), &status) != 0) return file_error(errno, file.temp_name, "read");
  const bool gone = !fd && (errno == ENOENT || errno == ELOOP);
  if (!fd && !gone) return file_error(errno, file.temp_name, "read");
  const bool ours =
      fd && S_ISREG(status.st_mode) && (!file.identity.known() || same_file(identity_of(status), file.identity));
  if (!ours) {
    if (there && file.identity.known() && same_file(identity_of(*there), file.identity)) {
      // Renamed before; its directory may never have been synced.
      UniqueFd own(::openat(to.directory->fd(), to.leaf.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
      unsynced_[to.directory].file_in_it = std::move(own);
      return {};
    }
    return file_error(HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND), file.temp_name, "given its own name",
                      "it is gone, or isn't the file that was downloaded; it has to be downloaded anew");
  }

  // A rename would replace a device or a pipe without a word.
  if (there && S_ISDIR(there->st_mode)) {
    return file_error(HRESULT_FROM_WIN32(ERROR_DIRECTORY), file.local_name, "made", kFolder);
  }
  if (there && leads_to_device(to, *there)) {
    return file_error(HRESULT_FROM_WIN32(ERROR_FILE_EXISTS), file.local_name, "made", kSpecial);
  }
  DO_TRY(dress(fd.get(), file));
  if (::renameat(from.directory->fd(), from.leaf.c_str(), to.directory->fd(), to.leaf.c_str()) != 0) {
    return file_error(errno, file.local_name, "made");
  }
  unsynced_[to.directory].file_in_it = std::move(fd);
  return {};
}

Result<void> Publisher::sync(const std::string& local_name) {
  const Directory* directory = DO_TRY(directories_.holding(local_name));
  Unsynced& entry = unsynced_[directory];
  if (!entry.result) entry.result = directory->sync(entry.file_in_it.get());
  return *entry.result;
}

}  // namespace

Result<void> check_destinations(const std::vector<std::string>& local_names) {
  Directories directories;
  std::set<const Directory*> writable;
  for (const std::string& name : local_names) {
    const Place place = DO_TRY(place_of(directories, name));
    if (writable.insert(place.directory).second) DO_TRY(place.directory->check_writable());
    const std::optional<struct stat> there = DO_TRY(look_at(place, name));
    if (there && S_ISDIR(there->st_mode)) return file_error(E_INVALIDARG, name, "made", kFolder);
    if (there && leads_to_device(place, *there)) return file_error(E_INVALIDARG, name, "made", kSpecial);
  }
  return {};
}

std::vector<Result<void>> publish_files(const std::vector<Publication>& files) {
  Publisher publisher;
  std::vector<Result<void>> results;
  results.reserve(files.size());
  for (const Publication& file : files) results.push_back(publisher.publish(file));
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (results[i]) results[i] = publisher.sync(files[i].local_name);
  }
  return results;
}

}  // namespace dosvc
