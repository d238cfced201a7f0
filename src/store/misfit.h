#pragma once

#include "core/job.h"

namespace dosvc {

// The column that would hold something that can't be, or null. Asked before writing and after reading, so that what was
// written can always be read.
const char* misfit(const Job& job);
const char* misfit(const File& file);

}  // namespace dosvc
