#pragma once

#include "base/result.h"
#include "core/job.h"

#include <string_view>

namespace dosvc {

// Names as programs read and write them, in JSON and on the bus; "unknown" for what is no enumerator. Those of states
// and of reasons to wait stand with them and are for persons: "transient error" is "transient_error" to programs.
std::string_view name_of(ApiView view);
std::string_view name_of(AuthScheme scheme);
std::string_view name_of(AuthTarget target);
std::string_view name_of(ErrorContext context);
std::string_view name_of(FileStage stage);
std::string_view name_of(Priority priority);
std::string_view name_of(ProxyUsage usage);
std::string_view name_of(Verdict verdict);

}  // namespace dosvc
