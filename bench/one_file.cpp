// One file of 1 GiB from nginx on the loopback, beside curl.

#include <fmt/core.h>

#include "compare.h"
#include "nginx.h"
#include "workspace.h"

namespace dosvc::bench {
namespace {

constexpr std::uint64_t kSize = std::uint64_t{1} << 30;

Result<void> run() {
  const Workspace workspace = DO_TRY(Workspace::create());
  DO_TRY(workspace.make_folder("www"));
  DO_TRY(workspace.make_folder("got"));
  DO_TRY(workspace.make_file("www/file", kSize));
  const Nginx nginx = DO_TRY(Nginx::start(workspace, "www"));
  const std::string url = nginx.url() + "/file";
  const std::string target = workspace / "got/file";

  const auto clean = [&] { workspace.clear("got/file"); };
  const auto check = [&]() -> Result<void> {
    std::error_code error;
    if (std::filesystem::file_size(target, error) == kSize && !error) return {};
    return failed("the file isn't whole");
  };
  DO_TRY(compare({.name = "one_file synced",
                  .ours = {"dosvc get", {sibling("dosvc"), "get", "-q", "-o", target, url}},
                  .peer = {"curl && sync FILE", {"sh", "-c", "curl -s -o \"$0\" \"$1\" && sync \"$0\"", target, url}},
                  .before_each = clean,
                  .check_each = check,
                  .wall_goal = 1.0,
                  .cpu_goal = 1.0,
                  .peak_goal = 40.0}));
  // What doesn't sync isn't dosvc: this is its transport alone, without queue and checkpoints.
  return compare({.name = "one_file transport",
                  .ours = {"transport alone", {sibling("fetch_file"), url, target}},
                  .peer = {"curl", {"curl", "-s", "-o", target, url}},
                  .before_each = clean,
                  .check_each = check,
                  .wall_goal = 1.0,
                  .cpu_goal = 1.0,
                  .peak_goal = 40.0});
}

}  // namespace
}  // namespace dosvc::bench

int main() { return dosvc::bench::exit_code(dosvc::bench::run()); }
