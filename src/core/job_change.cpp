#include "core/job_change.h"

#include "base/text.h"
#include "core/file_layout.h"
#include "core/names.h"

#include <limits.h>

#include <algorithm>
#include <limits>

namespace dosvc {
namespace {

constexpr std::size_t kMaxParameters = 4'000;  // "IBackgroundCopyJob2::SetNotifyCmdLine"
constexpr std::size_t kMaxProxyList = 32'000;  // "IBackgroundCopyJob::SetProxySettings"
constexpr std::size_t kMaxUserName = 300;      // "IBackgroundCopyJob2::SetCredentials"
constexpr std::size_t kMaxPassword = 65'536;
constexpr std::size_t kMaxHeaders = 16'384;  // "IBackgroundCopyJobHttpOptions::SetCustomHeaders"
constexpr std::size_t kMaxMethod = 64;
constexpr std::size_t kMaxDownloadText = 4'096;
constexpr std::uint32_t kKnownSecurity = 0x0fff & ~0x00e0u;
constexpr std::uint32_t kKnownPeerCaching = 0x7;
constexpr std::uint32_t kKnownFileAcl = 0xf;
constexpr std::uint32_t kKnownCostFlags = 0xc00000ff;  // BITS_COST_…
constexpr std::uint32_t kLastCostPolicy = 5;           // DODownloadCostPolicy_NoCellular

Error error(HRESULT code, std::string message) { return Error{code, ErrorContext::none, std::move(message)}; }

Result<void> check_names(const JobChange& change) {
  if (change.display_name) DO_TRY(check_text(*change.display_name, kMaxDisplayName, "the display name"));
  if (change.description) DO_TRY(check_text(*change.description, kMaxDescription, "the description"));
  if (change.content_id) DO_TRY(check_text(*change.content_id, kMaxDownloadText, "the content id"));
  if (change.correlation_vector) {
    DO_TRY(check_text(*change.correlation_vector, kMaxDownloadText, "the correlation vector"));
    DO_TRY(check_header("MS-CV: " + *change.correlation_vector));
  }
  return {};
}

Result<void> check_notify(const JobChange& change) {
  if (!change.notify_command) return {};
  const NotifyCommand& command = *change.notify_command;
  if (command.program.empty()) {
    if (command.parameters.empty()) return {};
    return error(E_INVALIDARG, "parameters need a program to notify with");
  }
  if (command.program.size() >= PATH_MAX) {
    return error(BG_E_STRING_TOO_LONG, "the program to notify with has a name that is longer than a path can be");
  }
  DO_TRY(check_local_name(command.program, "the program to notify with"));
  return check_text(command.parameters, kMaxParameters, "the parameters of the program to notify with");
}

// What can be set only as long as nothing has happened yet.
Result<void> check_time(const Job& job, std::size_t files, const JobChange& change) {
  const bool for_first_resume = change.dynamic_content || change.maximum_size || change.on_demand || change.method;
  if (for_first_resume && job.resumed) {
    return error(BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, "this can be set only before the job's first Resume");
  }
  if (change.high_performance && files > 0) {
    return error(BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE, "this can be set only before the job's first file is added");
  }
  return {};
}

bool is_default_method(const std::string& method) { return method.empty() || method == "GET"; }

// Properties that don't go together, whichever is set first.
Result<void> check_together(const Job& job, const JobChange& change) {
  const bool own_method = !is_default_method(change.method.value_or(job.http.method));
  const bool dynamic = change.dynamic_content.value_or(job.dynamic_content);
  const bool on_demand = change.on_demand.value_or(job.on_demand);
  if (own_method && (dynamic || on_demand) && (change.method || change.dynamic_content || change.on_demand)) {
    return error(BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD,
                 "a job with another HTTP method than GET can have neither dynamic content nor work on demand");
  }
  if (own_method && change.priority && *change.priority != Priority::foreground) {
    return error(BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD,
                 "a job with another HTTP method than GET stays a foreground one");
  }
  if (dynamic && on_demand && (change.dynamic_content || change.on_demand)) {
    return error(BG_E_UNSUPPORTED_JOB_CONFIGURATION, "parts of dynamic content can't be asked for");
  }
  return {};
}

Result<void> check_flags(const JobChange& change) {
  const auto known = [](const std::optional<std::uint32_t>& flags, std::uint32_t bits) {
    return !flags || (*flags & ~bits) == 0;
  };
  if (!known(change.security_flags, kKnownSecurity)) return error(E_NOTIMPL, "no such security flag");
  if (change.security_flags && (*change.security_flags & security::kRedirectPolicy) > security::kRedirectRefused) {
    return error(E_NOTIMPL, "no such redirect policy");
  }
  if (!known(change.peer_caching_flags, kKnownPeerCaching)) return error(E_NOTIMPL, "no such peer caching flag");
  if (!known(change.file_acl_flags, kKnownFileAcl)) return error(E_INVALIDARG, "no such flag of a file's rights");
  if (change.file_acl_flags && *change.file_acl_flags != 0) {
    return error(E_NOTIMPL, "rights are copied from SMB servers only, which are not supported");
  }
  if (change.cost_flags && (*change.cost_flags == 0 || !known(change.cost_flags, kKnownCostFlags))) {
    return error(E_INVALIDARG, "no such set of states of the network's cost");
  }
  if (change.cost_policy && *change.cost_policy > kLastCostPolicy) return error(E_INVALIDARG, "no such cost policy");
  if (change.callback_percent && *change.callback_percent > 100) return error(E_INVALIDARG, "there are 100 percent");
  if (change.maximum_size == 0u) {
    return error(BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE, "the largest size allowed must be at least one byte");
  }
  if (change.stored_credentials && *change.stored_credentials != AuthTarget::proxy) {
    return error(BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED, "stored credentials can be used for the proxy only");
  }
  return {};
}

Result<void> check_headers(const std::vector<std::string>& headers) {
  std::size_t total = 1;
  for (const std::string& header : headers) {
    DO_TRY(check_header(header));
    total += header.size() + 2;
  }
  if (total > kMaxHeaders) return error(BG_E_STRING_TOO_LONG, "the headers are longer than 16,384 characters");
  return {};
}

Result<void> check_proxy(const ProxySettings& proxy) {
  const bool listed = proxy.usage == ProxyUsage::listed;
  if (listed == proxy.proxies.empty() || (!listed && !proxy.bypass.empty())) {
    return error(E_INVALIDARG, "a list of proxies is needed to override the setting, and not allowed otherwise");
  }
  if (proxy.proxies.size() > kMaxProxyList) return error(BG_E_PROXY_LIST_TOO_LARGE, "the list of proxies is too long");
  if (proxy.bypass.size() > kMaxProxyList) {
    return error(BG_E_PROXY_BYPASS_LIST_TOO_LARGE, "the list of addresses without proxy is too long");
  }
  return {};
}

Result<void> check_credentials(const Credentials& given) {
  const auto fits = [](const std::string& text, std::size_t limit) { return check_text(text, limit, "it").ok(); };
  if (given.user.find('\0') != std::string::npos || given.password.find('\0') != std::string::npos) {
    return error(BG_E_INVALID_CREDENTIALS, "the user name or the password holds a zero character");
  }
  if (!fits(given.user, kMaxUserName)) return error(BG_E_USERNAME_TOO_LARGE, "the user name is too long");
  if (!fits(given.password, kMaxPassword)) return error(BG_E_PASSWORD_TOO_LARGE, "the password is too long");
  return {};
}

Result<void> check_http(const JobChange& change) {
  if (change.headers) DO_TRY(check_headers(*change.headers));
  if (change.auth_headers) DO_TRY(check_headers(*change.auth_headers));
  if (change.proxy) DO_TRY(check_proxy(*change.proxy));
  if (change.set_credentials) DO_TRY(check_credentials(*change.set_credentials));
  if (change.method && (change.method->size() > kMaxMethod || !is_token(*change.method))) {
    return error(E_INVALIDARG, "the name of an HTTP method is one word");
  }
  return {};
}

void remove_credentials(HttpOptions& http, AuthTarget target, AuthScheme scheme) {
  std::erase_if(http.credentials, [&](const Credentials& c) { return c.target == target && c.scheme == scheme; });
}

template <class T>
void take(T& value, const std::optional<T>& change) {
  if (change) value = *change;
}

void change_http(HttpOptions& http, const JobChange& change) {
  take(http.proxy, change.proxy);
  take(http.headers, change.headers);
  take(http.auth_headers, change.auth_headers);
  take(http.security_flags, change.security_flags);
  if (change.method) http.method = is_default_method(*change.method) ? std::string() : *change.method;
  http.headers_hidden = http.headers_hidden || change.hide_headers;
  if (change.remove_credentials)
    remove_credentials(http, change.remove_credentials->first, change.remove_credentials->second);
  if (change.set_credentials) {
    remove_credentials(http, change.set_credentials->target, change.set_credentials->scheme);
    http.credentials.push_back(*change.set_credentials);
  }
}

void change_download(DownloadSettings& download, const JobChange& change) {
  take(download.content_id, change.content_id);
  take(download.correlation_vector, change.correlation_vector);
  take(download.cost_policy, change.cost_policy);
  take(download.no_cellular, change.no_cellular);
  take(download.callback_percent, change.callback_percent);
  take(download.callback_interval, change.callback_interval);
  take(download.keep, change.keep);
  take(download.to_stream, change.to_stream);
  take(download.no_progress_timeout, change.no_progress_timeout);
}

// A delay that still has its default goes with the priority.
void change_priority(Job& job, const JobChange& change) {
  const bool own_method = change.method && !is_default_method(*change.method);
  const Priority priority = own_method ? Priority::foreground : change.priority.value_or(job.priority);
  const auto follow = [&](std::chrono::seconds& value, auto default_of) {
    if (value == default_of(job.view, job.priority)) value = default_of(job.view, priority);
  };
  follow(job.minimum_retry_delay, default_retry_delay);
  follow(job.no_progress_timeout, default_no_progress_timeout);
  job.priority = priority;
}

}  // namespace

Result<void> check_arguments(const JobChange& change) {
  DO_TRY(check_names(change));
  DO_TRY(check_notify(change));
  DO_TRY(check_flags(change));
  return check_http(change);
}

Result<void> check_arguments(const FileChange& change) {
  if (change.remote_name) DO_TRY(check_remote_name(*change.remote_name));
  if (change.local_name) DO_TRY(check_local_name(*change.local_name, "the local name"));
  if (change.size) DO_TRY(check_size(*change.size));
  for (const FileRange& range : change.wanted) DO_TRY(check_range(range));
  return {};
}

Result<void> check_change(const Job& job, std::size_t files, const JobChange& change) {
  DO_TRY(check_arguments(change));
  DO_TRY(check_time(job, files, change));
  return check_together(job, change);
}

bool is_owners_alone(const JobChange& change) {
  return change.set_credentials || change.remove_credentials || change.headers || change.auth_headers ||
         change.notify_command;
}

void change_job(Job& job, const JobChange& change, WallTime now) {
  change_priority(job, change);
  take(job.minimum_retry_delay, change.minimum_retry_delay);
  job.minimum_retry_delay = std::max(job.minimum_retry_delay, kSmallestRetryDelay);
  take(job.no_progress_timeout, change.no_progress_timeout);
  take(job.maximum_download_time, change.maximum_download_time);
  take(job.notify_flags, change.notify_flags);
  take(job.notify_command, change.notify_command);
  take(job.notify_class, change.notify_class);
  take(job.notify_interval, change.notify_interval);
  take(job.display_name, change.display_name);
  take(job.description, change.description);
  take(job.cost_flags, change.cost_flags);
  take(job.peer_caching_flags, change.peer_caching_flags);
  take(job.file_acl_flags, change.file_acl_flags);
  take(job.dynamic_content, change.dynamic_content);
  take(job.high_performance, change.high_performance);
  take(job.on_demand, change.on_demand);
  if (change.maximum_size) job.maximum_size = change.maximum_size;
  if (change.stored_credentials) job.stored_proxy_credentials = true;
  change_http(job.http, change);
  if (job.download) {
    change_download(*job.download, change);
    const std::chrono::seconds told = job.download->no_progress_timeout;
    job.no_progress_timeout = told.count() > 0 ? told : default_no_progress_timeout(job.view, job.priority);
  }
  job.modified = now;
}

}  // namespace dosvc
