#include "core/job_state.h"

#include <array>

namespace dosvc {
namespace {

using S = JobState;
using E = JobEvent;

constexpr Rule kRules[] = {
    {S::suspended, E::resume, S::queued},
    {S::suspended, E::suspend, S::suspended},
    {S::suspended, E::cancel, S::cancelled},
    {S::suspended, E::complete, S::acknowledged},
    {S::suspended, E::rejected, S::error},

    {S::queued, E::resume, S::queued},
    {S::queued, E::suspend, S::suspended},
    {S::queued, E::cancel, S::cancelled},
    {S::queued, E::complete, S::acknowledged},
    {S::queued, E::slot_granted, S::connecting},
    {S::queued, E::all_files_done, S::transferred},
    {S::queued, E::rejected, S::error},

    {S::connecting, E::resume, S::connecting},
    {S::connecting, E::suspend, S::suspended},
    {S::connecting, E::cancel, S::cancelled},
    {S::connecting, E::complete, S::acknowledged},
    {S::connecting, E::slot_lost, S::queued},
    {S::connecting, E::content_began, S::transferring},
    {S::connecting, E::failed_for_now, S::transient_error},
    {S::connecting, E::failed, S::error},
    {S::connecting, E::all_files_done, S::transferred},
    {S::connecting, E::rejected, S::error},

    {S::transferring, E::resume, S::transferring},
    {S::transferring, E::suspend, S::suspended},
    {S::transferring, E::cancel, S::cancelled},
    {S::transferring, E::complete, S::acknowledged},
    {S::transferring, E::slot_lost, S::queued},
    {S::transferring, E::failed_for_now, S::transient_error},
    {S::transferring, E::failed, S::error},
    {S::transferring, E::all_files_done, S::transferred},
    {S::transferring, E::rejected, S::error},

    {S::transient_error, E::resume, S::queued},
    {S::transient_error, E::suspend, S::suspended},
    {S::transient_error, E::cancel, S::cancelled},
    {S::transient_error, E::complete, S::acknowledged},
    {S::transient_error, E::retry_due, S::queued},
    {S::transient_error, E::failed, S::error},
    {S::transient_error, E::rejected, S::error},

    {S::error, E::resume, S::queued},
    {S::error, E::suspend, S::suspended},
    {S::error, E::cancel, S::cancelled},
    {S::error, E::complete, S::acknowledged},
    {S::error, E::rejected, S::error},

    {S::transferred, E::resume, S::queued},  // files were added; without new ones the engine leaves it alone
    {S::transferred, E::suspend, S::transferred},
    {S::transferred, E::cancel, S::cancelled},
    {S::transferred, E::complete, S::acknowledged},
    {S::transferred, E::rejected, S::error},
};

constexpr std::optional<JobState> look_up(JobState from, JobEvent event) {
  for (const Rule& rule : kRules) {
    if (rule.from == from && rule.event == event) return rule.to;
  }
  return std::nullopt;
}

static_assert(!look_up(S::acknowledged, E::resume) && !look_up(S::cancelled, E::resume), "final means final");
static_assert(!look_up(S::suspended, E::slot_granted), "a suspended job never runs");

}  // namespace

std::span<const Rule> job_rules() { return kRules; }

std::optional<JobState> next_state(JobState from, JobEvent event) { return look_up(from, event); }

std::string_view name_of(JobState state) {
  switch (state) {
    case S::queued:
      return "queued";
    case S::connecting:
      return "connecting";
    case S::transferring:
      return "transferring";
    case S::suspended:
      return "suspended";
    case S::error:
      return "error";
    case S::transient_error:
      return "transient error";
    case S::transferred:
      return "transferred";
    case S::acknowledged:
      return "acknowledged";
    case S::cancelled:
      return "cancelled";
  }
  return "unknown";
}

std::string_view name_of(JobEvent event) {
  switch (event) {
    case E::resume:
      return "resume";
    case E::suspend:
      return "suspend";
    case E::cancel:
      return "cancel";
    case E::complete:
      return "complete";
    case E::slot_granted:
      return "slot granted";
    case E::slot_lost:
      return "slot lost";
    case E::content_began:
      return "content began";
    case E::failed_for_now:
      return "failed for now";
    case E::retry_due:
      return "retry due";
    case E::failed:
      return "failed";
    case E::all_files_done:
      return "all files done";
    case E::rejected:
      return "rejected";
  }
  return "unknown";
}

}  // namespace dosvc
