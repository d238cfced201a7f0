#pragma once

#include "base/result.h"
#include "core/job.h"
#include "core/job_change.h"

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
  std::optional<DownloadSettings> download;  // a download of IDOManager, with its one file

  friend bool operator==(const NewJob&, const NewJob&) = default;
};

struct NewFile {
  std::string remote_name;            // URL, http or https
  std::string local_name;             // absolute path; empty: it is told later
  std::string sha256;                 // hex, or empty
  std::optional<std::uint64_t> size;  // of the remote file, when the program knows it beforehand
  std::string file_id;
  std::vector<FileRange> ranges;  // empty: the whole file

  friend bool operator==(const NewFile&, const NewFile&) = default;
};

enum class JobCommand : std::uint8_t { suspend, resume, cancel, complete, take_ownership };

// A client certificate of the owner's: in a store, by the SHA-1 of the certificate or by a name in its subject; or as
// the bytes of a PEM text or of a PKCS #12 file without password, key included.
struct CertificateChoice {
  std::uint32_t store_location = 0;
  std::string store;
  std::string sha1;     // 40 hex digits, or
  std::string subject;  // this, or
  std::string bytes;    // these

  friend bool operator==(const CertificateChoice&, const CertificateChoice&) = default;
};

// What a command did beside succeeding: one code, S_OK or one of the successes with a meaning
// (BG_S_PARTIAL_COMPLETE, BG_S_UNABLE_TO_DELETE_FILES).
struct CommandOutcome {
  HRESULT code = S_OK;
};

// Why a job that isn't moving isn't. docs/waits.md says of each what it means and what ends it.
enum class WaitReason : std::uint8_t {
  none,           // it moves, or is final
  turn,           // other jobs are before it
  answer,         // a server was asked and has not answered yet
  retry,          // it failed for now, and is tried again at JobSnapshot::next_attempt
  resume_call,    // suspended, or in ERROR: the program must act
  complete_call,  // transferred: the program must take the files
  log_on,         // its owner has logged off, and the service's policy lets such jobs wait
  timeout,        // it failed for now, and its no-progress timeout ends before another attempt: then it is in ERROR
  retry_after,    // its server has said for how long it wants to be left alone
  network,        // the machine has none
  disk_space,     // the disk is full
  disk_quota,     // its user has used up what he may have of the disk
  trust,          // the certificates that it trusts are being read
  opening,        // its file is being opened
  silence,        // the server has answered, and sends nothing
  check,          // what has come is being checked against its hashes
  sync,           // what has come is on its way to the disk
  finish,         // Complete or Cancel is at work on the disk
  store,          // the queue can't be saved
  service         // nobody runs the queue: this program only looks at it, or the service is about to end
};
inline constexpr int kWaitReasonCount = 20;
std::string_view name_of(WaitReason reason);

struct Progress {
  std::optional<std::uint64_t> bytes_total;  // empty until every size is known
  std::uint64_t bytes_transferred = 0;
  std::uint32_t files_total = 0;
  std::uint32_t files_transferred = 0;

  friend bool operator==(const Progress&, const Progress&) = default;
};

// A job as it was at one moment; never changes.
struct JobSnapshot {
  Job job;  // its HttpOptions without_secrets()
  Progress progress;
  WaitReason wait = WaitReason::none;
  std::optional<WallTime> next_attempt;  // when the wait ends or is looked at again, where a time is known

  friend bool operator==(const JobSnapshot&, const JobSnapshot&) = default;
};
using JobSnapshotPtr = std::shared_ptr<const JobSnapshot>;

struct FileSnapshot {
  File file;
  // File::remote_name, or where the last answer came from when the job wants redirects to be reported. It is never
  // asked itself: what the job knows for the first address, passwords and all, is not for another.
  std::string shown_name;
  std::optional<std::uint64_t> bytes_total;  // of the local file
  std::uint64_t bytes_transferred = 0;
  RangeSet received;  // of the local file
  bool on_the_line = false;

  friend bool operator==(const FileSnapshot&, const FileSnapshot&) = default;
};
using FileSnapshotPtr = std::shared_ptr<const FileSnapshot>;

// What happened to a job that its program wants to hear of.
enum class NotificationKind : std::uint8_t { transferred, error, modification, file_transferred, ranges_transferred };

struct Notification {
  NotificationKind kind = NotificationKind::modification;
  JobSnapshotPtr job;               // with its error object, for NotificationKind::error
  std::uint32_t file = 0;           // of file_transferred and ranges_transferred
  std::vector<FileRange> ranges{};  // of ranges_transferred
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
  virtual FileSnapshotPtr known() const { return snapshot(); }  // see JobView
};

// A job that somebody looks at. Thread-safe; never waits for the engine, but where the service is another process it
// may wait for that one's answer; goes on answering after the job is gone.
class JobView {
 public:
  virtual ~JobView() = default;
  virtual const JobId& id() const = 0;
  virtual JobSnapshotPtr snapshot() const = 0;
  virtual Progress progress() const { return snapshot()->progress; }  // the same, for those who ask all the time
  // As it was last told here, without asking again: for what list(), find() and files() have just brought, and for what
  // never changes.
  virtual JobSnapshotPtr known() const { return snapshot(); }
  virtual std::vector<std::shared_ptr<FileView>> files() const = 0;
  virtual std::shared_ptr<FileView> file(std::uint32_t index) const = 0;  // empty when there is no such file
  virtual std::shared_ptr<JobListener> listener() const = 0;              // the one registered now, or empty
};

// Who follows the queue.
class QueueObserver {
 public:
  virtual ~QueueObserver() = default;
  // Both are called on the service's thread, when what they tell is on disk and can be seen, and must return at once.
  // A new job is `changed`, and so is one that moved on; one that ends is `changed` to its last state and then `gone`.
  // May be released on the service's thread.
  virtual void changed(const std::shared_ptr<JobView>& job) = 0;
  virtual void gone(const JobId& id) = 0;
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
  // All files or none; answers with the index of the first. E_INVALIDARG: bad name, or one that another file of the job
  // has; E_ACCESSDENIED: no right to write to the folder; a missing folder is ERROR_PATH_NOT_FOUND
  // ("IBackgroundCopyJob::AddFileSet").
  virtual void add_files(const Caller& caller, const JobId& id, std::vector<NewFile> files,
                         Reply<std::uint32_t> reply) = 0;
  // BG_E_INVALID_STATE where the table doesn't allow it, BG_E_EMPTY for Resume without files.
  virtual void command(const Caller& caller, const JobId& id, JobCommand command, Reply<CommandOutcome> reply) = 0;
  // See check_change().
  virtual void change(const Caller& caller, const JobId& id, JobChange change, Reply<void> reply) = 0;
  // BG_E_FILE_NOT_FOUND when there is no such file.
  virtual void change_file(const Caller& caller, const JobId& id, std::uint32_t index, FileChange change,
                           Reply<void> reply) = 0;
  // In every file whose remote name begins with `old_prefix` that becomes `new_prefix`; all or, when one isn't a URL
  // then, none. How many ("IBackgroundCopyJob3::ReplaceRemotePrefix").
  virtual void replace_remote_prefix(const Caller& caller, const JobId& id, std::string old_prefix,
                                     std::string new_prefix, Reply<std::uint32_t> reply) = 0;
  // Empty: none. CRYPT_E_NOT_FOUND: the store has no such certificate; CRYPT_E_FILE_ERROR: the bytes hold none.
  virtual void set_client_certificate(const Caller& caller, const JobId& id, std::optional<CertificateChoice> choice,
                                      Reply<void> reply) = 0;
  // Starts a download, or goes on with it. Ranges replace what was still asked for and are appended to what was
  // transferred; empty: all that is missing ("IDODownload::Start").
  virtual void start_download(const Caller& caller, const JobId& id, std::optional<std::vector<FileRange>> ranges,
                              Reply<void> reply) = 0;
  // The listener replaces the one before; empty removes it. A job that is in ERROR or TRANSFERRED tells a new listener
  // at once ("IBackgroundCopyJob::SetNotifyInterface").
  virtual void set_listener(const Caller& caller, const JobId& id, std::shared_ptr<JobListener> listener,
                            Reply<void> reply) = 0;

  // These answer at once from what was last published: BG_E_NOT_FOUND, E_ACCESSDENIED. Where the service is another
  // process they wait for its answer, which may also be that it can't be reached.
  virtual Result<std::shared_ptr<JobView>> find(const Caller& caller, const JobId& id) const = 0;
  virtual Result<std::vector<std::shared_ptr<JobView>>> list(const Caller& caller, bool all_users) const = 0;
  // Tells the observer, for as long as somebody else holds it, of those jobs that list() would show: of all that
  // happens after this call, so that observe() and then list() miss nothing.
  virtual void observe(const Caller& caller, bool all_users, std::weak_ptr<QueueObserver> observer) = 0;
};

}  // namespace dosvc
