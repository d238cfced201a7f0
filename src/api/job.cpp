#include "api/job.h"

#include "api/enum_files.h"
#include "api/error.h"
#include "api/listener.h"
#include "api/values.h"
#include "api/view.h"
#include "base/log.h"
#include "com/task_memory.h"
#include "core/names.h"

#include <fmt/core.h>

#include <utility>

namespace dosvc {
namespace {

constexpr ULONG kServedNotifyFlags =
    BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR | BG_NOTIFY_DISABLE | BG_NOTIFY_JOB_MODIFICATION;

Result<NewFile> new_file(LPCWSTR remote_url, LPCWSTR local_name) {
  NewFile file;
  file.remote_name = DO_TRY(in_string(remote_url));
  file.local_name = DO_TRY(in_string(local_name));
  DO_TRY(check_new_file(file));
  return file;
}

ULONG to_seconds(std::chrono::seconds time) { return static_cast<ULONG>(time.count()); }

// A job of the queue ("IBackgroundCopyJob interface"). Holds nothing of its own: getters read what the service has
// published, everything else is one call of the service.
class JobObject final : public Object<IBackgroundCopyJob> {
 public:
  JobObject(std::shared_ptr<Session> session, std::shared_ptr<JobView> job)
      : session_(std::move(session)), job_(std::move(job)), view_(job_->snapshot()->job.view) {}

  HRESULT STDMETHODCALLTYPE AddFileSet(ULONG count, BG_FILE_INFO* files) override {
    return edge([&]() -> Result<void> {
      if (count == 0 || !files) return failed_with(E_INVALIDARG, "no files");
      std::vector<NewFile> added;
      for (ULONG i = 0; i < count; ++i) added.push_back(DO_TRY(new_file(files[i].RemoteName, files[i].LocalName)));
      return add(std::move(added));
    });
  }

  HRESULT STDMETHODCALLTYPE AddFile(LPCWSTR remote_url, LPCWSTR local_name) override {
    return edge([&]() -> Result<void> { return add({DO_TRY(new_file(remote_url, local_name))}); });
  }

  HRESULT STDMETHODCALLTYPE EnumFiles(IEnumBackgroundCopyFiles** files) override {
    return give(files, [&] { return make_enum_files(view_, *job_).detach(); });
  }

  HRESULT STDMETHODCALLTYPE Suspend() override { return command(JobCommand::suspend); }
  HRESULT STDMETHODCALLTYPE Resume() override { return command(JobCommand::resume); }
  HRESULT STDMETHODCALLTYPE Cancel() override { return command(JobCommand::cancel); }
  HRESULT STDMETHODCALLTYPE Complete() override { return command(JobCommand::complete); }

  HRESULT STDMETHODCALLTYPE GetId(GUID* id) override {
    return give(id, [&] { return to_guid(job_->id()); });
  }

  HRESULT STDMETHODCALLTYPE GetType(BG_JOB_TYPE* type) override {
    return give(type, [] { return BG_JOB_TYPE_DOWNLOAD; });
  }

  HRESULT STDMETHODCALLTYPE GetProgress(BG_JOB_PROGRESS* progress) override {
    return read(progress, [](const JobSnapshot& job) {
      const Progress& now = job.progress;
      return BG_JOB_PROGRESS{now.bytes_total.value_or(BG_SIZE_UNKNOWN), now.bytes_transferred, now.files_total,
                             now.files_transferred};
    });
  }

  HRESULT STDMETHODCALLTYPE GetTimes(BG_JOB_TIMES* times) override {
    return read(times, [](const JobSnapshot& job) {
      return BG_JOB_TIMES{to_filetime(job.job.created), to_filetime(job.job.modified),
                          to_filetime(job.job.transfer_completed)};
    });
  }

  HRESULT STDMETHODCALLTYPE GetState(BG_JOB_STATE* state) override {
    return read(state, [&](const JobSnapshot& job) { return reported_state(view_, job.job.state()); });
  }

  HRESULT STDMETHODCALLTYPE GetError(IBackgroundCopyError** error) override {
    return edge([&]() -> Result<void> {
      if (!error) return failed_with(E_INVALIDARG);
      *error = nullptr;
      const JobSnapshotPtr now = job_->snapshot();
      const JobError* shown = shown_error(now->job);
      if (!shown) return failed_with(BG_E_ERROR_INFORMATION_UNAVAILABLE);
      *error = make_error(view_, *shown, *job_).detach();
      return {};
    });
  }

  // The owner's security id, in the form that Samba gives to the users of a Unix system.
  HRESULT STDMETHODCALLTYPE GetOwner(LPWSTR* owner) override {
    return read(owner, [](const JobSnapshot& job) { return task_string(fmt::format("S-1-22-1-{}", job.job.owner)); });
  }

  HRESULT STDMETHODCALLTYPE SetDisplayName(LPCWSTR name) override {
    return edge([&]() -> Result<void> { return change({.display_name = DO_TRY(in_string(name))}); });
  }

  HRESULT STDMETHODCALLTYPE GetDisplayName(LPWSTR* name) override {
    return read(name, [](const JobSnapshot& job) { return task_string(job.job.display_name); });
  }

  HRESULT STDMETHODCALLTYPE SetDescription(LPCWSTR description) override {
    return edge([&]() -> Result<void> { return change({.description = DO_TRY(in_string(description))}); });
  }

  HRESULT STDMETHODCALLTYPE GetDescription(LPWSTR* description) override {
    return read(description, [](const JobSnapshot& job) { return task_string(job.job.description); });
  }

  HRESULT STDMETHODCALLTYPE SetPriority(BG_JOB_PRIORITY priority) override {
    return edge([&]() -> Result<void> {
      if (priority < BG_JOB_PRIORITY_FOREGROUND || priority > BG_JOB_PRIORITY_LOW) return failed_with(E_NOTIMPL);
      return change({.priority = static_cast<Priority>(priority)});
    });
  }

  HRESULT STDMETHODCALLTYPE GetPriority(BG_JOB_PRIORITY* priority) override {
    return read(priority, [](const JobSnapshot& job) { return static_cast<BG_JOB_PRIORITY>(job.job.priority); });
  }

  HRESULT STDMETHODCALLTYPE SetNotifyFlags(ULONG flags) override {
    return edge([&]() -> Result<void> {
      if ((flags & ~kServedNotifyFlags) != 0) return failed_with(E_NOTIMPL);
      return change({.notify_flags = flags});
    });
  }

  HRESULT STDMETHODCALLTYPE GetNotifyFlags(ULONG* flags) override {
    return read(flags, [](const JobSnapshot& job) { return job.job.notify_flags; });
  }

  HRESULT STDMETHODCALLTYPE SetNotifyInterface(IUnknown* program) override {
    return edge([&]() -> Result<void> {
      if (!program) return listen(nullptr);
      com_ptr<IBackgroundCopyCallback> callback;
      if (FAILED(program->QueryInterface(IID_PPV_ARGS(callback.put())))) return failed_with(E_NOINTERFACE);
      return listen(std::make_shared<CallbackListener>(session_, job_, std::move(callback)));
    });
  }

  HRESULT STDMETHODCALLTYPE GetNotifyInterface(IUnknown** program) override {
    return edge([&]() -> Result<HRESULT> {
      if (!program) return failed_with(E_INVALIDARG);
      *program = nullptr;
      const auto listener = CallbackListener::of(*job_);
      const auto callback = listener ? listener->callback() : nullptr;
      if (!callback) return S_OK;
      return (*callback)->QueryInterface(IID_PPV_ARGS(program));
    });
  }

  HRESULT STDMETHODCALLTYPE SetMinimumRetryDelay(ULONG seconds) override {
    return edge([&]() -> Result<void> { return change({.minimum_retry_delay = std::chrono::seconds(seconds)}); });
  }

  HRESULT STDMETHODCALLTYPE GetMinimumRetryDelay(ULONG* seconds) override {
    return read(seconds, [](const JobSnapshot& job) { return to_seconds(job.job.minimum_retry_delay); });
  }

  HRESULT STDMETHODCALLTYPE SetNoProgressTimeout(ULONG seconds) override {
    return edge([&]() -> Result<void> { return change({.no_progress_timeout = std::chrono::seconds(seconds)}); });
  }

  HRESULT STDMETHODCALLTYPE GetNoProgressTimeout(ULONG* seconds) override {
    return read(seconds, [](const JobSnapshot& job) { return to_seconds(job.job.no_progress_timeout); });
  }

  HRESULT STDMETHODCALLTYPE GetErrorCount(ULONG* count) override {
    return read(count, [](const JobSnapshot& job) { return ULONG{job.job.error_count}; });
  }

  HRESULT STDMETHODCALLTYPE SetProxySettings(BG_JOB_PROXY_USAGE, const WCHAR*, const WCHAR*) override {
    return E_NOTIMPL;
  }
  HRESULT STDMETHODCALLTYPE GetProxySettings(BG_JOB_PROXY_USAGE*, LPWSTR*, LPWSTR*) override { return E_NOTIMPL; }
  HRESULT STDMETHODCALLTYPE TakeOwnership() override { return E_NOTIMPL; }

 private:
  template <class Body>
  HRESULT edge(Body&& body) {
    return view_edge(view_, std::forward<Body>(body));
  }

  // A getter whose answer needs nothing, and one that looks at the job as it is now.
  template <class T, class Make>
  HRESULT give(T* out, Make make) {
    return edge([&]() -> Result<void> {
      if (!out) return failed_with(E_INVALIDARG);
      *out = T{};
      *out = make();
      return {};
    });
  }
  template <class T, class Read>
  HRESULT read(T* out, Read look) {
    return give(out, [&] { return look(*job_->snapshot()); });
  }

  // One call of the service about this job. A job that is gone because it is final says so.
  template <class T, class Start>
  Result<T> ask(Start&& start) {
    Result<T> answer = session_->ask<T>(
        [&](JobService& service, auto reply) { start(service, Caller::this_process(), job_->id(), std::move(reply)); });
    if (answer) return answer;
    log_debug("job {}: {}", job_->id().text(), answer.error().message);
    if (answer.error().code != BG_E_NOT_FOUND || !is_final(job_->snapshot()->job.state())) return answer;
    return failed_with(BG_E_INVALID_STATE, "the job is completed or cancelled");
  }

  Result<void> add(std::vector<NewFile> files) {
    return ask<void>([&](JobService& service, const Caller& caller, const JobId& id, auto reply) {
      service.add_files(caller, id, std::move(files), std::move(reply));
    });
  }

  Result<void> change(JobChange change) {
    return ask<void>([&](JobService& service, const Caller& caller, const JobId& id, auto reply) {
      service.change(caller, id, std::move(change), std::move(reply));
    });
  }

  HRESULT command(JobCommand command) {
    return edge([&]() -> Result<HRESULT> {
      const auto listener = CallbackListener::of(*job_);
      const auto outcome =
          ask<CommandOutcome>([&](JobService& service, const Caller& caller, const JobId& id, auto reply) {
            service.command(caller, id, command, std::move(reply));
          });
      if (!outcome) return outcome.error();
      // Nothing more will be told. Else a callback that holds its job would keep itself.
      if (listener && is_final(job_->snapshot()->job.state())) listener->disconnect();
      return outcome->code;
    });
  }

  // Whichever listener doesn't stay lets go of the program's object here and not later, so that a program may end it
  // after this call.
  Result<void> listen(std::shared_ptr<CallbackListener> listener) {
    const auto before = CallbackListener::of(*job_);
    const Result<void> set = ask<void>([&](JobService& service, const Caller& caller, const JobId& id, auto reply) {
      service.set_listener(caller, id, listener, std::move(reply));
    });
    if (const auto& out = set ? before : listener) out->disconnect();
    return set;
  }

  const std::shared_ptr<Session> session_;
  const std::shared_ptr<JobView> job_;
  const ApiView view_;
};

}  // namespace

com_ptr<IBackgroundCopyJob> make_job(std::shared_ptr<Session> session, std::shared_ptr<JobView> view) {
  return make_object<JobObject>(std::move(session), std::move(view));
}

}  // namespace dosvc
