#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace dosvc {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

// The log: one line on stderr per call, escaped() as a whole, from any thread. DOSVC_LOG=debug|info|warning|error says
// from which level on (warning when unset); it is read once. On the journal each line carries its priority
// (sd-daemon(3)). Secrets are the caller's business: see redacted() in base/url.h.
bool log_enabled(LogLevel level);
void write_log(LogLevel level, std::string_view text);

LogLevel log_level_from(std::string_view name);  // of DOSVC_LOG; warning for what it doesn't know
std::string log_line(LogLevel level, std::string_view text, bool to_journal);

template <class... Args>
void log_at(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(level)) write_log(level, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::debug, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::info, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::warning, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::error, format, std::forward<Args>(args)...);
}

}  // namespace dosvc
