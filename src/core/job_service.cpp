#include "core/job_service.h"

#include <unistd.h>

namespace dosvc {

Caller Caller::this_process() {
  // The effective user: the one whose rights the files are made with.
  const uid_t uid = ::geteuid();
  return Caller{uid, uid == 0};
}

std::string_view name_of(WaitReason reason) {
  switch (reason) {
    case WaitReason::none:
      return "none";
    case WaitReason::turn:
      return "turn";
    case WaitReason::answer:
      return "answer";
    case WaitReason::retry:
      return "retry";
    case WaitReason::resume_call:
      return "resume call";
    case WaitReason::complete_call:
      return "complete call";
    case WaitReason::log_on:
      return "log on";
    case WaitReason::timeout:
      return "timeout";
    case WaitReason::retry_after:
      return "retry after";
    case WaitReason::network:
      return "network";
    case WaitReason::disk_space:
      return "disk space";
    case WaitReason::disk_quota:
      return "disk quota";
    case WaitReason::trust:
      return "trust";
    case WaitReason::opening:
      return "opening";
    case WaitReason::silence:
      return "silence";
    case WaitReason::check:
      return "check";
    case WaitReason::sync:
      return "sync";
    case WaitReason::finish:
      return "finish";
    case WaitReason::store:
      return "store";
    case WaitReason::service:
      return "service";
  }
  return "unknown";
}

}  // namespace dosvc
