#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace dosvc::cli {

// Where each URL's content goes, as absolute paths: what -o says (`outputs`, none or one for each URL), else a safe
// name after the URL in `folder`. An error when a path is no place for a file, or two would be the same.
Result<std::vector<std::string>> destinations(const std::vector<std::string>& urls,
                                              const std::vector<std::string>& outputs, const std::string& folder);

}  // namespace dosvc::cli
