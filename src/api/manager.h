#pragma once

#include "api/service.h"

#include <dosvc/bits_manager.h>

namespace dosvc {

// Makes jobs of this view; finds those of both, each of which answers as the view it was made in.
com_ptr<IBackgroundCopyManager> make_manager(std::shared_ptr<Session> session, ApiView view);

}  // namespace dosvc
