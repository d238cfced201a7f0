// 2,000 files of 16 KiB from nginx on the loopback, in one job of the DO view, beside curl with 8 transfers at once.

#include <fmt/core.h>

#include "compare.h"
#include "nginx.h"
#include "workspace.h"

namespace dosvc::bench {
namespace {

constexpr int kFiles = 2000;
constexpr std::uint64_t kSize = 16 * 1024;

std::string curl_config(const std::string& url, const std::string& folder) {
  std::string text;
  for (int i = 0; i < kFiles; ++i) text += fmt::format("url = \"{}/{}\"\noutput = \"{}/{}\"\n", url, i, folder, i);
  return text;
}

Result<void> check(const std::string& folder) {
  int whole = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) whole += entry.file_size(error) == kSize;
  if (whole == kFiles && !error) return {};
  return failed(fmt::format("{} files are whole, not {}", whole, kFiles));
}

Result<void> run() {
  const Workspace workspace = DO_TRY(Workspace::create());
  DO_TRY(workspace.make_folder("www"));
  for (int i = 0; i < kFiles; ++i) DO_TRY(workspace.make_file(fmt::format("www/{}", i), kSize));
  const Nginx nginx = DO_TRY(Nginx::start(workspace, "www"));
  const std::string got = workspace / "got";
  DO_TRY(workspace.make_text("curl.conf", curl_config(nginx.url(), got)));

  const Side ours{"dosvc job", {sibling("many_files_job"), nginx.url(), got, std::to_string(kFiles)}};
  const auto against = [&](const std::string& name, const std::string& label, const std::string& script,
                           std::optional<double> goal) {
    return compare({.name = name,
                    .ours = ours,
                    .peer = {label, {"sh", "-c", script, got, workspace / "curl.conf"}},
                    .pairs = 5,
                    .before_each =
                        [&] {
                          workspace.clear("got");
                          (void)workspace.make_folder("got");
                        },
                    .check_each = [&] { return check(got); },
                    .wall_goal = goal});
  };
  const std::string curl = "curl -s --no-progress-meter --parallel --parallel-max 8 -K \"$1\"";
  DO_TRY(against("many_files synced", "curl && sync FILES", curl + " && cd \"$0\" && sync *", 1.5));
  DO_TRY(against("many_files synced_fs", "curl && sync -f", curl + " && sync -f \"$0\"", 1.5));
  return against("many_files unsynced", "curl alone", curl, {});
}

}  // namespace
}  // namespace dosvc::bench

int main() { return dosvc::bench::exit_code(dosvc::bench::run()); }
