// How much of the queue and the disk one user may have: what the administrator of the service decided.

#include "engine/engine_core.h"

#include <string>

namespace dosvc {

// "BG_E_TOO_MANY_JOBS_PER_USER": administrators aren't counted. A download has its file from the beginning.
Result<void> Engine::check_counts(const Caller& caller, const NewJob& spec) const {
  const auto& limit = options_.settings.limits.jobs_per_user;
  if (limit && !caller.administrator && usage_.of(caller.uid).jobs >= *limit) {
    return Error{BG_E_TOO_MANY_JOBS_PER_USER, ErrorContext::none,
                 "user " + std::to_string(caller.uid) + " has as many jobs as the service allows, " +
                     std::to_string(*limit) + ": complete or cancel some"};
  }
  return spec.download ? check_files_of_user(caller, caller.uid, 1) : Result<void>();
}

// "BG_E_TOO_MANY_FILES_IN_JOB".
Result<void> Engine::check_file_count(const Caller& caller, const JobRecord& record, std::size_t more) const {
  const auto& limit = options_.settings.limits.files_per_job;
  if (limit && !caller.administrator && record.files.size() + more > *limit) {
    return Error{BG_E_TOO_MANY_FILES_IN_JOB, ErrorContext::none,
                 "a job can have no more than " + std::to_string(*limit) +
                     " files, as the service is set up: add the rest to another job"};
  }
  return check_files_of_user(caller, record.job.owner, more);
}

// Of all his jobs. Not BG_E_TOO_MANY_FILES_IN_JOB: that says that another job could take them.
Result<void> Engine::check_files_of_user(const Caller& caller, uid_t owner, std::size_t more) const {
  const auto& limit = options_.settings.limits.files_per_user;
  if (!limit || caller.administrator || usage_.of(owner).files + more <= *limit) return {};
  return Error{HRESULT_FROM_WIN32(ERROR_NOT_ENOUGH_QUOTA), ErrorContext::none,
               "the jobs of user " + std::to_string(owner) + " would have more files than the service allows, " +
                   std::to_string(*limit) +
                   ": complete or cancel some jobs, or have limits.files_per_user raised in its configuration"};
}

// A file whose size is known is let in when all of it has room, and keeps its room while it is being fetched: of two
// that don't fit both, one gets through. The others are looked at as they grow.
Result<void> Engine::check_room(const JobRecord& record, FileRecord& file) const {
  const auto& limit = options_.settings.limits.temporary_bytes_per_user;
  if (!limit || record.job.files_of == 0) return {};
  if (file.room_for && file.room_for == file.share.size) return {};
  if (usage_.of(record.job.files_of).bytes > *limit) {
    return Error{HRESULT_FROM_WIN32(ERROR_DISK_QUOTA_EXCEEDED), ErrorContext::local_file,
                 "the unfinished files of user " + std::to_string(record.job.files_of) +
                     " would take up more than the service allows, " + std::to_string(*limit) +
                     " bytes: complete or cancel other jobs"};
  }
  file.room_for = file.share.size;
  return {};
}

}  // namespace dosvc
