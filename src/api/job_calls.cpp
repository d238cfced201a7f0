#include "api/job_calls.h"

#include "core/names.h"

namespace dosvc {

Result<void> JobCalls::change(JobChange change) const {
  DO_TRY(check_arguments(change));
  return ask<void>([&](JobService& service, const Caller& caller, const JobId& id, auto reply) {
    service.change(caller, id, std::move(change), std::move(reply));
  });
}

Result<void> JobCalls::change_file(std::uint32_t index, FileChange change) const {
  DO_TRY(check_arguments(change));
  return ask<void>([&](JobService& service, const Caller& caller, const JobId& id, auto reply) {
    service.change_file(caller, id, index, std::move(change), std::move(reply));
  });
}

Result<std::uint32_t> JobCalls::add_files(std::vector<NewFile> files) const {
  for (const NewFile& file : files) DO_TRY(check_new_or_nameless_file(file));
  return ask<std::uint32_t>([&](JobService& service, const Caller& caller, const JobId& id, auto reply) {
    service.add_files(caller, id, std::move(files), std::move(reply));
  });
}

}  // namespace dosvc
