#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace dosvc {

// Makes a folder, and those above it, with mode 0700 where it isn't there. E_ACCESSDENIED when it is another user's, or
// others may write to it: they could put a queue or a socket of their own there. The descriptor (O_PATH) stands for the
// folder that was looked at.
Result<UniqueFd> make_private_folder(const std::string& path);

}  // namespace dosvc
