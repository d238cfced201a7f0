#include "cli/job_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/url.h"
#include "cli/format.h"
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
