#include <fmt/core.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/follow.h"
#include "cli/format.h"
#include "cli/job_ids.h"
#include "cli/json.h"
#include "cli/queue.h"
#include "core/blocking_call.h"

// `get` and `wait`: the commands that let bytes move, and stay until they have.
namespace dosvc::cli {
namespace {

// Wakes the main thread when the job has come to an end, so that a short download doesn't wait for the next look at it.
class RingingListener final : public JobListener {
 public:
  explicit RingingListener(std::shared_ptr<const Wakeup::Bell> bell) : bell_(std::move(bell)) {}
  void notify(Notification, std::function<void(bool)> answer) override {
    bell_->ring();
    answer(true);
  }

 private:
  std::shared_ptr<const Wakeup::Bell> bell_;
};

std::string result_name(const FollowedJob& job, ExitCode code) {
  switch (job.ending) {
    case Ending::done:
      return "done";
    case Ending::failed:
      return "error";
    case Ending::suspended:
      return "suspended";
    case Ending::removed:
      return "removed";
    case Ending::pending:
      break;
  }
  return code == ExitCode::gave_up ? "gave_up" : "interrupted";
}

JobReport json_report(const FollowedJob& job, ExitCode code) {
  // A job in the queue tells its error itself; what was removed may no longer.
  return {job.view, result_name(job, code), job.error, true};
}

void report_done(const FollowedJob& job, std::chrono::nanoseconds elapsed, Console& console) {
  const Progress& progress = job.last->progress;
  std::string text = format_bytes(progress.bytes_transferred);
  if (progress.bytes_transferred > job.bytes_before) {
    const double moved = static_cast<double>(progress.bytes_transferred - job.bytes_before);
    const double seconds = std::max(std::chrono::duration<double>(elapsed).count(), 0.001);
    text += fmt::format(" in {}, {}", format_span(elapsed), format_rate(moved / seconds));
  }
  const auto files = job.view->files();
  if (job.in_queue) {
    console.report(fmt::format("job {} is transferred ({}): `dosvc complete {}` takes its files",
                               short_id(job.view->id()), text, short_id(job.view->id())));
  } else if (files.size() == 1) {
    console.report(fmt::format("saved {} ({})", escaped(files.front()->known()->file.local_name), text));
  } else {
    console.report(fmt::format("saved {} files of {} ({})", files.size(), escaped(job.last->job.display_name), text));
  }
}

void report_failed(const FollowedJob& job, Console& console) {
  const std::string id = short_id(job.view->id());
  const std::string why = job.error ? escaped(without_full_stop(job.error->error.message)) : "the download failed";
  if (!job.in_queue) {
    console.problem(why);
  } else if (job.last->job.state() == JobState::transferred) {
    console.problem(
        fmt::format("{}; everything is downloaded: `dosvc complete {}` tries again to save it, `dosvc cancel {}` "
                    "drops it",
                    why, id, id));
  } else {
    console.problem(
        fmt::format("{}; job {} is kept: `dosvc resume {} && dosvc wait {}` tries again, `dosvc cancel {}` "
                    "removes it",
                    why, id, id, id, id));
  }
}

void report_end(const FollowedJob& job, std::chrono::nanoseconds elapsed, Console& console) {
  const std::string id = short_id(job.view->id());
  switch (job.ending) {
    case Ending::done:
      return report_done(job, elapsed, console);
    case Ending::failed:
      return report_failed(job, console);
    case Ending::suspended:
      return console.problem(fmt::format("job {} is suspended: `dosvc resume {}` lets it go on", id, id));
    case Ending::removed:
      return console.problem(fmt::format("job {} was cancelled", id));
    case Ending::pending:
      return;  // see report_pending()
  }
}

// The jobs that are left to themselves, and how to go on with them.
void report_pending(const Follower& follower, ExitCode code, Console& console) {
  std::string ids;
  std::string why;
  std::size_t count = 0;
  for (const FollowedJob& job : follower.jobs()) {
    if (job.ending != Ending::pending) continue;
    ids += " " + short_id(job.view->id());
    ++count;
    if (why.empty() && job.last_failure) why = escaped(without_full_stop(job.last_failure->error.message));
  }
  if (count == 0) return;
  const char* jobs = count == 1 ? "the job" : "the jobs";
  const char* them = count == 1 ? "it" : "them";
  const std::string over = why.empty() ? "--max-wait is over" : "--max-wait is over, the last try failed: " + why;
  const std::string why_now = code == ExitCode::gave_up ? over : "interrupted";
  if (jobs_go_on_alone()) {
    return console.problem(
        fmt::format("{}; {} {} on in the background: `dosvc wait{}` waits for {} and takes {} files, "
                    "`dosvc cancel{}` removes {}",
                    why_now, jobs, count == 1 ? "goes" : "go", ids, them, count == 1 ? "its" : "their", ids, them));
  }
  console.problem(fmt::format("{}; {} {} queued: `dosvc wait{}` goes on, `dosvc cancel{}` removes {}", why_now, jobs,
                              count == 1 ? "stays" : "stay", ids, ids, them));
}

ExitCode follow(Follower& follower, Console& console) {
  const ExitCode code = follower.run();
  for (const FollowedJob& job : follower.jobs()) report_end(job, follower.elapsed(), console);
  report_pending(follower, code, console);
  return code;
}

// Whether the job's requests or the check of its content must be as the command line says: a job that is there already
// doesn't show its own, so it can't be compared.
bool changes_the_requests(const NewJobArguments& job) {
  return !job.headers.empty() || !job.user_password.empty() || job.proxy || !job.ca_file.empty() || !job.sha256.empty();
}

// Lets a job go on that waits for its program's call. No listener comes with it: see run_wait().
Result<void> resume_stopped(JobService& service, const JobView& view) {
  if (view.snapshot()->wait == WaitReason::resume_call) DO_TRY(command(service, view.id(), JobCommand::resume));
  return {};
}

}  // namespace

Result<ExitCode> run_get(const GetArguments& arguments, Console& console) {
  JobRequest request = DO_TRY(plan_job(arguments.job, Priority::foreground));
  Wakeup wakeup = DO_TRY(Wakeup::create());
  const auto service = DO_TRY(open_queue(true, console));
  const EarlierJob earlier = DO_TRY(find_earlier_job(*service, request));
  if (earlier.view && (!earlier.same_files || changes_the_requests(arguments.job)))
    return earlier_job_error(*earlier.view, request);
  const auto view = earlier.view ? earlier.view : DO_TRY(make_job(*service, std::move(request)));
  // Followed from before it moves, so that nothing it meets is taken for old.
  Follower follower(*service, console, wakeup,
                    {.complete = true, .remove_failed_empty = true, .max_wait = arguments.max_wait});
  follower.add(view);
  if (earlier.view) {
    console.note("going on with job " + short_id(view->id()));
    DO_TRY(resume_stopped(*service, *view));
  } else {
    DO_TRY(wait_for<void>([&](auto reply) {
      service->set_listener(Caller::this_process(), view->id(), std::make_shared<RingingListener>(wakeup.bell()),
                            std::move(reply));
    }));
    DO_TRY(command(*service, view->id(), JobCommand::resume));
  }
  const ExitCode code = follow(follower, console);
  if (console.json()) console.document(job_json(json_report(follower.jobs().front(), code)));
  return code;
}

Result<ExitCode> run_wait(const WaitArguments& arguments, Console& console) {
  Wakeup wakeup = DO_TRY(Wakeup::create());
  const auto service = DO_TRY(open_queue(true, console));
  // No listener here: it would take the place of that of the job's own program.
  Follower follower(*service, console, wakeup, {.complete = arguments.complete, .max_wait = arguments.max_wait});
  for (auto& view : DO_TRY(find_jobs(*service, arguments.ids))) follower.add(std::move(view));
  const ExitCode code = follow(follower, console);
  if (console.json()) {
    std::vector<JobReport> reports;
    for (const FollowedJob& job : follower.jobs()) reports.push_back(json_report(job, code));
    console.document(jobs_json(reports));
  }
  return code;
}

}  // namespace dosvc::cli
