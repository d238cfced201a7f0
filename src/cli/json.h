#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/exit_code.h"
#include "core/job_service.h"
#include "core/words.h"

// The documents of --json. Their fields are described in docs/cli.md, and stay as they are.
namespace dosvc::cli {

// A job, and what came of a command on it.
struct JobReport {
  std::shared_ptr<JobView> view;
  std::string result;             // empty: the command only looked
  std::optional<JobError> error;  // of the command; else the job's own is shown
  bool with_files = false;
  JobSnapshotPtr shot{};  // empty: as it is now
};

std::string job_json(const JobReport& report);
std::string jobs_json(const std::vector<JobReport>& reports);
std::string files_json(const JobView& view);
std::string error_json(const Error& error);

// Of `monitor`, on one line. `event`: "there", "changed" or "gone".
std::string change_json(const std::string& event, WallTime when, const JobReport& report);

// What `service` finds.
struct ServiceReport {
  bool running = false;
  std::string where;    // empty: nowhere
  pid_t pid = 0;        // 0: not known
  std::string version;  // or empty
  std::string unit;     // of systemd's that it is, or empty
  std::optional<std::size_t> jobs;
};
std::string service_json(const ServiceReport& report);

// What `hash` has made.
struct HashReport {
  std::string path;            // of the pieces-hash file
  std::string digest;          // of that file, hex
  std::string hash_of_hashes;  // base64
  std::uint64_t content_length = 0;
  std::uint32_t piece_size = 0;
  std::size_t pieces = 0;
};
std::string hash_json(const HashReport& report);

// "transient_error", "remote_file": names as programs like them.
std::string identifier(std::string_view name);

}  // namespace dosvc::cli
