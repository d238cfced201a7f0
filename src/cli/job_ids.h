#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/job_service.h"

namespace dosvc::cli {

inline constexpr std::size_t kShortestAbbreviation = 4;

// The one of `ids` that `typed` means: the whole id, or its first characters (at least kShortestAbbreviation, any case)
// when no other begins so. BG_E_NOT_FOUND, or E_INVALIDARG when it is too short or means several.
Result<JobId> find_id(std::string_view typed, const std::vector<JobId>& ids);

// As find_id(), among the caller's jobs; for root among all. A whole id finds any job that the caller may see.
Result<std::shared_ptr<JobView>> find_job(JobService& service, std::string_view typed);
// Each job once, in the order typed; all or an error.
Result<std::vector<std::shared_ptr<JobView>>> find_jobs(JobService& service, const std::vector<std::string>& typed);

// What is shown for an id in lists and hints: short, but long enough to be typed.
std::string short_id(const JobId& id);

}  // namespace dosvc::cli
