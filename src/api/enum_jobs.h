#pragma once

#include "api/service.h"

#include <dosvc/bits_job.h>

#include <memory>
#include <vector>

namespace dosvc {

com_ptr<IEnumBackgroundCopyJobs> make_enum_jobs(const std::shared_ptr<Session>& session,
                                                std::vector<std::shared_ptr<JobView>> jobs);

}  // namespace dosvc
