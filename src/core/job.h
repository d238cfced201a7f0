#pragma once

#include "base/guid.h"
#include "base/result.h"
#include "core/file.h"
#include "core/http_options.h"
#include "core/job_state.h"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dosvc {

using JobId = Uuid;

// Which of the two documented behaviours a job follows: that of BITS (CLSID_BackgroundCopyManager…) or that of
// Delivery Optimization (CLSID_DeliveryOptimization). Fixed when the job is made.
enum class ApiView : std::uint8_t { bits = 0, delivery_optimization = 1 };

enum class Priority : std::uint8_t { foreground = 0, high = 1, normal = 2, low = 3 };  // as BG_JOB_PRIORITY

// Bits of the notify flags ("IBackgroundCopyJob::SetNotifyFlags").
inline constexpr std::uint32_t kNotifyTransferred = 0x0001;
inline constexpr std::uint32_t kNotifyError = 0x0002;
inline constexpr std::uint32_t kNotifyDisable = 0x0004;
inline constexpr std::uint32_t kNotifyModification = 0x0008;
inline constexpr std::uint32_t kNotifyFileTransferred = 0x0010;
inline constexpr std::uint32_t kNotifyRangesTransferred = 0x0020;

// The error a job is in: what GetError shows. `file` is the index of the file that was being transferred.
struct JobError {
  Error error;
  std::optional<std::uint32_t> file;
  int http_status = 0;
  bool no_progress = false;  // time might have mended it, but the job's patience ended first

  friend bool operator==(const JobError&, const JobError&) = default;
};

// A program that is run when a job ends, as its owner and without a shell ("IBackgroundCopyJob2::SetNotifyCmdLine").
struct NotifyCommand {
  std::string program;     // absolute path; empty: none
  std::string parameters;  // the whole command line, its first word the program's name, quoted as on Windows

  friend bool operator==(const NotifyCommand&, const NotifyCommand&) = default;
};

// What a download of IDOManager has beyond a job of one file. Its file is there from the beginning, with index 0.
struct DownloadSettings {
  std::string content_id;
  std::string correlation_vector;
  std::uint32_t cost_policy = 0;  // as DODownloadCostPolicy
  bool no_cellular = false;
  std::uint32_t callback_percent = 0;           // 0: not by percent
  std::chrono::seconds callback_interval{1};    // 0: not by time
  std::chrono::seconds no_progress_timeout{0};  // as the program set it; 0: the default of the job's priority
  bool keep = false;                            // over restarts of the service
  bool to_stream = false;                       // the file is only on its way to the program's stream
  std::uint64_t finished = 0;                   // bytes of the local file that earlier starts asked for and got

  friend bool operator==(const DownloadSettings&, const DownloadSettings&) = default;
};

inline constexpr std::chrono::seconds kDefaultMaximumDownloadTime{7'776'000};

// A job without its files. Everybody may read it; the state is written by advance() alone.
class Job {
 public:
  Job() = default;
  // As read from a store or told by a service; the state was checked to be one of the enumerators.
  static Job restored(JobState state) { return restored(state, Job()); }
  static Job restored(JobState state, Job others) {
    others.state_ = state;
    return others;
  }

  JobId id;
  uid_t owner = 0;  // who may command it, and as whom its program runs
  // Who made the job. Its files are his, and all work on the disk is done as him, whoever owns the job by now: paths
  // lead where he may go. Never changes.
  uid_t files_of = 0;
  ApiView view = ApiView::bits;
  std::string display_name;
  std::string description;
  Priority priority = Priority::normal;
  std::uint32_t notify_flags = kNotifyTransferred | kNotifyError;
  std::chrono::seconds minimum_retry_delay{600};
  std::chrono::seconds no_progress_timeout{1'209'600};
  std::chrono::seconds maximum_download_time = kDefaultMaximumDownloadTime;
  std::chrono::seconds downloading{};  // spent of that since the last Resume
  mode_t umask = 022;                  // of the program that made the job
  NotifyCommand notify_command;
  Uuid notify_class{};  // zero: none
  std::chrono::milliseconds notify_interval{500};
  std::uint32_t cost_flags = 0;  // 0: never set
  std::uint32_t peer_caching_flags = 0;
  std::uint32_t file_acl_flags = 0;
  bool resumed = false;                       // at least once
  bool command_done = false;                  // the program to notify with has taken the state that the job is in
  bool dynamic_content = false;               // each request may bring another content: nothing is continued
  bool high_performance = false;              // several files at a time
  bool on_demand = false;                     // only what was asked for is fetched
  std::optional<std::uint64_t> maximum_size;  // of all files together
  bool stored_proxy_credentials = false;
  HttpOptions http;
  std::optional<DownloadSettings> download;  // a download of IDOManager
  WallTime created{};
  WallTime modified{};
  std::optional<WallTime> transfer_completed;
  std::optional<JobError> error;  // see advance()
  // Moves to ERROR or TRANSIENT_ERROR, but for a network that was lost; never reset.
  std::uint32_t error_count = 0;

  JobState state() const { return state_; }
  friend bool operator==(const Job&, const Job&) = default;

 private:
  friend Result<void> advance(Job& job, JobEvent event, WallTime now, std::optional<JobError> error);
  friend struct JobMembers;  // of tests that hold a list of all members against this class
  JobState state_ = JobState::suspended;
};

// The one writer of a job's state. BG_E_INVALID_STATE and the job unchanged when the table doesn't allow the step.
// Also keeps what belongs to a state: the error object, which comes with `error` on a failure (or is the one that was
// there, when no more time is left to mend it) and lives until the job is TRANSFERRING, TRANSFERRED or SUSPENDED; the
// error count; the time of completion.
Result<void> advance(Job& job, JobEvent event, WallTime now, std::optional<JobError> error = std::nullopt);

// The state that a job found in the store goes on in after a restart: what was running waits for its turn again.
// The error object stays, so that a job in ERROR still tells why.
void recover(Job& job, WallTime now);

// Defaults of the views ("IBackgroundCopyJob::SetMinimumRetryDelay", "…::SetNoProgressTimeout").
std::chrono::seconds default_retry_delay(ApiView view, Priority priority);
std::chrono::seconds default_no_progress_timeout(ApiView view, Priority priority);
inline constexpr std::chrono::seconds kSmallestRetryDelay{5};

}  // namespace dosvc
