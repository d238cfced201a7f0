// dosvcd on a disk that never answers: what is to be synced of a temporary file never is. The shipped program's code,
// with functions of the C library in their place. Never installed.

#include <sys/syscall.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "service/service_main.h"

namespace {

bool is_temporary(int fd) {
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t length = ::readlink(link.c_str(), path, sizeof path);
  return length > 0 && std::string_view(path, static_cast<std::size_t>(length)).ends_with(".part");
}

int never_for_temporary(int fd, long call) {
  while (is_temporary(fd)) ::pause();
  return static_cast<int>(::syscall(call, fd));
}

}  // namespace

extern "C" {
int fsync(int fd) { return never_for_temporary(fd, SYS_fsync); }
int fdatasync(int fd) { return never_for_temporary(fd, SYS_fdatasync); }
int syncfs(int fd) noexcept { return never_for_temporary(fd, SYS_syncfs); }
}

int main(int argc, char** argv) { return dosvc::service::service_main(argc, argv, nullptr); }
