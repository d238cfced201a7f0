#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dosvc {

// The system service's limits where its configuration names none. A file that waits takes about 3 KiB of memory and
// more with long names, and all users share the service's.
inline constexpr std::uint32_t kSystemJobsPerUser = 10'000;
inline constexpr std::uint32_t kSystemFilesPerUser = 100'000;

// What one user may have at a time; empty: as much as there is.
struct UserLimits {
  std::optional<std::uint32_t> jobs_per_user;
  std::optional<std::uint32_t> files_per_user;
  std::optional<std::uint32_t> files_per_job;
  std::optional<std::uint64_t> temporary_bytes_per_user;

  friend bool operator==(const UserLimits&, const UserLimits&) = default;
};

// For jobs whose program had no proxy variables; in the form of those variables.
struct DefaultProxy {
  std::string http;
  std::string https;
  std::string except;

  friend bool operator==(const DefaultProxy&, const DefaultProxy&) = default;
};

// What the administrator of a service decides, and may decide anew while it runs. As it stands here: what an engine
// within a program does, and a user's own service without a configuration.
struct ServiceSettings {
  UserLimits limits;
  bool run_when_logged_off = true;  // false: the jobs of a user who isn't there wait
  DefaultProxy proxy;

  friend bool operator==(const ServiceSettings&, const ServiceSettings&) = default;
};

}  // namespace dosvc
