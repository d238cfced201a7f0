#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/unique_fd.h"

namespace dosvc {

// Ends the services that were started on state directories in this folder, in good order, and waits until they have
// ended. Within the program there are none.
inline void end_services(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().filename() != "lock") continue;
    pid_t holder = 0;  // as StateDirectoryLock notes it
    std::ifstream(entry.path()) >> holder;
    if (holder <= 0 || holder == ::getpid()) continue;
    const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, holder, 0)));
    if (!process) continue;
    ASSERT_EQ(::kill(holder, SIGTERM), 0);
    pollfd ended{process.get(), POLLIN, 0};
    ASSERT_EQ(::poll(&ended, 1, 20'000), 1) << "the service " << holder << " doesn't end";
  }
}

}  // namespace dosvc
