#include "dbus/wire.h"

#include <algorithm>

namespace dosvc::wire {

namespace {

constexpr std::size_t kDigits = 32;

bool is_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

std::string path_of(const JobId& id) {
  std::string path = std::string(kJobsPath) + "/";
  for (const char c : id.text()) {
    if (c != '-') path += c;
  }
  return path;
}

std::optional<JobId> job_at(std::string_view path) {
  constexpr std::string_view kFolder = kJobsPath;
  if (!path.starts_with(kFolder)) return std::nullopt;
  path.remove_prefix(kFolder.size());
  if (path.size() != 1 + kDigits || path.front() != '/') return std::nullopt;
  std::string digits(path.substr(1));
  if (!std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  for (const std::size_t dash : {8, 13, 18, 23}) digits.insert(dash, 1, '-');
  return Uuid::parse(digits);
}

}  // namespace dosvc::wire
