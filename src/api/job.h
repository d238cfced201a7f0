#pragma once

#include "api/service.h"

#include <dosvc/bits_job.h>

namespace dosvc {

com_ptr<IBackgroundCopyJob> make_job(std::shared_ptr<Session> session, std::shared_ptr<JobView> view);

}  // namespace dosvc
