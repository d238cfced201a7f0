// Stands in for dosvcd where its start is tested: takes connections at the socket that it is told, and does nothing
// with them, until it is killed. STAND_IN names a file that gets a line with the process's id for each start;
// STAND_IN_FAILS makes it refuse with that sentence, end without a word ("silent"), or never be ready ("hangs").

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

namespace {

std::string option(int argc, char** argv, std::string_view name) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (name == argv[i]) return argv[i + 1];
  }
  return {};
}

std::string_view variable(const char* name) {
  const char* value = ::getenv(name);
  return value ? value : "";
}

int listen_at(const std::filesystem::path& path) {
  if (::chdir(path.parent_path().c_str()) != 0) return -1;  // the path may be a long one
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  path.filename().string().copy(name.sun_path, sizeof name.sun_path - 1);
  ::unlink(name.sun_path);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 || ::listen(fd, 64) != 0) return -1;
  return fd;
}

}  // namespace

int main(int argc, char** argv) {
  std::ofstream(std::string(variable("STAND_IN")), std::ios::app) << ::getpid() << std::endl;
  const int ready = std::stoi(option(argc, argv, "--ready-fd"));
  const std::string_view fails = variable("STAND_IN_FAILS");
  if (fails == "silent") return 1;
  if (fails == "hangs") ::pause();
  if (!fails.empty()) return ::write(ready, fails.data(), fails.size()) < 0 ? 2 : 1;
  const int fd = listen_at(option(argc, argv, "--socket"));
  if (fd < 0 || ::write(ready, "\n", 1) != 1) return 1;
  ::close(ready);
  for (;;) ::close(::accept(fd, nullptr, nullptr));
}
