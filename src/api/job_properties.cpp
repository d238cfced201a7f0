// What describes a job, and how long it may take.

#include "api/job_object.h"
#include "com/task_memory.h"

#include <fmt/core.h>

namespace dosvc {
namespace {

ULONG to_seconds(std::chrono::seconds time) { return static_cast<ULONG>(time.count()); }

// "Well-known SIDs": those of a user, and of one who runs with an administrator's rights.
constexpr ULONG kMediumIntegrity = 0x2000;
constexpr ULONG kHighIntegrity = 0x3000;

}  // namespace

HRESULT JobObject::set(JobChange change) {
  return on_.edge([&]() -> Result<void> { return on_.change(std::move(change)); });
}

// The owner's security id, in the form that Samba gives to the users of a Unix system.
HRESULT JobObject::GetOwner(LPWSTR* owner) {
  return on_.read(owner, [](const JobSnapshot& job) { return task_string(fmt::format("S-1-22-1-{}", job.job.owner)); });
}

HRESULT JobObject::GetOwnerIntegrityLevel(ULONG* level) {
  return on_.read(level, [](const JobSnapshot& job) { return job.job.owner == 0 ? kHighIntegrity : kMediumIntegrity; });
}

HRESULT JobObject::GetOwnerElevationState(BOOL* elevated) {
  return on_.read(elevated, [](const JobSnapshot& job) { return job.job.owner == 0 ? TRUE : FALSE; });
}

HRESULT JobObject::SetDisplayName(LPCWSTR name) {
  return on_.edge([&]() -> Result<void> { return on_.change({.display_name = DO_TRY(in_string(name))}); });
}

HRESULT JobObject::GetDisplayName(LPWSTR* name) {
  return on_.read(name, [](const JobSnapshot& job) { return task_string(job.job.display_name); });
}

HRESULT JobObject::SetDescription(LPCWSTR description) {
  return on_.edge([&]() -> Result<void> { return on_.change({.description = DO_TRY(in_string(description))}); });
}

HRESULT JobObject::GetDescription(LPWSTR* description) {
  return on_.read(description, [](const JobSnapshot& job) { return task_string(job.job.description); });
}

HRESULT JobObject::SetPriority(BG_JOB_PRIORITY priority) {
  return on_.edge([&]() -> Result<void> {
    if (priority < BG_JOB_PRIORITY_FOREGROUND || priority > BG_JOB_PRIORITY_LOW) return failed_with(E_NOTIMPL);
    return on_.change({.priority = static_cast<Priority>(priority)});
  });
}

HRESULT JobObject::GetPriority(BG_JOB_PRIORITY* priority) {
  return on_.read(priority, [](const JobSnapshot& job) { return static_cast<BG_JOB_PRIORITY>(job.job.priority); });
}

// ---- Times ----

HRESULT JobObject::SetMinimumRetryDelay(ULONG seconds) {
  return set({.minimum_retry_delay = std::chrono::seconds(seconds)});
}

HRESULT JobObject::GetMinimumRetryDelay(ULONG* seconds) {
  return on_.read(seconds, [](const JobSnapshot& job) { return to_seconds(job.job.minimum_retry_delay); });
}

HRESULT JobObject::SetNoProgressTimeout(ULONG seconds) {
  return set({.no_progress_timeout = std::chrono::seconds(seconds)});
}

HRESULT JobObject::GetNoProgressTimeout(ULONG* seconds) {
  return on_.read(seconds, [](const JobSnapshot& job) { return to_seconds(job.job.no_progress_timeout); });
}

HRESULT JobObject::SetMaximumDownloadTime(ULONG seconds) {
  return set({.maximum_download_time = std::chrono::seconds(seconds)});
}

HRESULT JobObject::GetMaximumDownloadTime(ULONG* seconds) {
  return on_.read(seconds, [](const JobSnapshot& job) { return to_seconds(job.job.maximum_download_time); });
}

// ---- Flags ----

HRESULT JobObject::SetPeerCachingFlags(DWORD flags) { return set({.peer_caching_flags = flags}); }

HRESULT JobObject::GetPeerCachingFlags(DWORD* flags) {
  return on_.read(flags, [](const JobSnapshot& job) { return DWORD{job.job.peer_caching_flags}; });
}

HRESULT JobObject::SetFileACLFlags(DWORD flags) { return set({.file_acl_flags = flags}); }

HRESULT JobObject::GetFileACLFlags(DWORD* flags) {
  return on_.read(flags, [](const JobSnapshot& job) { return DWORD{job.job.file_acl_flags}; });
}

}  // namespace dosvc
