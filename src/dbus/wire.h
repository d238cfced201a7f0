#pragma once

#include "base/guid.h"
#include "core/job.h"

#include <optional>
#include <string>
#include <string_view>

// Names on the wire: see org.dosvc1.xml, which is the interface of record.
namespace dosvc::wire {

inline constexpr char kBusName[] = "org.dosvc1";
inline constexpr char kManagerPath[] = "/org/dosvc1";
inline constexpr char kJobsPath[] = "/org/dosvc1/job";
inline constexpr char kManager[] = "org.dosvc1.Manager";
inline constexpr char kJob[] = "org.dosvc1.Job";
inline constexpr char kCallback[] = "org.dosvc1.Callback";

// The most jobs or files that one answer carries; who wants more asks again.
inline constexpr std::uint32_t kPageSize = 200;

// "/org/dosvc1/job/<32 lower-case hex digits>", and back: empty for any other path.
std::string path_of(const JobId& id);
std::optional<JobId> job_at(std::string_view path);

}  // namespace dosvc::wire
