#pragma once

#include "core/job_service.h"

namespace dosvc {

// A job as this caller may read it: its owner everything, an administrator all but the headers, which the owner alone
// may have given secrets ("IBackgroundCopyJobHttpOptions::GetCustomHeaders").
JobSnapshotPtr shown_to(const Caller& caller, JobSnapshotPtr job);

}  // namespace dosvc
