#pragma once

#include <string>

#include "base/result.h"
#include "core/service_settings.h"
#include "service/options.h"

namespace dosvc::service {

// What holds where a configuration says nothing.
ServiceSettings default_settings(Kind kind);

// The settings that a file makes of `defaults`; a file that isn't there, or an empty path, changes nothing. Anything
// that isn't understood is an error with its line, so that a slip of the pen doesn't pass for a limit.
Result<ServiceSettings> read_configuration(const std::string& path, ServiceSettings defaults);

}  // namespace dosvc::service
