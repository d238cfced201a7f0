#pragma once

#include "core/job_service.h"

#include <dosvc/bits_file.h>

namespace dosvc {

com_ptr<IBackgroundCopyFile> make_file(ApiView view, std::shared_ptr<FileView> file);

}  // namespace dosvc
