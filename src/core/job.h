#pragma once

#include "base/guid.h"
#include "base/result.h"
#include "core/job_state.h"
#include "core/range_set.h"
#include "core/validator.h"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dosvc {

using JobId = Uuid;
// Wall-clock time, as programs see it and the store keeps it; never used to measure a wait.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

// Which of the two documented behaviours a job follows: that of BITS (CLSID_BackgroundCopyManager…) or that of
// Delivery Optimization (CLSID_DeliveryOptimization). Fixed when the job is made.
enum class ApiView : std::uint8_t { bits = 0, delivery_optimization = 1 };

enum class Priority : std::uint8_t { foreground = 0, high = 1, normal = 2, low = 3 };  // as BG_JOB_PRIORITY

// Bits of the notify flags ("IBackgroundCopyJob::SetNotifyFlags").
inline constexpr std::uint32_t kNotifyTransferred = 0x0001;
inline constexpr std::uint32_t kNotifyError = 0x0002;
inline constexpr std::uint32_t kNotifyDisable = 0x0004;
inline constexpr std::uint32_t kNotifyModification = 0x0008;

// The error a job is in: what GetError shows. `file` is the index of the file that was being transferred.
struct JobError {
  Error error;
  std::optional<std::uint32_t> file;
  int http_status = 0;

  friend bool operator==(const JobError&, const JobError&) = default;
};

// How the job's requests are made. Holds secrets: never logged, never shown.
struct HttpOptions {
  std::vector<std::string> headers;  // "Name: value", sent with every request
  std::string user_password;         // "user:password" for the server; sent to the first host only
  std::string ca_file;               // absolute path of a PEM bundle used in place of the system's
  // The proxy variables of the program that made the job; empty: direct.
  std::string http_proxy;
  std::string https_proxy;
  std::string no_proxy;

  friend bool operator==(const HttpOptions&, const HttpOptions&) = default;
};

// Which file on disk is ours: path names can be made to point elsewhere, this can't.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  bool known() const { return inode != 0; }
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

enum class FileStage : std::uint8_t {
  waiting = 0,      // bytes are missing, or not yet on disk
  transferred = 1,  // whole, checked and synced, under its temporary name
  completed = 2,    // under its own name
};

// One file of a job, as the store keeps it. `index` is its place in the job and its name for ever.
struct File {
  std::uint32_t index = 0;
  std::string remote_name;  // URL
  std::string local_name;   // absolute path
  std::string temp_name;    // absolute path in the same directory; chosen and saved before the file is made
  std::string sha256;       // what the content must hash to, lower-case hex; empty: not checked
  FileStage stage = FileStage::waiting;
  std::optional<std::uint64_t> size;  // as told by the server, or the program
  Validator validator;                // of the version that `done` belongs to
  std::optional<WallTime> modified;   // the server's Last-Modified
  RangeSet done;                      // what a sync has put on disk: never more than the disk holds
  FileIdentity identity;              // of the temporary file, once there are bytes in it

  // Forgets everything that belongs to one version of the remote file.
  void start_anew() {
    stage = FileStage::waiting;
    size.reset();
    validator = {};
    modified.reset();
    done.clear();
    identity = {};
  }
};

// A job without its files. Everybody may read it; the state is written by advance() alone.
class Job {
 public:
  Job() = default;
  // As read from a store; the state was checked to be one of the enumerators.
  static Job restored(JobState state) {
    Job job;
    job.state_ = state;
    return job;
  }

  JobId id;
  uid_t owner = 0;
  ApiView view = ApiView::bits;
  std::string display_name;
  std::string description;
  Priority priority = Priority::normal;
  std::uint32_t notify_flags = kNotifyTransferred | kNotifyError;
  std::chrono::seconds minimum_retry_delay{600};
  std::chrono::seconds no_progress_timeout{1'209'600};
  mode_t umask = 022;  // of the program that made the job
  HttpOptions http;
  WallTime created{};
  WallTime modified{};
  std::optional<WallTime> transfer_completed;
  std::optional<JobError> error;  // see advance()
  std::uint32_t error_count = 0;  // moves to ERROR or TRANSIENT_ERROR; never reset

  JobState state() const { return state_; }

 private:
  friend Result<void> advance(Job& job, JobEvent event, WallTime now, std::optional<JobError> error);
  JobState state_ = JobState::suspended;
};

// The one writer of a job's state. BG_E_INVALID_STATE and the job unchanged when the table doesn't allow the step.
// Also keeps what belongs to a state: the error object, which comes with `error` on a failure and lives until the job
// is TRANSFERRING, TRANSFERRED or SUSPENDED; the error count; the time of completion.
Result<void> advance(Job& job, JobEvent event, WallTime now, std::optional<JobError> error = std::nullopt);

// Which properties a program wants changed; what is empty stays as it is.
struct JobChange {
  std::optional<std::string> display_name;
  std::optional<std::string> description;
  std::optional<Priority> priority;
  std::optional<std::uint32_t> notify_flags;
  std::optional<std::chrono::seconds> minimum_retry_delay;  // raised to kSmallestRetryDelay
  std::optional<std::chrono::seconds> no_progress_timeout;
};
// A delay or time-out that was never set follows the priority's default.
void change_job(Job& job, const JobChange& change, WallTime now);

// The state that a job found in the store goes on in after a restart: what was running waits for its turn again.
// The error object stays, so that a job in ERROR still tells why.
void recover(Job& job, WallTime now);

// Defaults of the views ("IBackgroundCopyJob::SetMinimumRetryDelay", "…::SetNoProgressTimeout").
std::chrono::seconds default_retry_delay(ApiView view, Priority priority);
std::chrono::seconds default_no_progress_timeout(ApiView view, Priority priority);
inline constexpr std::chrono::seconds kSmallestRetryDelay{5};

}  // namespace dosvc
