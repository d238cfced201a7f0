#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/job.h"

// Numbers and times as people read and write them.
namespace dosvc::cli {

std::string format_bytes(std::uint64_t bytes);           // "999 B", "1.5 MiB"
std::string format_rate(double bytes_per_second);        // "1.5 MiB/s"
std::string format_duration(std::chrono::seconds time);  // "0:07", "1:02:03"; for clocks that count down
std::string format_span(std::chrono::nanoseconds time);  // "0.42 s", "7.5 s", "12 s", "3 min 5 s"; for sentences
// Whole percent, 100 only when nothing is missing; empty while the total isn't known.
std::string format_percent(std::uint64_t part, std::optional<std::uint64_t> total);

std::string format_local_time(WallTime time);  // "2026-03-01 14:05:09", in the user's time zone
std::string format_utc_time(WallTime time);    // "2026-03-01T13:05:09Z", for JSON

std::string format_code(std::int32_t code);  // "0x80190194"

// "30s", "5m", "2h", "1.5h", "90" (seconds); nothing when it is none of these, or below a millisecond.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// How many columns of a terminal a printable text takes: one for each UTF-8 character.
std::size_t display_columns(std::string_view text);

// A sentence as part of a longer one: without the full stop.
std::string_view without_full_stop(std::string_view sentence);

}  // namespace dosvc::cli
