#include "base/log.h"

#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"

namespace dosvc {
namespace {

std::string_view environment(const char* name) {
  const char* value = ::secure_getenv(name);
  return value ? value : "";
}

// $JOURNAL_STREAM names the journal's socket as device:inode; it is inherited, so it says nothing about a stderr that
// was sent elsewhere (systemd.exec(5)).
bool stderr_is_journal() {
  struct stat stderr_stat {};
  unsigned long long device = 0;
  unsigned long long inode = 0;
  const std::string stream(environment("JOURNAL_STREAM"));
  if (std::sscanf(stream.c_str(), "%llu:%llu", &device, &inode) != 2) return false;
  return ::fstat(STDERR_FILENO, &stderr_stat) == 0 && stderr_stat.st_dev == device && stderr_stat.st_ino == inode;
}

bool to_journal() {
  static const bool it_is = stderr_is_journal();
  return it_is;
}

std::atomic<LogLevel> unasked = LogLevel::warning;

}  // namespace

void log_unasked_from(LogLevel level) { unasked = level; }

LogLevel log_level_from(std::string_view name) {
  if (name == "debug") return LogLevel::debug;
  if (name == "info") return LogLevel::info;
  if (name == "error") return LogLevel::error;
  return LogLevel::warning;
}

std::string log_line(LogLevel level, std::string_view text, bool to_journal) {
  struct Prefix {
    std::string_view journal;
    std::string_view terminal;
  };
  constexpr Prefix kPrefixes[] = {
      {"<7>", "dosvc: debug: "}, {"<6>", "dosvc: "}, {"<4>", "dosvc: warning: "}, {"<3>", "dosvc: error: "}};
  const Prefix& prefix = kPrefixes[static_cast<std::size_t>(level)];
  std::string line(to_journal ? prefix.journal : prefix.terminal);
  line += escaped(text);
  line += '\n';
  return line;
}

bool log_enabled(LogLevel level) {
  static const LogLevel lowest =
      environment("DOSVC_LOG").empty() ? unasked.load() : log_level_from(environment("DOSVC_LOG"));
  return level >= lowest;
}

void write_log(LogLevel level, std::string_view text) {
  const std::string line = log_line(level, text, to_journal());
  std::string_view rest = line;
  // One write as a rule, so that lines of several threads and processes don't mix.
  while (!rest.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::vector<std::string> journal_fields(LogLevel level, std::string_view text, const LogSubject& about) {
  constexpr const char* kPriorities[] = {"7", "6", "4", "3"};
  std::vector<std::string> fields;
  fields.push_back("MESSAGE=" + escaped(text));
  fields.push_back(std::string("PRIORITY=") + kPriorities[static_cast<std::size_t>(level)]);
  fields.push_back(std::string("SYSLOG_IDENTIFIER=") + program_invocation_short_name);
  if (!about.job.empty()) fields.push_back("DOSVC_JOB=" + about.job);
  if (about.owner) fields.push_back("DOSVC_OWNER=" + std::to_string(*about.owner));
  return fields;
}

void write_log(LogLevel level, std::string_view text, const LogSubject& about) {
  if (!log_enabled(level)) return;
  if (to_journal()) {
    std::vector<std::string> fields = journal_fields(level, text, about);
    std::vector<iovec> pieces;
    for (std::string& field : fields) pieces.push_back({field.data(), field.size()});
    if (::sd_journal_sendv(pieces.data(), static_cast<int>(pieces.size())) == 0) return;
  }
  write_log(level, text);
}

}  // namespace dosvc
