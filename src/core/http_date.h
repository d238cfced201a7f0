#pragma once

#include "core/job.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace dosvc {

// The three forms of RFC 9110, section 5.6.7; nothing when it isn't exactly one of them, but for the name of the day,
// which needn't fit the date. A year of two digits is one of 1970 to 2069.
std::optional<WallTime> parse_http_date(std::string_view text);

// Seconds or a date (RFC 9110, section 10.2.3), at most one hour; 0 for a date that has passed.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, WallTime now);

}  // namespace dosvc
