#include "cli/job_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/url.h"
#include "cli/format.h"
#include "cli/job_ids.h"
#include "client/connect.h"

namespace dosvc::cli {

Result<std::vector<std::shared_ptr<JobView>>> jobs_by_age(const JobService& service, bool all_users) {
  const Caller caller = Caller::this_process();
  // A service judges for itself; a queue in this process would just show less.
  if (all_users && !uses_service() && !caller.administrator)
    return Error{E_ACCESSDENIED, ErrorContext::none, "only an administrator may see the jobs of all users"};
  auto views = DO_TRY(service.list(caller, all_users));
  std::sort(views.begin(), views.end(), [](const auto& a, const auto& b) {
    const auto age = [](const JobView& view) { return std::pair(view.known()->job.created, view.id()); };
    return age(*a) < age(*b);
  });
  return views;
}

std::string short_bytes_text(const Progress& progress) {
  if (!progress.bytes_total || progress.files_total == 0)
    return progress.bytes_transferred == 0 ? "-" : format_bytes(progress.bytes_transferred);
  return format_percent(progress.bytes_transferred, progress.bytes_total) + " of " +
         format_bytes(*progress.bytes_total);
}

std::string wait_text(const JobSnapshot& shot) {
  const auto timed = [&shot](std::string_view text, std::string_view before_time) {
    if (!shot.next_attempt) return std::string(text);
    return fmt::format("{}{}{}", text, before_time, format_local_time(*shot.next_attempt));
  };
  switch (shot.wait) {
    case WaitReason::none:
      break;
    case WaitReason::turn:
      return "its turn";
    case WaitReason::answer:
      return "the server's answer";
    case WaitReason::retry:
      return timed("the next try", " at ");
    case WaitReason::resume_call:
      return "`dosvc resume " + short_id(shot.job.id) + "`";
    case WaitReason::complete_call:
      return "`dosvc complete " + short_id(shot.job.id) + "`";
    case WaitReason::log_on:
      return "its owner's log-on";
    case WaitReason::timeout:
      return timed("the end of its no-progress timeout", ", at ");
    case WaitReason::retry_after:
      return timed("the time that the server has named", ", ");
    case WaitReason::network:
      return "the network";
    case WaitReason::disk_space:
      return timed("room on the disk", "; it looks again at ");
    case WaitReason::disk_quota:
      return timed("room in its user's share of the disk", "; it looks again at ");
    case WaitReason::trust:
      return "the certificates that it trusts to be read";
    case WaitReason::opening:
      return "its file to be opened";
    case WaitReason::silence:
      return "the server, which sends nothing";
    case WaitReason::check:
      return "its content to be checked";
    case WaitReason::sync:
      return "its content to be on the disk";
    case WaitReason::finish:
      return "the disk, to be finished";
    case WaitReason::store:
      return timed("the queue to be saved", "; it is tried again at ");
    case WaitReason::service:
      return "`dosvc wait`";
  }
  return {};
}

std::string short_wait_text(const JobSnapshot& shot) {
  return shot.wait == WaitReason::none ? "-" : std::string(name_of(shot.wait));
}

std::string name_shown(const JobView& view) {
  const JobSnapshotPtr shot = view.known();
  const auto file = view.file(0);
  if (!shot->job.display_name.empty() || !file) return escaped(shot->job.display_name);
  const FileSnapshotPtr first = file->known();
  const std::string& path = first->file.local_name;
  const bool to_stream = shot->job.download && shot->job.download->to_stream;
  if (!path.empty() && !to_stream) return escaped(path.substr(path.rfind('/') + 1));
  return first->file.remote_name.empty() ? std::string() : redacted(first->file.remote_name);
}

}  // namespace dosvc::cli
