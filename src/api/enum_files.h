#pragma once

#include "core/job_service.h"

#include <dosvc/bits_file.h>

namespace dosvc {

// The files that the job has now.
com_ptr<IEnumBackgroundCopyFiles> make_enum_files(ApiView view, const JobView& job);

}  // namespace dosvc
