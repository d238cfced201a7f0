#pragma once

#include <string>
#include <vector>

#include "core/job_service.h"

// What lists and the monitor say of a job.
namespace dosvc::cli {

// Oldest first, as they were queued. E_ACCESSDENIED: the caller may not see those of all users.
Result<std::vector<std::shared_ptr<JobView>>> jobs_by_age(const JobService& service, bool all_users);

std::string short_bytes_text(const Progress& progress);  // "45% of 1.2 GiB"
// What it waits for, as a sentence goes on: "the next try at …"; empty when it moves.
std::string wait_text(const JobSnapshot& shot);
std::string short_wait_text(const JobSnapshot& shot);  // in one or two words
// A job that its program gave no name is known by its first file, as far as that is known.
std::string name_shown(const JobView& view);

}  // namespace dosvc::cli
