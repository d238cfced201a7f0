#pragma once

#include "api/job_calls.h"

#include <dosvc/bits_file.h>

namespace dosvc {

// Keeps the values of `error` whatever becomes of the job; the file that it names stays live.
com_ptr<IBackgroundCopyError> make_error(const JobCalls& job, const JobError& error);

}  // namespace dosvc
