#include "engine/record.h"

#include "base/text.h"
#include "core/file_layout.h"

#include <string_view>
#include <unordered_set>

namespace dosvc {
JobSnapshotPtr JobRecord::snapshot(WallTime wall_now, Clock::time_point now, const Wait& wait) const {
  auto shot = std::make_shared<JobSnapshot>();
  shot->job = job;
  shot->job.http = job.http.without_secrets();
  shot->progress.bytes_transferred = tally.bytes;
  if (tally.unknown_sizes == 0) shot->progress.bytes_total = tally.size();
  shot->progress.files_total = static_cast<std::uint32_t>(files.size());
  shot->progress.files_transferred = tally.transferred;
  shot->wait = wait.reason;
  if (wait.until) shot->next_attempt = wall_now + std::chrono::duration_cast<WallTime::duration>(*wait.until - now);
  return shot;
}

FileSnapshotPtr JobRecord::snapshot(const FileRecord& record) const {
  auto shot = std::make_shared<FileSnapshot>();
  shot->file = record.file;
  const bool reported = (job.http.security_flags & security::kRedirectPolicy) == security::kRedirectReported;
  shot->shown_name = reported && !record.file.answer.url.empty() ? record.file.answer.url : record.file.remote_name;
  shot->bytes_total = record.share.size;
  shot->bytes_transferred = record.share.bytes;
  shot->received = record.share.transferred ? record.file.done : record.progress.received;
  shot->on_the_line = record.transfer != nullptr;
  return shot;
}

void JobRecord::recount(FileRecord& record) {
  tally.subtract(record.share);
  record.share.size = FileLayout(record.file.ranges, record.file.size).size();
  record.share.transferred = record.file.stage != FileStage::waiting;
  record.share.bytes = record.share.transferred ? record.file.done.total() : record.progress.received.total();
  record.share.awaited = record.transfer ? record.share.size.value_or(0) : 0;
  record.share.awaited -= std::min(record.share.awaited, record.share.bytes);
  tally.add(record.share);
  count_usage();
}

Result<void> check_names_differ(const JobRecord& record, const std::vector<std::string>& added) {
  const std::unordered_set<std::string_view> names(added.begin(), added.end());
  const auto taken = std::find_if(record.files.begin(), record.files.end(),
                                  [&](const FileRecord& file) { return names.contains(file.file.local_name); });
  if (names.size() == added.size() && taken == record.files.end()) return {};
  const std::string& twice = taken == record.files.end() ? added.front() : taken->file.local_name;
  return Error{E_INVALIDARG, ErrorContext::none,
               "two files of a job can't have the same local name, as with " + escaped(twice)};
}

}  // namespace dosvc
