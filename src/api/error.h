#pragma once

#include "core/job_service.h"

#include <dosvc/bits_file.h>

namespace dosvc {

// Keeps the values of `error` whatever becomes of the job; the file that it names stays live.
com_ptr<IBackgroundCopyError> make_error(ApiView view, const JobError& error, const JobView& job);

}  // namespace dosvc
