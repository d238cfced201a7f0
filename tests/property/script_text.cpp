// A script as a person reads it.
#include <sstream>

#include "property/script.h"

namespace dosvc {
namespace {

const char* name_of(JobCommand command) {
  switch (command) {
    case JobCommand::suspend:
      return "Suspend";
    case JobCommand::resume:
      return "Resume";
    case JobCommand::cancel:
      return "Cancel";
    case JobCommand::complete:
      return "Complete";
    case JobCommand::take_ownership:
      break;
  }
  return "TakeOwnership";
}

const char* name_of(FakeFiles::Crash crash) {
  switch (crash) {
    case FakeFiles::Crash::process:
      return "the service is killed";
    case FakeFiles::Crash::power:
      return "the power is cut";
    case FakeFiles::Crash::torn:
      break;
  }
  return "the power is cut while pages are being written";
}

std::string in_quotes(const std::string& text) { return text.empty() ? "none" : text; }

void write(std::ostream& out, const Site& site) {
  out << "  " << site.url << (site.lies ? ", which lies" : "") << '\n';
  for (std::size_t i = 0; i < site.versions.size(); ++i) {
    const FakeContent& version = *site.versions[i];
    out << "    version " << i << ": " << version.bytes.size() << " bytes, ETag " << in_quotes(version.validator.etag)
        << ", Last-Modified " << in_quotes(version.validator.last_modified) << '\n';
  }
  for (std::size_t i = 0; i < site.answers.size(); ++i) {
    out << "    request " << i << ": " << site.answers[i].text << '\n';
  }
}

void write(std::ostream& out, const PlannedFile& file) {
  out << "    " << file.local_name << " from site " << file.site;
  for (const FileRange& range : file.ranges) {
    out << ", " << range.offset << '+';
    if (range.length == FileRange::kToEnd) {
      out << "end";
    } else {
      out << range.length;
    }
  }
  if (file.told_size) out << ", told to have " << *file.told_size << " bytes" << (file.told_wrong ? " (wrong)" : "");
  if (file.digest_of) out << ", with the digest of version " << *file.digest_of;
  out << '\n';
}

void write(std::ostream& out, const PlannedJob& job, std::size_t number) {
  out << "  job " << number << ": " << (job.view == ApiView::bits ? "BITS" : "DO") << ", priority "
      << static_cast<int>(job.priority) << (job.high_performance ? ", high performance" : "") << ", retry after "
      << job.retry_delay.count() << " s";
  if (job.no_progress_timeout) out << ", gives up after " << job.no_progress_timeout->count() << " s";
  out << '\n';
  for (const PlannedFile& file : job.files) write(out, file);
}

std::string what_happens(const PlannedEvent& event) {
  const std::string job = "job " + std::to_string(event.target);
  const std::string value = std::to_string(event.value);
  switch (event.kind) {
    case EventKind::next_version:
      return "site " + std::to_string(event.target) + " has its next version";
    case EventKind::command:
      return job + ": " + name_of(event.command);
    case EventKind::priority:
      return job + ": priority " + value;
    case EventKind::move:
      return job + ": its first file is at site " + value + " from now on";
    case EventKind::crash:
      return name_of(event.crash);
    case EventKind::restart:
      return "the service is restarted";
    case EventKind::disk_is_full:
      return "the disk holds " + value + " bytes and no more";
    case EventKind::disk_has_room:
      return "the disk has room again";
    case EventKind::write_fails:
      return "write " + value + " from now fails";
    case EventKind::sync_fails:
      return "sync " + value + " from now fails";
    case EventKind::open_fails:
      return "open " + value + " from now fails";
    case EventKind::commit_fails:
      return "commit " + value + " from now fails";
    case EventKind::clock_is_set:
      return "the clock is set forward by " + value + " s";
  }
  return {};
}

}  // namespace

std::string text_of(Clock::duration time) {
  const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  const std::string digits = std::to_string(1000 + whole % 1000).substr(1);
  return std::to_string(whole / 1000) + "." + digits + " s";
}

std::string text_of(const Script& script) {
  std::ostringstream out;
  out << "seed " << script.seed << (script.slow_disk ? ", a slow disk" : "") << "\nservers\n";
  for (const Site& site : script.sites) write(out, site);
  out << "jobs\n";
  for (std::size_t i = 0; i < script.jobs.size(); ++i) write(out, script.jobs[i], i);
  out << "events\n";
  for (const PlannedEvent& event : script.events) {
    out << "  at " << text_of(event.at) << ": " << what_happens(event) << '\n';
  }
  return out.str();
}

}  // namespace dosvc
