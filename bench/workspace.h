#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace dosvc::bench {

// A folder of this run, on a real disk ($DOSVC_BENCH_DIR, else /var/tmp), removed with everything in it at the end. The
// commands that are measured find dosvc's state below it.
class Workspace {
 public:
  static Result<Workspace> create();
  Workspace(Workspace&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  Workspace& operator=(Workspace&&) = delete;
  ~Workspace();

  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

  Result<void> make_folder(const std::string& name) const;
  // A file of bytes that don't repeat, in the page cache and on disk when this returns.
  Result<void> make_file(const std::string& name, std::uint64_t size) const;
  Result<void> make_text(const std::string& name, const std::string& text) const;

  // Removes a file or folder and waits until the disk has nothing left to do, so that the next run starts even.
  void clear(const std::string& name) const;

 private:
  explicit Workspace(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

}  // namespace dosvc::bench
