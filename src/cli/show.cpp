#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "base/url.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/job_ids.h"
#include "cli/job_text.h"
#include "cli/json.h"
#include "cli/queue.h"
#include "cli/users.h"

// The commands that only look.
namespace dosvc::cli {
namespace {

using Views = std::vector<std::shared_ptr<JobView>>;

bool wants_to_move(const JobView& view) {
  const JobState state = view.snapshot()->job.state();
  return state == JobState::queued || state == JobState::transient_error || is_running(state);
}

void note_if_waiting(const Views& views, Console& console) {
  if (jobs_go_on_alone()) return;
  if (std::any_of(views.begin(), views.end(), [](const auto& view) { return wants_to_move(*view); }))
    console.note("no service is used, so jobs move only while `dosvc wait` or `dosvc get` runs");
}

std::string bytes_text(std::uint64_t bytes, std::optional<std::uint64_t> total) {
  if (!total) return bytes == 0 ? "size unknown" : format_bytes(bytes) + " of unknown size";
  return fmt::format("{} of {} ({})", format_bytes(bytes), format_bytes(*total), format_percent(bytes, total));
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
  if (job.owner != Caller::this_process().uid) line("owner", user_name(job.owner));
  line("state", name_of(job.state()));
  line("waits for", wait_text(*shot));
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

std::string table(const Views& views, bool with_owners) {
  const auto owner_column = [with_owners](std::string_view owner) {
    return with_owners ? fmt::format("{:<12}  ", owner) : std::string();
  };
  static constexpr char kRow[] = "{:<8}  {}{:<15}  {:<13}  {:<10}  {:<18}  {}\n";
  std::string text = fmt::format(kRow, "ID", owner_column("OWNER"), "STATE", "WAITS FOR", "PRIORITY", "BYTES", "NAME");
  for (const auto& view : views) {
    const JobSnapshotPtr shot = view->known();
    text += fmt::format(kRow, short_id(view->id()), owner_column(user_name(shot->job.owner)),
                        name_of(shot->job.state()), short_wait_text(*shot), name_of(shot->job.priority),
                        short_bytes_text(shot->progress), name_shown(*view));
  }
  return text;
}

}  // namespace

Result<ExitCode> run_list(const ListArguments& arguments, Console& console) {
  const auto service = DO_TRY(open_queue(false, console));
  const Views views = DO_TRY(jobs_by_age(*service, arguments.all_users));
  if (console.json()) {
    std::vector<JobReport> reports;
    for (const auto& view : views) reports.push_back({view, "", std::nullopt, false, view->known()});
    console.document(jobs_json(reports));
  } else if (views.empty()) {
    console.note("the queue is empty");
  } else {
    console.print(table(views, arguments.all_users));
  }
  note_if_waiting(views, console);
  return ExitCode::done;
}

Result<ExitCode> run_show(const ShowArguments& arguments, Console& console) {
  const auto service = DO_TRY(open_queue(false, console));
  const auto view = DO_TRY(find_job(*service, arguments.id));
  console.print(about_job(*view));
  if (console.json()) console.document(job_json({view, "", std::nullopt, true}));
  note_if_waiting({view}, console);
  return ExitCode::done;
}

Result<ExitCode> run_files(const FilesArguments& arguments, Console& console) {
  const auto service = DO_TRY(open_queue(false, console));
  const auto view = DO_TRY(find_job(*service, arguments.id));
  std::string text;
  for (const auto& file : view->files()) text += about_file(*file->known());
  console.print(text);
  if (console.json()) console.document(files_json(*view));
  note_if_waiting({view}, console);
  return ExitCode::done;
}

}  // namespace dosvc::cli
