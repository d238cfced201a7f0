#include "workspace.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

#include "process.h"

namespace dosvc::bench {

Result<Workspace> Workspace::create() {
  const char* chosen = ::getenv("DOSVC_BENCH_DIR");
  std::string path = std::string(chosen && *chosen ? chosen : "/var/tmp") + "/dosvc-bench-XXXXXX";
  if (!::mkdtemp(path.data())) return system_failed("making " + path);
  Workspace workspace{path};
  struct statfs disk {};
  if (::statfs(path.c_str(), &disk) != 0) return system_failed("looking at " + path);
  if (disk.f_type == TMPFS_MAGIC) return failed(path + " is not on a disk: set DOSVC_BENCH_DIR");
  ::setenv("DOSVC_MODE", "inproc", 1);
  ::setenv("DOSVC_STATE_DIR", (workspace / "state").c_str(), 1);
  ::setenv("DOSVC_MODE", "inproc", 1);
  return workspace;
}

Workspace::~Workspace() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Result<void> Workspace::make_folder(const std::string& name) const {
  std::error_code error;
  std::filesystem::create_directories(path_ / name, error);
  if (error) return failed("making " + *this / name + ": " + error.message());
  return {};
}

Result<void> Workspace::make_file(const std::string& name, std::uint64_t size) const {
  const std::string path = *this / name;
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file) return system_failed("making " + path);
  std::mt19937_64 numbers(size);
  // Large writes take large blocks of memory, and leave the small ones to what is measured.
  std::vector<std::uint64_t> block(std::min<std::uint64_t>(size, 4 << 20) / sizeof(std::uint64_t));
  while (size > 0) {
    std::generate(block.begin(), block.end(), std::ref(numbers));
    const std::size_t bytes = std::min<std::uint64_t>(size, block.size() * sizeof block[0]);
    if (::write(file.get(), block.data(), bytes) != static_cast<ssize_t>(bytes))
      return system_failed("filling " + path);
    size -= bytes;
  }
  if (::fsync(file.get()) != 0) return system_failed("saving " + path);
  return {};
}

Result<void> Workspace::make_text(const std::string& name, const std::string& text) const {
  const std::string path = *this / name;
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return system_failed("writing " + path);
  }
  return {};
}

void Workspace::clear(const std::string& name) const {
  std::error_code ignored;
  std::filesystem::remove_all(path_ / name, ignored);
  if (const UniqueFd folder(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); folder) ::syncfs(folder.get());
}

}  // namespace dosvc::bench
