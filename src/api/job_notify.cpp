// Who is told what happens to a job.

#include "api/job_object.h"
#include "api/listener.h"
#include "com/task_memory.h"

namespace dosvc {
namespace {

constexpr ULONG kFlagsOfBothViews = BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR | BG_NOTIFY_DISABLE |
                                    BG_NOTIFY_JOB_MODIFICATION | BG_NOTIFY_FILE_TRANSFERRED;

// The page of Delivery Optimization calls the last one not supported.
ULONG served_flags(ApiView view) {
  return kFlagsOfBothViews | (view == ApiView::bits ? BG_NOTIFY_FILE_RANGES_TRANSFERRED : 0);
}

}  // namespace

HRESULT JobObject::SetNotifyFlags(ULONG flags) {
  return on_.edge([&]() -> Result<void> {
    if ((flags & ~served_flags(on_.view())) != 0) return failed_with(E_NOTIMPL);
    return on_.change({.notify_flags = flags});
  });
}

HRESULT JobObject::GetNotifyFlags(ULONG* flags) {
  return on_.read(flags, [](const JobSnapshot& job) { return ULONG{job.job.notify_flags}; });
}

HRESULT JobObject::SetNotifyInterface(IUnknown* program) {
  return on_.edge([&]() -> Result<void> {
    if (!program) return listen(nullptr);
    com_ptr<IBackgroundCopyCallback> callback;
    if (FAILED(program->QueryInterface(IID_PPV_ARGS(callback.put())))) return failed_with(E_NOINTERFACE);
    return listen(std::make_shared<CallbackListener>(on_, std::move(callback)));
  });
}

HRESULT JobObject::GetNotifyInterface(IUnknown** program) {
  return on_.give(program, [&]() -> Result<IUnknown*> {
    const auto listener = CallbackListener::of(*on_.job());
    const auto callback = listener ? listener->callback() : nullptr;
    IUnknown* found = nullptr;
    if (!callback) return found;
    const HRESULT asked = (*callback)->QueryInterface(IID_PPV_ARGS(&found));
    if (FAILED(asked)) return failed_with(asked);
    return found;
  });
}

// Whichever listener doesn't stay lets go of the program's object here and not later, so that a program may end it
// after this call.
Result<void> JobObject::listen(std::shared_ptr<CallbackListener> listener) {
  const auto before = CallbackListener::of(*on_.job());
  on_.session()->will_listen(on_.job());
  const Result<void> set = on_.ask<void>([&](JobService& service, const Caller& caller, const JobId& id, auto reply) {
    service.set_listener(caller, id, listener, std::move(reply));
  });
  if (const auto& out = set ? before : listener) out->disconnect();
  return set;
}

HRESULT JobObject::SetNotifyCmdLine(LPCWSTR program, LPCWSTR parameters) {
  return on_.edge([&]() -> Result<void> {
    if (!program && parameters) return failed_with(E_INVALIDARG, "parameters need a program to notify with");
    NotifyCommand command;
    command.program = DO_TRY(in_optional_string(program));
    command.parameters = DO_TRY(in_optional_string(parameters));
    return on_.change({.notify_command = std::move(command)});
  });
}

HRESULT JobObject::GetNotifyCmdLine(LPWSTR* program, LPWSTR* parameters) {
  return on_.edge([&]() -> Result<void> {
    if (program) *program = nullptr;
    if (parameters) *parameters = nullptr;
    if (!program || !parameters) return failed_with(E_INVALIDARG);
    const JobSnapshotPtr now = on_.now();
    TaskString name(task_string(now->job.notify_command.program));
    TaskString line(task_string(now->job.notify_command.parameters));
    *program = name.release();
    *parameters = line.release();
    return {};
  });
}

}  // namespace dosvc
