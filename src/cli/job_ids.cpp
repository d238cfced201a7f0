#include "cli/job_ids.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "cli/exit_code.h"

namespace dosvc::cli {
namespace {

constexpr std::size_t kShownCharacters = 8;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return out;
}

}  // namespace

Result<JobId> find_id(std::string_view typed, const std::vector<JobId>& ids) {
  const auto not_found = [&] {
    return Error{BG_E_NOT_FOUND, ErrorContext::none,
                 fmt::format("there is no job {}: `dosvc list` shows those there are", escaped(typed))};
  };
  if (const auto whole = JobId::parse(typed)) {
    if (std::find(ids.begin(), ids.end(), *whole) == ids.end()) return not_found();
    return *whole;
  }
  if (typed.size() < kShortestAbbreviation)
    return usage_error(fmt::format("\"{}\" is too short for a job's id: type at least {} of its characters",
                                   escaped(typed), kShortestAbbreviation));
  const std::string prefix = lower(typed);
  const JobId* found = nullptr;
  for (const JobId& id : ids) {
    if (!id.text().starts_with(prefix)) continue;
    if (found) return usage_error(fmt::format("several jobs begin with {}: type more of the id", escaped(typed)));
    found = &id;
  }
  if (!found) return not_found();
  return *found;
}

Result<std::shared_ptr<JobView>> find_job(JobService& service, std::string_view typed) {
  const Caller caller = Caller::this_process();
  if (const auto whole = Uuid::parse(typed)) return service.find(caller, *whole);
  std::vector<JobId> ids;
  const auto listed = DO_TRY(service.list(caller, caller.administrator));
  for (const auto& view : listed) ids.push_back(view->id());
  return service.find(caller, DO_TRY(find_id(typed, ids)));
}

Result<std::vector<std::shared_ptr<JobView>>> find_jobs(JobService& service, const std::vector<std::string>& typed) {
  std::vector<std::shared_ptr<JobView>> found;
  for (const std::string& id : typed) {
    auto view = DO_TRY(find_job(service, id));
    const bool again =
        std::any_of(found.begin(), found.end(), [&](const auto& other) { return other->id() == view->id(); });
    if (!again) found.push_back(std::move(view));
  }
  return found;
}

std::string short_id(const JobId& id) { return id.text().substr(0, kShownCharacters); }

}  // namespace dosvc::cli
