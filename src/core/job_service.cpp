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
  }
  return "unknown";
}

}  // namespace dosvc
