#pragma once

#include "base/loop.h"
#include "core/job_service.h"
#include "engine/mailbox.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace dosvc {

// Tells one job's program what happened, again and again until it takes it ("IBackgroundCopyCallback::JobError",
// "…::JobTransferred"). Engine thread.
//   - JobError while the job is in ERROR, JobTransferred while it is TRANSFERRED, each time it gets there, as long as
//   the flag
//     is set and somebody listens; repeated after 1, 2, 4 ... 60 s until it is taken.
//   - A new listener is told what the one before may have lost.
//   - Before them, in the order in which they happened, what files have to tell; repeated in the same way
//     ("IBackgroundCopyCallback2::FileTransferred"). Lost when nobody wants it at that time.
//   - Nobody listens, or the listener doesn't take it: the job's command is run instead, again after the retry delay
//   when
//     it fails ("IBackgroundCopyJob2::SetNotifyCmdLine").
//   - JobModification is never repeated, comes at most once in the job's notify interval, and not while another one is
//     unanswered.
// A download has one kind of notification, the modification, for everything; a change of its state doesn't wait for the
// interval. Its listener keeps the program's own pace, and is told once more when the time between two calls of the
// program has gone by: else nobody would hear of the last bytes before a standstill
// ("IDODownloadStatusCallback::OnStatusChange").
// Follows the job by its published snapshots, so that a program never hears of what isn't on disk.
class Delivery {
 public:
  // What the job's command needs of the engine. Outlives this.
  class Command {
   public:
    virtual ~Command() = default;
    // Runs it and answers with its exit status; on the loop's thread, or never.
    virtual void run(const Job& job, Reply<int> exited) = 0;
    // The state that the job is in was taken, by the command or by a listener: it isn't run for it any more.
    virtual void done(const JobId& id) = 0;
  };

  Delivery(Loop& loop, std::shared_ptr<Mailbox> mailbox, Command& command)
      : loop_(loop), mailbox_(std::move(mailbox)), command_(command) {}

  // The job is now as `snapshot` says. `occurrence` grows with each move to ERROR or TRANSFERRED.
  void update(JobSnapshotPtr snapshot, std::uint64_t occurrence);
  void listen(std::shared_ptr<JobListener> listener);
  // A file has something to tell: file_transferred or ranges_transferred.
  void file_event(NotificationKind kind, std::uint32_t file, std::vector<FileRange> ranges = {});

 private:
  enum class Telling : std::uint8_t {
    idle,       // nothing to tell, or nobody to tell it to
    calling,    // the listener was called and has not answered, or the command runs
    repeating,  // it was not taken; the timer runs
  };

  bool due() const;
  bool wants(std::uint32_t flag) const;
  bool has_command() const;
  bool state_is_due() const;
  void call_listener();
  void run_command();
  void repeat_after(std::chrono::seconds delay);
  void reconsider();
  void start_over();
  void tell();
  void answered(std::uint64_t call, bool taken);
  void done_telling();
  void tell_modification();
  void tell_once_more();

  Loop& loop_;
  std::shared_ptr<Mailbox> mailbox_;  // answers come from other threads
  std::shared_ptr<JobListener> listener_;
  JobSnapshotPtr snapshot_;
  std::uint64_t occurrence_ = 0;
  Telling telling_ = Telling::idle;
  std::uint64_t call_ = 0;  // the call that may still answer; older answers are void
  int attempts_ = 0;
  Timer repeat_;
  struct FileEvent {
    NotificationKind kind;
    std::uint32_t file;
    std::vector<FileRange> ranges;
  };
  std::deque<FileEvent> file_events_;
  bool about_file_ = false;  // what is told now is the first of them
  // The job stays where it was when this was told: taking the flag away and back tells nothing twice.
  bool state_taken_ = false;
  Command& command_;
  JobState modified_state_ = JobState::suspended;  // as last told by a modification

  bool modification_waits_ = false;
  bool modification_unanswered_ = false;
  Timer modification_pause_;
  Timer once_more_;
  std::shared_ptr<const char> alive_ = std::make_shared<char>();
};

}  // namespace dosvc
