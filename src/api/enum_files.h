#pragma once

#include "api/job_calls.h"

#include <dosvc/bits_file.h>

namespace dosvc {

// The files that the job has now.
com_ptr<IEnumBackgroundCopyFiles> make_enum_files(const JobCalls& job);

}  // namespace dosvc
