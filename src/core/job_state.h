#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace dosvc {

// The state of a job; the numbers are those of BG_JOB_STATE ("BG_JOB_STATE enumeration").
enum class JobState : std::uint8_t {
  queued = 0,           // wants to run and waits for its turn
  connecting = 1,       // has its turn; no server has answered yet
  transferring = 2,     // content is arriving
  suspended = 3,        // new, or stopped by its program; waits for Resume
  error = 4,            // can't go on by itself; waits for Resume, Cancel or Complete
  transient_error = 5,  // will be tried again by itself
  transferred = 6,      // everything is here; waits for Complete or Cancel
  acknowledged = 7,     // Complete was called; final
  cancelled = 8,        // Cancel was called; final
};
inline constexpr int kJobStateCount = 9;

enum class JobEvent : std::uint8_t {
  resume,          // the program wants it to run
  suspend,         // the program wants it to stop
  cancel,          // the program gives it up
  complete,        // the program takes what is there
  slot_granted,    // the scheduler gives it a turn
  slot_lost,       // its turn is over, its owner logged off, or the engine stopped under it
  content_began,   // a server's answer was accepted
  failed_for_now,  // a failure that time may mend
  retry_due,       // it is time to try again
  failed,          // a failure that time won't mend
  all_files_done,  // every byte is here and on disk
  rejected,        // the program found the content of a file to be wrong
};
inline constexpr int kJobEventCount = 12;

struct Rule {
  JobState from;
  JobEvent event;
  JobState to;
};

// Every allowed step, and nothing else. docs/job-states.md shows it as a grid, and a test compares the two.
std::span<const Rule> job_rules();
std::optional<JobState> next_state(JobState from, JobEvent event);

std::string_view name_of(JobState state);  // "transient error"
std::string_view name_of(JobEvent event);  // "slot granted"

constexpr bool is_final(JobState s) { return s == JobState::acknowledged || s == JobState::cancelled; }
// Holds a place among the running jobs.
constexpr bool is_running(JobState s) { return s == JobState::connecting || s == JobState::transferring; }

}  // namespace dosvc
