#pragma once

#include "base/guid.h"
#include "core/file.h"
#include "core/job.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dosvc {

// Which properties a program wants changed; what is empty stays as it is. All of them or, on an error, none.
struct JobChange {
  std::optional<std::string> display_name;
  std::optional<std::string> description;
  std::optional<Priority> priority;
  std::optional<std::uint32_t> notify_flags;
  std::optional<NotifyCommand> notify_command;  // without a program: none
  std::optional<Uuid> notify_class;
  std::optional<std::chrono::milliseconds> notify_interval;
  std::optional<std::chrono::seconds> minimum_retry_delay;  // raised to kSmallestRetryDelay
  std::optional<std::chrono::seconds> no_progress_timeout;  // of a download: 0 is the default
  std::optional<std::chrono::seconds> maximum_download_time;
  std::optional<std::uint32_t> cost_flags;
  std::optional<std::uint32_t> peer_caching_flags;
  std::optional<std::uint32_t> file_acl_flags;

  std::optional<bool> dynamic_content;           // before the first Resume
  std::optional<std::uint64_t> maximum_size;     // 1 or more; before the first Resume
  std::optional<bool> high_performance;          // before the first file
  std::optional<bool> on_demand;                 // before the first Resume
  std::optional<AuthTarget> stored_credentials;  // the proxy, and nothing else

  std::optional<ProxySettings> proxy;
  std::optional<std::string> method;  // before the first Resume
  std::optional<std::vector<std::string>> headers;
  bool hide_headers = false;
  std::optional<std::vector<std::string>> auth_headers;
  std::optional<std::uint32_t> security_flags;
  std::optional<Credentials> set_credentials;
  std::optional<std::pair<AuthTarget, AuthScheme>> remove_credentials;

  // Of a download alone.
  std::optional<std::string> content_id;
  std::optional<std::string> correlation_vector;
  std::optional<std::uint32_t> cost_policy;
  std::optional<bool> no_cellular;
  std::optional<std::uint32_t> callback_percent;
  std::optional<std::chrono::seconds> callback_interval;
  std::optional<bool> keep;       // over restarts of the service
  std::optional<bool> to_stream;  // before the first start

  friend bool operator==(const JobChange&, const JobChange&) = default;
};

struct FileChange {
  std::optional<std::string> remote_name;
  std::optional<std::string> local_name;  // of a file that has none yet
  std::optional<std::uint64_t> size;      // of the remote file, when the program knows it beforehand
  std::optional<IntegrityCheck> integrity;
  std::optional<bool> integrity_mandatory;
  std::optional<Verdict> verdict;         // E_PENDING until the file is transferred
  std::optional<std::uint64_t> position;  // on demand: where to go on, BG_E_RANDOM_ACCESS_NOT_SUPPORTED else
  std::vector<FileRange> wanted;          // on demand: more that is asked for

  friend bool operator==(const FileChange&, const FileChange&) = default;
};

// The argument rules of each property, which hold whatever the job is: E_INVALIDARG, BG_E_STRING_TOO_LONG and so on,
// with a sentence.
Result<void> check_arguments(const JobChange& change);
Result<void> check_arguments(const FileChange& change);

// The same, and the rules that depend on what the job is and has done: BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE,
// …_AFTER_RESUME, BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD, BG_E_UNSUPPORTED_JOB_CONFIGURATION.
Result<void> check_change(const Job& job, std::size_t files, const JobChange& change);

// Whether it sets or takes away what the owner alone may entrust to the service: credentials, headers, a program to run
// as him.
bool is_owners_alone(const JobChange& change);

// A delay or time-out that was never set follows the priority's default. Another HTTP method than GET makes the job a
// foreground one ("IBackgroundCopyJobHttpOptions2::SetHttpMethod").
void change_job(Job& job, const JobChange& change, WallTime now);

}  // namespace dosvc
