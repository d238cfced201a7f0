#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/progress.h"
#include "cli/wakeup.h"
#include "core/job_service.h"

namespace dosvc::cli {

struct FollowOptions {
  bool complete = true;              // take the files of a job that is through
  bool remove_failed_empty = false;  // cancel a job that fails before anything of it has arrived
  std::optional<std::chrono::milliseconds> max_wait;
};

enum class Ending {
  pending,    // still on its way
  done,       // its files are here
  failed,     // in ERROR, or its files couldn't get their names
  suspended,  // somebody has stopped it
  removed,    // somebody else has cancelled it
};

struct FollowedJob {
  std::shared_ptr<JobView> view;
  Ending ending = Ending::pending;
  JobSnapshotPtr last;            // as it was when it ended, or was last looked at
  std::optional<JobError> error;  // why it isn't done
  bool in_queue = true;
  std::uint64_t bytes_before = 0;        // when following it began
  std::uint32_t errors_told = 0;         // Job::error_count that the user knows of, or that is older than following it
  std::optional<JobError> last_failure;  // of a job that is still tried
};

// Stays with jobs until each has come to an end, the user loses patience or a signal comes. Shows their progress, tells
// of failures that will be tried again, and does what belongs to a job's end. It looks a few times a second, and when
// the Wakeup's bell rings. Main thread.
class Follower {
 public:
  Follower(JobService& service, Console& console, Wakeup& wakeup, FollowOptions options);

  void add(std::shared_ptr<JobView> view);
  // `done` when all jobs are; else why not.
  ExitCode run();

  const std::vector<FollowedJob>& jobs() const { return jobs_; }
  std::chrono::nanoseconds elapsed() const { return std::chrono::steady_clock::now() - began_; }

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  void look(FollowedJob& job);
  void complete(FollowedJob& job);
  void failed(FollowedJob& job);
  void tell_transient(FollowedJob& job);
  bool any_pending() const;
  ExitCode outcome() const;
  void show_progress(TimePoint now);

  JobService& service_;
  Console& console_;
  Wakeup& wakeup_;
  const FollowOptions options_;
  const TimePoint began_;
  std::vector<FollowedJob> jobs_;
  RateMeter rate_;
};

}  // namespace dosvc::cli
