#pragma once

#include "base/loop.h"
#include "core/job_service.h"
#include "engine/mailbox.h"

#include <cstdint>
#include <memory>

namespace dosvc {

// Tells one job's program what happened, again and again until it takes it ("IBackgroundCopyCallback::JobError",
// "…::JobTransferred"). Engine thread.
//   - JobError while the job is in ERROR, JobTransferred while it is TRANSFERRED, each time it gets there, as long as
//   the flag
//     is set and somebody listens; repeated after 1, 2, 4 ... 60 s until it is taken.
//   - A new listener is told what the one before may have lost.
//   - JobModification is never repeated, comes at most twice a second, and not while another one is unanswered.
// Follows the job by its published snapshots, so that a program never hears of what isn't on disk.
class Delivery {
 public:
  Delivery(Loop& loop, std::shared_ptr<Mailbox> mailbox) : loop_(loop), mailbox_(std::move(mailbox)) {}

  // The job is now as `snapshot` says. `occurrence` grows with each move to ERROR or TRANSFERRED.
  void update(JobSnapshotPtr snapshot, std::uint64_t occurrence);
  void listen(std::shared_ptr<JobListener> listener);

 private:
  enum class Telling : std::uint8_t {
    idle,       // nothing to tell, or nobody to tell it to
    calling,    // the listener was called and has not answered
    repeating,  // it was not taken; the timer runs
    taken,      // the listener has taken this occurrence
  };

  bool due() const;
  void reconsider();
  void start_over();
  void tell();
  void answered(std::uint64_t call, bool taken);
  void tell_modification();

  Loop& loop_;
  std::shared_ptr<Mailbox> mailbox_;  // answers come from other threads
  std::shared_ptr<JobListener> listener_;
  JobSnapshotPtr snapshot_;
  std::uint64_t occurrence_ = 0;
  Telling telling_ = Telling::idle;
  std::uint64_t call_ = 0;  // the call that may still answer; older answers are void
  int attempts_ = 0;
  Timer repeat_;

  bool modification_waits_ = false;
  bool modification_unanswered_ = false;
  Timer modification_pause_;
  std::shared_ptr<const char> alive_ = std::make_shared<char>();
};

}  // namespace dosvc
