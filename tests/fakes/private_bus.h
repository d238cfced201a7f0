#pragma once

#include "base/unique_fd.h"
#include "fakes/temp_folder.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace dosvc {

// A message bus of the test's own, with the rules of a session bus; there is none where dbus-daemon isn't installed.
class PrivateBus {
 public:
  PrivateBus() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    const UniqueFd reading(ends[0]);
    UniqueFd writing(ends[1]);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, writing.get(), STDOUT_FILENO);
    std::string program = "dbus-daemon", session = "--session", stay = "--nofork", tell = "--print-address=1";
    std::string address = "--address=" + this->address();
    char* const arguments[] = {program.data(), session.data(), stay.data(), tell.data(), address.data(), nullptr};
    if (::posix_spawnp(&daemon_, "dbus-daemon", &actions, nullptr, arguments, environ) != 0) daemon_ = 0;
    ::posix_spawn_file_actions_destroy(&actions);
    writing.reset();
    char first = 0;
    if (daemon_ != 0 && ::read(reading.get(), &first, 1) != 1) stop();  // it tells its address when it listens
  }
  ~PrivateBus() { stop(); }
  PrivateBus(const PrivateBus&) = delete;
  PrivateBus& operator=(const PrivateBus&) = delete;

  bool there() const { return daemon_ != 0; }
  std::string address() const { return "unix:path=" + (folder_ / "bus"); }
  void stop() {
    if (daemon_ == 0) return;
    ::kill(daemon_, SIGKILL);
    ::waitpid(daemon_, nullptr, 0);
    daemon_ = 0;
  }

 private:
  TempFolder folder_;
  pid_t daemon_ = 0;
};

}  // namespace dosvc
