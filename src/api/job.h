#pragma once

#include "api/job_calls.h"

#include <dosvc/bits_job.h>

namespace dosvc {

com_ptr<IBackgroundCopyJob> make_job(JobCalls calls);

}  // namespace dosvc
