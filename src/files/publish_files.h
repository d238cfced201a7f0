#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "engine/files.h"

namespace dosvc {

// See Files; these are the calls' work, for the owner for whom the thread acts.
Result<void> check_destinations(const std::vector<std::string>& local_names);
std::vector<Result<void>> publish_files(const std::vector<Publication>& files);

}  // namespace dosvc
