#include "core/own_place.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>

#include "base/text.h"

namespace dosvc {
namespace {

std::string_view variable(const char* name) {
  const char* value = ::getenv(name);
  return value ? value : "";
}

// Whoever logs a user on makes it (XDG Base Directory Specification). su and the like leave the variable as it was:
// what is made there would be in another user's way.
bool is_own_folder(const std::string& folder) {
  struct stat status {};
  return ::stat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid();
}

}  // namespace

Result<std::string> default_state_directory() {
  namespace fs = std::filesystem;
  if (const auto chosen = variable("DOSVC_STATE_DIR"); !chosen.empty()) {
    std::error_code error;
    const fs::path absolute = fs::absolute(chosen, error);
    if (error) {
      return Error{HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), ErrorContext::queue,
                   "can't find the state directory " + escaped(chosen) + ": " + error.message() +
                       "; DOSVC_STATE_DIR can name another"};
    }
    return absolute.lexically_normal().string();
  }
  // Relative ones are to be ignored (XDG Base Directory Specification).
  if (const auto state = variable("XDG_STATE_HOME"); state.starts_with('/')) return std::string(state) + "/dosvc";
  if (const auto home = variable("HOME"); home.starts_with('/')) return std::string(home) + "/.local/state/dosvc";
  return Error{HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), ErrorContext::queue,
               "there is no place for the job queue: set DOSVC_STATE_DIR, XDG_STATE_HOME or HOME to an absolute path"};
}

Result<std::string> own_socket_path() {
  const auto runtime = variable("XDG_RUNTIME_DIR");
  if (variable("DOSVC_STATE_DIR").empty() && runtime.starts_with('/') && is_own_folder(std::string(runtime)))
    return std::string(runtime) + "/dosvc/socket";
  return DO_TRY(default_state_directory()) + "/socket";
}

}  // namespace dosvc
