#pragma once

#include <memory>

#include "base/result.h"
#include "core/job_service.h"

namespace dosvc {

// Loads libdosvc-inproc, once and for good, and has it open the queue of the environment. It is looked for beside the
// program or library that this code is part of, then in ../lib from there, then where the system keeps libraries.
// DO_E_NO_SERVICE when it is missing, can't be loaded or is of another build.
Result<std::unique_ptr<JobService>> open_in_process_library(bool transfers);

}  // namespace dosvc
