#pragma once

#include "base/result.h"
#include "core/job.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dosvc {

// Who asks. In the process that holds the engine it is the process's user; over the bus it is the caller's uid.
struct Caller {
  uid_t uid = 0;
  bool administrator = false;

  static Caller this_process();
};

struct NewJob {
  ApiView view = ApiView::bits;
  std::string display_name;
  Priority priority = Priority::normal;
  mode_t umask = 022;
  HttpOptions http;
};

struct NewFile {
  std::string remote_name;            // URL, http or https
  std::string local_name;             // absolute path
  std::string sha256;                 // hex, or empty
  std::optional<std::uint64_t> size;  // when the program knows it beforehand
};

enum class JobCommand : std::uint8_t { suspend, resume, cancel, complete };

// What a command did beside succeeding: one code, S_OK or one of the successes with a meaning
// (BG_S_PARTIAL_COMPLETE, BG_S_UNABLE_TO_DELETE_FILES).
struct CommandOutcome {
  HRESULT code = S_OK;
};

// Why a job that isn't moving isn't, and when that will next be looked at.
enum class WaitReason : std::uint8_t {
  none,          // it moves, or is final
  turn,          // other jobs are before it
  answer,        // the server was asked and has not answered yet
  retry,         // it failed for now; see JobSnapshot::next_attempt
  resume_call,   // suspended, or in ERROR: the program must act
  complete_call  // transferred: the program must take the files
};
std::string_view name_of(WaitReason reason);

struct Progress {
  std::optional<std::uint64_t> bytes_total;  // empty until every size is known
  std::uint64_t bytes_transferred = 0;
  std::uint32_t files_total = 0;
  std::uint32_t files_transferred = 0;
};

// A job as it was at one moment; never changes.
struct JobSnapshot {
  Job job;  // HttpOptions are emptied: they hold secrets
  Progress progress;
  WaitReason wait = WaitReason::none;
  std::optional<WallTime> next_attempt;
};
using JobSnapshotPtr = std::shared_ptr<const JobSnapshot>;

struct FileSnapshot {
  std::uint32_t index = 0;
  std::string remote_name;
  std::string local_name;
  std::string temp_name;
  std::optional<std::uint64_t> bytes_total;
  std::uint64_t bytes_transferred = 0;
  FileStage stage = FileStage::waiting;
};
using FileSnapshotPtr = std::shared_ptr<const FileSnapshot>;

// What happened to a job that its program wants to hear of.
enum class NotificationKind : std::uint8_t { transferred, error, modification };

struct Notification {
  NotificationKind kind = NotificationKind::modification;
  JobSnapshotPtr job;  // with its error object, for NotificationKind::error
};

// A program's ear for one job: implemented by the COM objects and by the bus.
class JobListener {
 public:
  virtual ~JobListener() = default;
  // Called on the service's thread: must hand the work on and return at once. `answer` must be called exactly once,
  // from any thread: true when the program took the notification (S_OK), false to be told again later. The answer to a
  // modification is ignored. May be released on the service's thread.
  virtual void notify(Notification notification, std::function<void(bool taken)> answer) = 0;
};

// A file that somebody looks at. Thread-safe; goes on answering after the job is gone.
class FileView {
 public:
  virtual ~FileView() = default;
  virtual FileSnapshotPtr snapshot() const = 0;
};

// A job that somebody looks at. Thread-safe; never waits for the engine; goes on answering after the job is gone.
class JobView {
 public:
  virtual ~JobView() = default;
  virtual const JobId& id() const = 0;
  virtual JobSnapshotPtr snapshot() const = 0;
  virtual std::vector<std::shared_ptr<FileView>> files() const = 0;
  virtual std::shared_ptr<FileView> file(std::uint32_t index) const = 0;  // empty when there is no such file
  virtual std::shared_ptr<JobListener> listener() const = 0;              // the one registered now, or empty
};

// The answer to a call: runs exactly once, on the service's thread, when what was asked is on disk (or has failed).
// It must not block.
template <class T>
using Reply = std::function<void(Result<T>)>;

// The one way into the job queue. The engine implements it in its process, and a proxy implements it over the bus; the
// COM objects, the bus and the command line are written once, over it. Any thread may call; nothing here waits. Errors
// are those of the reference pages, BG_E_… codes: the edges translate them for the Delivery Optimization view.
class JobService {
 public:
  virtual ~JobService() = default;

  // A new job is SUSPENDED and has no files ("IBackgroundCopyManager::CreateJob").
  virtual void create_job(const Caller& caller, NewJob spec, Reply<std::shared_ptr<JobView>> reply) = 0;
  // All files or none. E_INVALIDARG: bad name; E_ACCESSDENIED: no right to write to the folder; a missing folder is
  // ERROR_PATH_NOT_FOUND ("IBackgroundCopyJob::AddFileSet").
  virtual void add_files(const Caller& caller, const JobId& id, std::vector<NewFile> files, Reply<void> reply) = 0;
  // BG_E_INVALID_STATE where the table doesn't allow it, BG_E_EMPTY for Resume without files.
  virtual void command(const Caller& caller, const JobId& id, JobCommand command, Reply<CommandOutcome> reply) = 0;
  virtual void change(const Caller& caller, const JobId& id, JobChange change, Reply<void> reply) = 0;
  // The listener replaces the one before; empty removes it. A job that is in ERROR or TRANSFERRED tells a new listener
  // at once ("IBackgroundCopyJob::SetNotifyInterface").
  virtual void set_listener(const Caller& caller, const JobId& id, std::shared_ptr<JobListener> listener,
                            Reply<void> reply) = 0;

  // These answer at once from what was last published: BG_E_NOT_FOUND, E_ACCESSDENIED.
  virtual Result<std::shared_ptr<JobView>> find(const Caller& caller, const JobId& id) const = 0;
  virtual std::vector<std::shared_ptr<JobView>> list(const Caller& caller, bool all_users) const = 0;
};

}  // namespace dosvc
