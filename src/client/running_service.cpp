#include "client/running_service.h"

namespace dosvc {

Result<std::optional<RunningService>> find_running_service() { return std::optional<RunningService>(); }

}  // namespace dosvc
