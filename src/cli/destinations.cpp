#include "cli/destinations.h"

#include <fmt/core.h>

#include <filesystem>
#include <set>

#include "base/text.h"
#include "cli/exit_code.h"
#include "core/names.h"

namespace dosvc::cli {
namespace {

namespace fs = std::filesystem;

// The folder is resolved here, links and ".." included, as the shell's user means it: the queue keeps plain paths.
Result<std::string> chosen_path(const std::string& output, const std::string& folder) {
  if (output.empty()) return usage_error("-o names no file");
  if (output == "-")
    return usage_error("-o - isn't possible, a download needs a file: name one (./- for a file called \"-\")");
  const fs::path path = fs::path(folder) / output;
  std::error_code problem;
  if (!path.has_filename() || path.filename() == "." || path.filename() == ".." || fs::is_directory(path, problem))
    return Error{HRESULT_FROM_WIN32(ERROR_DIRECTORY), ErrorContext::local_file,
                 fmt::format("-o {} is a folder: name a file in it", escaped(output))};
  const fs::path parent = fs::canonical(path.parent_path(), problem);
  if (problem) {
    return Error{HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), ErrorContext::local_file,
                 fmt::format("can't save as {}: the folder {}: {}; make it first", escaped(output),
                             escaped(path.parent_path().string()), problem.message())};
  }
  return (parent / path.filename()).string();
}

}  // namespace

Result<std::vector<std::string>> destinations(const std::vector<std::string>& urls,
                                              const std::vector<std::string>& outputs, const std::string& folder) {
  std::vector<std::string> paths;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < urls.size(); ++i) {
    paths.push_back(outputs.empty() ? (fs::path(folder) / file_name_from_url(urls[i])).string()
                                    : DO_TRY(chosen_path(outputs[i], folder)));
    if (!seen.insert(paths.back()).second)
      return usage_error(
          fmt::format("two of the URLs would be saved as {}: give each its own -o", escaped(paths.back())));
  }
  return paths;
}

}  // namespace dosvc::cli
