#pragma once

#include "api/job_calls.h"

#include <dosvc/bits_file.h>

namespace dosvc {

// One file of the job that the calls are about; goes on answering when the job is gone.
com_ptr<IBackgroundCopyFile> make_file(JobCalls job, std::shared_ptr<FileView> file);

}  // namespace dosvc
