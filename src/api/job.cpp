// A job's files, its course and its state.

#include "api/job.h"

#include "api/enum_files.h"
#include "api/error.h"
#include "api/job_object.h"
#include "api/listener.h"
#include "core/names.h"

namespace dosvc {
namespace {

Result<NewFile> new_file(LPCWSTR remote_url, LPCWSTR local_name) {
  NewFile file;
  file.remote_name = DO_TRY(in_string(remote_url));
  file.local_name = DO_TRY(in_string(local_name));
  DO_TRY(check_new_file(file));
  return file;
}

}  // namespace

com_ptr<IBackgroundCopyJob> make_job(JobCalls calls) { return make_object<JobObject>(std::move(calls)); }

HRESULT JobObject::AddFileSet(ULONG count, BG_FILE_INFO* files) {
  return on_.edge([&]() -> Result<void> {
    if (count == 0 || !files) return failed_with(E_INVALIDARG, "no files");
    std::vector<NewFile> added;
    for (ULONG i = 0; i < count; ++i) added.push_back(DO_TRY(new_file(files[i].RemoteName, files[i].LocalName)));
    DO_TRY(on_.add_files(std::move(added)));
    return {};
  });
}

HRESULT JobObject::AddFile(LPCWSTR remote_url, LPCWSTR local_name) {
  return on_.edge([&]() -> Result<void> {
    DO_TRY(on_.add_files({DO_TRY(new_file(remote_url, local_name))}));
    return {};
  });
}

HRESULT JobObject::AddFileWithRanges(LPCWSTR remote_url, LPCWSTR local_name, DWORD count, BG_FILE_RANGE ranges[]) {
  return on_.edge([&]() -> Result<void> {
    if (count == 0) return failed_with(E_INVALIDARG, "no ranges");
    NewFile file = DO_TRY(new_file(remote_url, local_name));
    file.ranges = DO_TRY(in_ranges(count, ranges));
    DO_TRY(on_.add_files({std::move(file)}));
    return {};
  });
}

HRESULT JobObject::EnumFiles(IEnumBackgroundCopyFiles** files) {
  return on_.give(files, [&] { return make_enum_files(on_).detach(); });
}

HRESULT JobObject::ReplaceRemotePrefix(LPCWSTR old_prefix, LPCWSTR new_prefix) {
  return on_.edge([&]() -> Result<HRESULT> {
    std::string from = DO_TRY(in_string(old_prefix));
    std::string to = DO_TRY(in_string(new_prefix));
    if (from.empty() || to.empty()) return failed_with(E_INVALIDARG, "a prefix is empty");
    const auto renamed =
        DO_TRY(on_.ask<std::uint32_t>([&](JobService& service, const Caller& caller, const JobId& id, auto reply) {
          service.replace_remote_prefix(caller, id, std::move(from), std::move(to), std::move(reply));
        }));
    return renamed > 0 ? S_OK : S_FALSE;
  });
}

// ---- Commands ----

HRESULT JobObject::Suspend() { return command(JobCommand::suspend); }
HRESULT JobObject::Resume() { return command(JobCommand::resume); }
HRESULT JobObject::Cancel() { return command(JobCommand::cancel); }
HRESULT JobObject::Complete() { return command(JobCommand::complete); }
HRESULT JobObject::TakeOwnership() { return command(JobCommand::take_ownership); }

HRESULT JobObject::command(JobCommand command) {
  return on_.edge([&]() -> Result<HRESULT> {
    const auto listener = CallbackListener::of(*on_.job());
    const auto outcome =
        on_.ask<CommandOutcome>([&](JobService& service, const Caller& caller, const JobId& id, auto reply) {
          service.command(caller, id, command, std::move(reply));
        });
    if (!outcome) return outcome.error();
    // Nothing more will be told. Else a callback that holds its job would keep itself.
    if (listener && is_final(on_.now()->job.state())) listener->disconnect();
    return outcome->code;
  });
}

// ---- What it is and where it stands ----

HRESULT JobObject::GetId(GUID* id) {
  return on_.give(id, [&] { return to_guid(on_.job()->id()); });
}

HRESULT JobObject::GetType(BG_JOB_TYPE* type) {
  return on_.give(type, [] { return BG_JOB_TYPE_DOWNLOAD; });
}

HRESULT JobObject::GetProgress(BG_JOB_PROGRESS* progress) {
  return on_.give(progress, [&]() -> Result<BG_JOB_PROGRESS> {
    const Progress now = on_.job()->progress();
    return BG_JOB_PROGRESS{now.bytes_total.value_or(BG_SIZE_UNKNOWN), now.bytes_transferred, now.files_total,
                           now.files_transferred};
  });
}

HRESULT JobObject::GetTimes(BG_JOB_TIMES* times) {
  return on_.read(times, [](const JobSnapshot& job) {
    return BG_JOB_TIMES{to_filetime(job.job.created), to_filetime(job.job.modified),
                        to_filetime(job.job.transfer_completed)};
  });
}

HRESULT JobObject::GetState(BG_JOB_STATE* state) {
  return on_.read(state, [&](const JobSnapshot& job) { return reported_state(on_.view(), job.job.state()); });
}

HRESULT JobObject::GetError(IBackgroundCopyError** error) {
  return on_.read(error, [&](const JobSnapshot& job) -> Result<IBackgroundCopyError*> {
    const JobError* shown = shown_error(job.job);
    if (!shown) return failed_with(BG_E_ERROR_INFORMATION_UNAVAILABLE);
    return make_error(on_, *shown).detach();
  });
}

HRESULT JobObject::GetErrorCount(ULONG* count) {
  return on_.read(count, [](const JobSnapshot& job) { return ULONG{job.job.error_count}; });
}

// ---- The reply to an upload, which no download has ("IBackgroundCopyJob2::GetReplyProgress", "…::GetReplyData") ----

HRESULT JobObject::GetReplyProgress(BG_JOB_REPLY_PROGRESS* progress) {
  return on_.give(progress, [] { return BG_JOB_REPLY_PROGRESS{}; });
}

HRESULT JobObject::GetReplyData(BYTE** buffer, UINT64* length) {
  return on_.edge([&]() -> Result<void> {
    if (buffer) *buffer = nullptr;
    if (length) *length = 0;
    return failed_with(buffer && length ? E_NOTIMPL : E_INVALIDARG);
  });
}

HRESULT JobObject::SetReplyFileName(LPCWSTR) {
  return on_.edge([]() -> Result<void> { return failed_with(E_NOTIMPL); });
}

HRESULT JobObject::GetReplyFileName(LPWSTR* name) {
  return on_.give(name, []() -> Result<LPWSTR> { return failed_with(E_NOTIMPL); });
}

}  // namespace dosvc
