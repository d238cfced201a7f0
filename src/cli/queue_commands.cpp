#include <fmt/core.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/job_ids.h"
#include "cli/json.h"
#include "cli/queue.h"

// The commands that change the queue and are done.
namespace dosvc::cli {
namespace {

void note_that_nothing_moves(const std::string& ids, Console& console) {
  if (jobs_go_on_alone()) return;
  console.note("queued; no service is used, so nothing moves until you run `dosvc wait " + ids + "`");
}

struct Done {
  std::string result;  // for JSON
  std::string text;    // for people
  ExitCode code = ExitCode::done;
};

// `before`: the job before the command.
Done describe(JobCommand what, const JobView& view, const JobSnapshot& before, const CommandOutcome& outcome) {
  const std::string id = short_id(view.id());
  const JobSnapshotPtr shot = view.snapshot();
  const bool left_behind = outcome.code == BG_S_UNABLE_TO_DELETE_FILES;
  const char* rest = left_behind ? "; temporary files are left behind that couldn't be deleted" : "";
  if (what == JobCommand::cancel)
    return {left_behind ? "files_left_behind" : "done", fmt::format("job {} is removed{}", id, rest)};
  if (what != JobCommand::complete) return {"done", fmt::format("job {} is {}", id, name_of(shot->job.state()))};

  const Progress& progress = shot->progress;
  const bool partial = progress.files_transferred < progress.files_total;
  const char* result = left_behind ? "files_left_behind" : partial ? "partial" : "done";
  const char* files = progress.files_total == 1 ? "file" : "files";
  if (progress.files_transferred == 0) {
    return {result,
            fmt::format("job {} ended: nothing was finished, {} of {} {} dropped{}", id,
                        format_bytes(before.progress.bytes_transferred), progress.files_total, files, rest),
            ExitCode::job_error};
  }
  return {result, fmt::format("job {} is complete: {} of {} {} saved{}", id, progress.files_transferred,
                              progress.files_total, files, rest)};
}

}  // namespace

Result<ExitCode> run_add(const AddArguments& arguments, Console& console) {
  JobRequest request = DO_TRY(plan_job(arguments.job, Priority::normal));
  const auto service = DO_TRY(open_queue(false, console));
  if (const EarlierJob earlier = DO_TRY(find_earlier_job(*service, request)); earlier.view)
    return earlier_job_error(*earlier.view, request);
  const auto view = DO_TRY(make_job(*service, std::move(request)));
  DO_TRY(command(*service, view->id(), JobCommand::resume));
  console.print(view->id().text());
  console.document(job_json({view, "", std::nullopt, true}));
  note_that_nothing_moves(short_id(view->id()), console);
  return ExitCode::done;
}

Result<ExitCode> run_job_command(const JobCommandArguments& arguments, Console& console) {
  const auto service = DO_TRY(open_queue(false, console));
  std::vector<JobReport> reports;
  ExitCode code = ExitCode::done;
  std::string waiting;
  for (const auto& view : DO_TRY(find_jobs(*service, arguments.ids))) {
    const JobSnapshotPtr before = view->snapshot();
    const auto outcome = command(*service, view->id(), arguments.command);
    if (!outcome) {
      if (code == ExitCode::done) code = exit_code_for(outcome.error());
      console.problem(fmt::format("job {}: {}", short_id(view->id()), escaped(outcome.error().message)));
      reports.push_back({view, "error", JobError{outcome.error(), std::nullopt, 0}});
      continue;
    }
    Done done = describe(arguments.command, *view, *before, *outcome);
    if (code == ExitCode::done) code = done.code;
    if (done.code == ExitCode::done)
      console.report(done.text);
    else
      console.problem(done.text);
    reports.push_back({view, std::move(done.result), std::nullopt});
    if (view->snapshot()->job.state() == JobState::queued)
      waiting += (waiting.empty() ? "" : " ") + short_id(view->id());
  }
  console.document(jobs_json(reports));
  if (!waiting.empty()) note_that_nothing_moves(waiting, console);
  return code;
}

}  // namespace dosvc::cli
