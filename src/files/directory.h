#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace dosvc {

// Of an absolute path: "/a/b" lies in "/a" and is called "b".
std::string_view folder_of(std::string_view path);
std::string_view leaf_of(std::string_view path);

// An open directory. Names used relative to it stay in it, whatever happens to its own path meanwhile.
class Directory {
 public:
  // Of an absolute path. ERROR_PATH_NOT_FOUND: there is none.
  static Result<Directory> open(std::string path);

  int fd() const { return fd_.get(); }
  const std::string& path() const { return path_; }

  // Whether files can be made here by whoever the thread acts for.
  Result<void> check_writable() const;
  // Makes the names in it durable. Where we may use the directory but not read it, `file_in_it` stands for its
  // filesystem.
  Result<void> sync(int file_in_it) const;

 private:
  Directory(UniqueFd fd, std::string path, bool readable)
      : fd_(std::move(fd)), path_(std::move(path)), readable_(readable) {}

  UniqueFd fd_;
  std::string path_;
  bool readable_;
};

// Makes the folders that lead to this file and aren't there yet, with this mode less the umask of the process.
Result<void> make_folders_to(std::string_view file, mode_t mode);

// The directories of one batch of files, each opened once.
class Directories {
 public:
  // The directory that holds `file`. The pointer is good as long as this object.
  Result<const Directory*> holding(const std::string& file);

 private:
  std::map<std::string, Result<Directory>, std::less<>> open_;
};

}  // namespace dosvc
