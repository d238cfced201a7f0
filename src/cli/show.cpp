#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "base/url.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/job_ids.h"
#include "cli/json.h"
#include "cli/queue.h"

// The commands that only look.
namespace dosvc::cli {
namespace {

using Views = std::vector<std::shared_ptr<JobView>>;

// Oldest first, as they were queued.
Result<Views> all_jobs(const JobService& service) {
  Views views = DO_TRY(service.list(Caller::this_process(), false));
  std::sort(views.begin(), views.end(), [](const auto& a, const auto& b) {
    const auto age = [](const JobView& view) { return std::pair(view.known()->job.created, view.id()); };
    return age(*a) < age(*b);
  });
  return views;
}

bool wants_to_move(const JobView& view) {
  const JobState state = view.snapshot()->job.state();
  return state == JobState::queued || state == JobState::transient_error || is_running(state);
}

void note_if_waiting(const Views& views, Console& console) {
  if (std::any_of(views.begin(), views.end(), [](const auto& view) { return wants_to_move(*view); }))
    console.note("no service is running, so jobs move only while `dosvc wait` or `dosvc get` runs");
}

std::string bytes_text(std::uint64_t bytes, std::optional<std::uint64_t> total) {
  if (!total) return bytes == 0 ? "size unknown" : format_bytes(bytes) + " of unknown size";
  return fmt::format("{} of {} ({})", format_bytes(bytes), format_bytes(*total), format_percent(bytes, total));
}

std::string short_bytes_text(const Progress& progress) {
  if (!progress.bytes_total) return progress.bytes_transferred == 0 ? "-" : format_bytes(progress.bytes_transferred);
  return format_percent(progress.bytes_transferred, progress.bytes_total) + " of " +
         format_bytes(*progress.bytes_total);
}

std::string waits_text(const JobSnapshot& shot) {
  switch (shot.wait) {
    case WaitReason::turn:
      return "its turn";
    case WaitReason::answer:
      return "the server's answer";
    case WaitReason::retry:
      return shot.next_attempt ? "the next try at " + format_local_time(*shot.next_attempt) : "the next try";
    case WaitReason::resume_call:
      return "`dosvc resume " + short_id(shot.job.id) + "`";
    case WaitReason::complete_call:
      return "`dosvc complete " + short_id(shot.job.id) + "`";
    case WaitReason::log_on:
      return "its owner's log-on";
    case WaitReason::none:
      break;
  }
  return {};
}

// A job that its program gave no name is known by its first file, as far as that is known.
std::string name_shown(const JobView& view) {
  const JobSnapshotPtr shot = view.snapshot();
  const auto file = view.file(0);
  if (!shot->job.display_name.empty() || !file) return escaped(shot->job.display_name);
  const FileSnapshotPtr first = file->snapshot();
  const std::string& path = first->file.local_name;
  const bool to_stream = shot->job.download && shot->job.download->to_stream;
  if (!path.empty() && !to_stream) return escaped(path.substr(path.rfind('/') + 1));
  return first->file.remote_name.empty() ? std::string() : redacted(first->file.remote_name);
}

std::string about_job(const JobView& view) {
  const JobSnapshotPtr shot = view.snapshot();
  const Job& job = shot->job;
  std::string text;
  const auto line = [&text](std::string_view name, std::string_view value) {
    if (!value.empty()) text += fmt::format("{:<10} {}\n", name, value);
  };
  line("id", job.id.text());
  line("name", name_shown(view));
  line("state", name_of(job.state()));
  line("waits for", waits_text(*shot));
  line("priority", name_of(job.priority));
  line("bytes", bytes_text(shot->progress.bytes_transferred, shot->progress.bytes_total));
  line("files", fmt::format("{} of {} transferred", shot->progress.files_transferred, shot->progress.files_total));
  line("created", format_local_time(job.created));
  line("modified", format_local_time(job.modified));
  if (job.transfer_completed) line("finished", format_local_time(*job.transfer_completed));
  if (job.error) {
    line("error", escaped(job.error->error.message));
    line("code", fmt::format("{} ({})", format_code(job.error->error.code), name_of(job.error->error.context)));
  }
  return text;
}

// A download may still be without either.
std::string about_file(const FileSnapshot& file) {
  const std::string& path = file.file.local_name;
  const std::string& url = file.file.remote_name;
  return fmt::format("{:<11} {}  {} <- {}\n", name_of(file.file.stage),
                     bytes_text(file.bytes_transferred, file.bytes_total), path.empty() ? "no path yet" : escaped(path),
                     url.empty() ? "no address yet" : redacted(url));
}

}  // namespace

Result<ExitCode> run_list(Console& console) {
  const auto service = DO_TRY(open_queue(false));
  const Views views = DO_TRY(all_jobs(*service));
  if (console.json()) {
    std::vector<JobReport> reports;
    for (const auto& view : views) reports.push_back({view, "", std::nullopt});
    console.document(jobs_json(reports));
  } else if (views.empty()) {
    console.note("the queue is empty");
  } else {
    std::string text = fmt::format("{:<8}  {:<15}  {:<10}  {:<18}  {}\n", "ID", "STATE", "PRIORITY", "BYTES", "NAME");
    for (const auto& view : views) {
      const JobSnapshotPtr shot = view->known();
      text += fmt::format("{:<8}  {:<15}  {:<10}  {:<18}  {}\n", short_id(view->id()), name_of(shot->job.state()),
                          name_of(shot->job.priority), short_bytes_text(shot->progress), name_shown(*view));
    }
    console.print(text);
  }
  note_if_waiting(views, console);
  return ExitCode::done;
}

Result<ExitCode> run_show(const ShowArguments& arguments, Console& console) {
  const auto service = DO_TRY(open_queue(false));
  const auto view = DO_TRY(find_job(*service, arguments.id));
  console.print(about_job(*view));
  if (console.json()) console.document(job_json({view, "", std::nullopt, true}));
  note_if_waiting({view}, console);
  return ExitCode::done;
}

Result<ExitCode> run_files(const FilesArguments& arguments, Console& console) {
  const auto service = DO_TRY(open_queue(false));
  const auto view = DO_TRY(find_job(*service, arguments.id));
  std::string text;
  for (const auto& file : view->files()) text += about_file(*file->snapshot());
  console.print(text);
  if (console.json()) console.document(files_json(*view));
  note_if_waiting({view}, console);
  return ExitCode::done;
}

}  // namespace dosvc::cli
