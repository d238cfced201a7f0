#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace dosvc {

// Starts a program that outlives this one: in a session of its own, no child of ours, with nothing of ours but the
// environment; input and output are /dev/null, signals as at the beginning, the current folder "/". `arguments` begins
// with its full path.
//
// What it writes to descriptor kReadyFd, or why it can't be run, comes out of the pipe that is returned.
inline constexpr int kReadyFd = 3;
Result<UniqueFd> start_detached(std::vector<std::string> arguments);

}  // namespace dosvc
