#include "cli/queue.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>

#include "base/text.h"
#include "base/url.h"
#include "cli/destinations.h"
#include "cli/format.h"
#include "cli/job_ids.h"
#include "client/connect.h"
#include "client/environment.h"
#include "core/blocking_call.h"
#include "core/names.h"

namespace dosvc::cli {
namespace {

namespace fs = std::filesystem;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return text;
}

Result<std::string> readable_file(const std::string& name, const fs::path& folder) {
  const std::string path = (folder / name).lexically_normal().string();
  if (::access(path.c_str(), R_OK) != 0)
    return usage_error(fmt::format("can't read --cacert {}: {}", escaped(name), ::strerror(errno)));
  return path;
}

Result<HttpOptions> http_options(const NewJobArguments& arguments, HttpOptions http, const fs::path& folder) {
  http.headers = arguments.headers;
  if (!arguments.user_password.empty()) {
    const auto colon = arguments.user_password.find(':');
    http.credentials.push_back({AuthTarget::server, AuthScheme::basic, arguments.user_password.substr(0, colon),
                                colon == std::string::npos ? "" : arguments.user_password.substr(colon + 1)});
  }
  if (arguments.proxy) http.http_proxy = http.https_proxy = *arguments.proxy;
  if (!arguments.ca_file.empty()) http.ca_file = DO_TRY(readable_file(arguments.ca_file, folder));
  return http;
}

// The name of its first file, and how many more there are. File names are shorter than display names may be.
std::string default_name(const std::vector<NewFile>& files) {
  const std::string first = fs::path(files.front().local_name).filename().string();
  const std::string more = files.size() == 1 ? "" : fmt::format(" and {} more", files.size() - 1);
  return check_text(first + more, kMaxDisplayName, "") ? first + more : first;
}

Result<void> check_url(const std::string& url) {
  const auto parsed = parse_url(url);
  if (parsed) return {};
  // What isn't a URL may hold a password all the same, so it isn't repeated.
  return usage_error(
      fmt::format("{} (URLs look like https://example.com/file)", without_full_stop(parsed.error().message)));
}

}  // namespace

Result<std::shared_ptr<JobService>> open_queue(bool transfers, Console& console) {
  auto service = connect({.transfers = transfers});
  if (!service) {
    Error error = service.error();
    error.context = ErrorContext::queue;
    return error;
  }
  if (console.verbose()) {
    // Which service it is is only known when it has answered something.
    (void)(*service)->find(Caller::this_process(), JobId{});
    console.note("using " + escaped(service_in_use()));
  }
  return service;
}

bool jobs_go_on_alone() { return uses_service(); }

Result<JobRequest> plan_job(const NewJobArguments& arguments, Priority priority) {
  std::error_code problem;
  const fs::path folder = fs::current_path(problem);
  if (problem)
    return Error{HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), ErrorContext::local_file,
                 fmt::format("the current folder can't be found: {}; go to another one", problem.message())};
  for (const std::string& url : arguments.urls) DO_TRY(check_url(url));
  const auto paths = DO_TRY(destinations(arguments.urls, arguments.outputs, folder.string()));

  JobRequest request;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    NewFile& file = request.files.emplace_back();
    file.remote_name = arguments.urls[i];
    file.local_name = paths[i];
    if (!arguments.sha256.empty()) file.sha256 = lower(arguments.sha256[i]);
    DO_TRY(check_new_file(file));
  }
  // Several files of a job at a time: the other view takes them one by one.
  request.job.view = ApiView::delivery_optimization;
  request.job.display_name = arguments.name.empty() ? default_name(request.files) : arguments.name;
  request.job.priority = arguments.priority.value_or(priority);
  set_from_environment(request.job);
  request.job.http = DO_TRY(http_options(arguments, std::move(request.job.http), folder));
  return request;
}

Result<EarlierJob> find_earlier_job(JobService& service, const JobRequest& request) {
  // By its name on disk, the URL of each file.
  std::map<std::string, std::string> wanted;
  for (const NewFile& file : request.files) wanted[file.local_name] = file.remote_name;
  auto listed = DO_TRY(service.list(Caller::this_process(), false));
  for (auto& view : listed) {
    const JobState state = view->known()->job.state();
    if (state == JobState::acknowledged || state == JobState::cancelled) continue;
    std::size_t shared_names = 0;
    std::size_t same = 0;
    const auto files = view->files();
    for (const auto& file : files) {
      const FileSnapshotPtr shot = file->known();
      const auto found = wanted.find(shot->file.local_name);
      if (found == wanted.end()) continue;
      ++shared_names;
      if (found->second == shot->file.remote_name) ++same;
    }
    if (shared_names > 0) return EarlierJob{std::move(view), same == files.size() && same == wanted.size()};
  }
  return EarlierJob{};
}

Error earlier_job_error(const JobView& earlier, const JobRequest& request) {
  std::string name = request.files.front().local_name;
  for (const auto& file : earlier.files()) {
    const FileSnapshotPtr shot = file->known();
    const bool shared = std::any_of(request.files.begin(), request.files.end(),
                                    [&](const NewFile& wanted) { return wanted.local_name == shot->file.local_name; });
    if (!shared) continue;
    name = shot->file.local_name;
    break;
  }
  const std::string id = short_id(earlier.id());
  // The caller escapes what it prints.
  return {HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION), ErrorContext::local_file,
          fmt::format("job {} already downloads to {}: `dosvc wait {}` goes on with it, `dosvc cancel {}` removes it",
                      id, name, id, id)};
}

Result<std::shared_ptr<JobView>> make_job(JobService& service, JobRequest request) {
  const Caller caller = Caller::this_process();
  auto view = DO_TRY(wait_for<std::shared_ptr<JobView>>(
      [&](auto reply) { service.create_job(caller, std::move(request.job), std::move(reply)); }));
  const auto added = wait_for<std::uint32_t>(
      [&](auto reply) { service.add_files(caller, view->id(), std::move(request.files), std::move(reply)); });
  if (added) return view;
  (void)command(service, view->id(), JobCommand::cancel);
  return added.error();
}

Result<CommandOutcome> command(JobService& service, const JobId& id, JobCommand command) {
  return wait_for<CommandOutcome>(
      [&](auto reply) { service.command(Caller::this_process(), id, command, std::move(reply)); });
}

}  // namespace dosvc::cli
