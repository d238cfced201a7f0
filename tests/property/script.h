#pragma once

#include "core/job.h"
#include "core/job_service.h"
#include "fakes/fake_files.h"
#include "fakes/fake_transport.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dosvc {

// How a server answers one request.
struct PlannedAnswer {
  std::string text;  // for people
  FakeBehaviour how;
  bool may_be_fatal = false;   // a job may be in ERROR because of it
  bool refuses_parts = false;  // a job that wants parts may be
};

// A file on a server: its versions, of which one after the other is served, and how the first requests for it are
// answered. What comes after these is answered well.
struct Site {
  std::string url;
  std::vector<FakeContentPtr> versions;
  std::vector<PlannedAnswer> answers;
  // Brings wrong bytes that nothing but a digest tells from the right ones: every file from here has one.
  bool lies = false;
  std::uint64_t largest() const;
};

struct PlannedFile {
  std::size_t site = 0;
  std::string local_name;
  std::vector<FileRange> ranges;
  std::optional<std::uint64_t> told_size;
  bool told_wrong = false;
  std::optional<std::size_t> digest_of;  // which version
};

struct PlannedJob {
  ApiView view = ApiView::bits;
  Priority priority = Priority::normal;
  bool high_performance = false;
  std::chrono::seconds retry_delay{};
  std::optional<std::chrono::seconds> no_progress_timeout;
  std::vector<PlannedFile> files;
};

enum class EventKind : std::uint8_t {
  next_version,   // of site `target`
  command,        // `command` to job `target`
  priority,       // `value` for job `target`
  move,           // the first file of job `target` is at site `value` from now on
  crash,          // `crash`
  restart,        // an orderly end and a new start
  disk_is_full,   // of `value` bytes
  disk_has_room,  //
  write_fails,    // the `value`th from now
  sync_fails,     //
  open_fails,     //
  commit_fails,   //
  clock_is_set,   // `value` seconds forward
};

struct PlannedEvent {
  Clock::duration at{};  // since the beginning
  EventKind kind = EventKind::restart;
  std::size_t target = 0;
  std::uint64_t value = 0;
  JobCommand command = JobCommand::resume;
  FakeFiles::Crash crash = FakeFiles::Crash::process;
};

// What servers, programs, the disk and the power do to some jobs.
struct Script {
  std::uint64_t seed = 0;
  std::vector<Site> sites;
  std::vector<PlannedJob> jobs;
  std::vector<PlannedEvent> events;  // in order of time
  bool slow_disk = false;            // calls of Files take time
};

// The longest that a connection is silent before the transport gives it up, and that a server thinks before it answers.
inline constexpr std::chrono::seconds kSilence{60};
inline constexpr std::chrono::seconds kLongestThought{30};
// No body of a script comes in more pieces, nor any piece later after the one before.
inline constexpr std::uint64_t kMostPieces = 31;
inline constexpr std::chrono::seconds kSlowestPace{7};

Script make_script(std::uint64_t seed);

// The bytes that a file of these ranges has when the remote file is `bytes`; nothing when they don't lie within it.
std::optional<std::string> packed(const std::string& bytes, const std::vector<FileRange>& ranges);

// The same of those ranges, from the first on, that do.
std::string packed_front(const std::string& bytes, const std::vector<FileRange>& ranges);

std::string text_of(const Script& script);
std::string text_of(Clock::duration time);

}  // namespace dosvc
