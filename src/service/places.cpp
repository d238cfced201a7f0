#include "service/places.h"

#include <stdlib.h>

#include <filesystem>
#include <string_view>

#include "base/text.h"
#include "core/own_place.h"

namespace dosvc::service {
namespace {

std::string_view variable(const char* name) {
  const char* value = ::getenv(name);
  return value ? value : "";
}

Result<std::string> absolute(const std::string& path) {
  std::error_code error;
  const auto found = std::filesystem::absolute(path, error);
  if (error) {
    return Error{E_INVALIDARG, ErrorContext::none, "can't find " + escaped(path) + ": " + error.message()};
  }
  return found.lexically_normal().string();
}

Result<std::string> state_directory(const Options& options) {
  if (!options.state_directory.empty()) return absolute(options.state_directory);
  if (options.kind != Kind::system) return default_state_directory();
  // systemd makes it, and says where (systemd.exec(5)).
  const auto made = variable("STATE_DIRECTORY");
  return std::string(made.starts_with('/') ? made.substr(0, made.find(':')) : "/var/lib/dosvc");
}

std::string configuration(Kind kind) {
  if (kind == Kind::system) return "/etc/dosvc/dosvc.toml";
  if (const auto home = variable("XDG_CONFIG_HOME"); home.starts_with('/'))
    return std::string(home) + "/dosvc/dosvc.toml";
  if (const auto home = variable("HOME"); home.starts_with('/')) return std::string(home) + "/.config/dosvc/dosvc.toml";
  return {};
}

Result<std::string> own_socket(const Options& options, const std::string& state_directory) {
  if (!options.socket.empty()) return absolute(options.socket);
  if (!options.state_directory.empty()) return state_directory + "/socket";
  return own_socket_path();
}

}  // namespace

Result<Places> find_places(const Options& options) {
  Places places;
  places.state_directory = DO_TRY(state_directory(options));
  places.configuration =
      options.configuration.empty() ? configuration(options.kind) : DO_TRY(absolute(options.configuration));
  if (options.kind != Kind::system) places.socket = DO_TRY(own_socket(options, places.state_directory));
  return places;
}

}  // namespace dosvc::service
