#include "service/configuration.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <string.h>
#include <unistd.h>

#include <toml++/toml.h>

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "base/unique_fd.h"

namespace dosvc::service {
namespace {

constexpr std::size_t kLongestFile = 1 << 20;

Error unusable(const std::string& path, const std::string& why) {
  return {E_INVALIDARG, ErrorContext::none, "the configuration " + escaped(path) + " can't be used: " + why};
}

Error wrong_at(const std::string& path, const toml::source_region& where, const std::string& why) {
  return unusable(path, fmt::format("line {}: {}", where.begin.line, why));
}

// Empty: there is no such file.
Result<std::optional<std::string>> text_of(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file && errno == ENOENT) return std::optional<std::string>();
  if (!file) return unusable(path, ::strerror(errno));
  std::string text;
  std::array<char, 4096> block;
  for (;;) {
    const ssize_t got = ::read(file.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unusable(path, ::strerror(errno));
    if (got == 0) return std::optional(std::move(text));
    text.append(block.data(), static_cast<std::size_t>(got));
    if (text.size() > kLongestFile) return unusable(path, "it is larger than 1 MiB");
  }
}

Result<toml::table> parse(const std::string& path, const std::string& text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return wrong_at(path, error.source(), escaped(error.description()));
  }
}

// Takes a value over, or says what it must be.
using Take = std::function<std::string(const toml::node&)>;

template <class Number>
Take into_limit(std::optional<Number>& limit) {
  return [&limit](const toml::node& value) -> std::string {
    const auto number = value.value_exact<std::int64_t>();
    if (!number || *number < 0 || static_cast<std::uint64_t>(*number) > std::numeric_limits<Number>::max()) {
      return fmt::format(
          "must be a whole number from 0 (no limit) to {}",
          std::min<std::uint64_t>(std::numeric_limits<Number>::max(), std::numeric_limits<std::int64_t>::max()));
    }
    limit.reset();
    if (*number > 0) limit = static_cast<Number>(*number);
    return {};
  };
}

Take into_switch(bool& on) {
  return [&on](const toml::node& value) -> std::string {
    const auto said = value.value_exact<bool>();
    if (!said) return "must be true or false";
    on = *said;
    return {};
  };
}

Take into_text(std::string& text) {
  return [&text](const toml::node& value) -> std::string {
    auto said = value.value_exact<std::string>();
    if (!said || escaped(*said) != *said) return "must be a text in quotes, without control characters";
    text = std::move(*said);
    return {};
  };
}

}  // namespace

ServiceSettings default_settings(Kind kind) {
  ServiceSettings settings;
  if (kind == Kind::system) {
    settings.limits.jobs_per_user = kSystemJobsPerUser;
    settings.limits.files_per_user = kSystemFilesPerUser;
  }
  return settings;
}

Result<ServiceSettings> read_configuration(const std::string& path, ServiceSettings defaults) {
  if (path.empty()) return defaults;
  const auto text = DO_TRY(text_of(path));
  if (!text) return defaults;
  const toml::table tables = DO_TRY(parse(path, *text));
  ServiceSettings settings = std::move(defaults);
  const std::map<std::string_view, std::map<std::string_view, Take>> known{
      {"limits",
       {{"jobs_per_user", into_limit(settings.limits.jobs_per_user)},
        {"files_per_user", into_limit(settings.limits.files_per_user)},
        {"files_per_job", into_limit(settings.limits.files_per_job)},
        {"temporary_bytes_per_user", into_limit(settings.limits.temporary_bytes_per_user)}}},
      {"jobs", {{"run_when_logged_off", into_switch(settings.run_when_logged_off)}}},
      {"proxy",
       {{"http", into_text(settings.proxy.http)},
        {"https", into_text(settings.proxy.https)},
        {"except", into_text(settings.proxy.except)}}}};
  for (const auto& [table_name, node] : tables) {
    const auto table = known.find(table_name.str());
    if (table == known.end() || !node.is_table()) {
      return wrong_at(path, table_name.source(), fmt::format("there is no table \"{}\"", escaped(table_name.str())));
    }
    for (const auto& [name, value] : *node.as_table()) {
      const auto setting = table->second.find(name.str());
      const std::string full_name = fmt::format("\"{}.{}\"", table_name.str(), escaped(name.str()));
      if (setting == table->second.end()) {
        return wrong_at(path, name.source(), "there is no setting " + full_name);
      }
      if (auto wrong = setting->second(value); !wrong.empty()) {
        return wrong_at(path, value.source(), full_name + " " + wrong);
      }
    }
  }
  return settings;
}

}  // namespace dosvc::service
