#pragma once

#include <fmt/core.h>

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dosvc {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

// The log: one line on stderr per call, escaped() as a whole, from any thread. DOSVC_LOG=debug|info|warning|error says
// from which level on (warning when unset); it is read once. On the journal each line carries its priority
// (sd-daemon(3)). Secrets are the caller's business: see redacted() in base/url.h.
bool log_enabled(LogLevel level);
void write_log(LogLevel level, std::string_view text);

// What a line is about: on the journal its fields DOSVC_JOB and DOSVC_OWNER, by which journalctl finds it. Elsewhere
// they aren't shown, so the text says what matters of them.
struct LogSubject {
  std::string job;             // its id, or empty
  std::optional<uid_t> owner;  // of it, or who asked
};
void write_log(LogLevel level, std::string_view text, const LogSubject& about);

// The level from which on lines are written where DOSVC_LOG isn't set; to be told before the first line.
void log_unasked_from(LogLevel level);

LogLevel log_level_from(std::string_view name);  // of DOSVC_LOG; warning for what it doesn't know
std::string log_line(LogLevel level, std::string_view text, bool to_journal);
// "NAME=value" each, as sd_journal_sendv(3) wants them.
std::vector<std::string> journal_fields(LogLevel level, std::string_view text, const LogSubject& about);

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
