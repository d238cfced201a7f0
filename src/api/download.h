#pragma once

#include "api/service.h"

#include <dosvc/do_download.h>

#include <memory>

namespace dosvc {

com_ptr<IDODownload> make_download(std::shared_ptr<Session> session, std::shared_ptr<JobView> view);

}  // namespace dosvc
