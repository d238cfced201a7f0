// 10,000 files of 4 KiB from nginx on the loopback, over HTTP/1.1 and over HTTP/2 with TLS, in one job, beside others
// who fetch as many: curl with as many transfers at once as suit it best, wget2, aria2c.

#include <fmt/core.h>

#include <limits>

#include "cases.h"
#include "compare.h"
#include "nginx.h"
#include "workspace.h"

namespace dosvc::bench {
namespace {

constexpr int kFiles = 10'000;
constexpr std::uint64_t kSize = 4 * 1024;
constexpr double kWallGoal = 1.5;

class ManyFiles {
 public:
  static Result<ManyFiles> create(const Nginx::How& how) {
    Workspace workspace = DO_TRY(Workspace::create());
    DO_TRY(workspace.make_folder("www"));
    for (int i = 0; i < kFiles; ++i) DO_TRY(workspace.make_file(fmt::format("www/{}", i), kSize));
    Nginx nginx = DO_TRY(Nginx::start(workspace, "www", how));
    std::string pairs;
    std::string urls;
    for (int i = 0; i < kFiles; ++i) {
      pairs += fmt::format("url = \"{0}/{1}\"\noutput = \"{2}/{1}\"\n", nginx.url(), i, workspace / "got");
      urls += fmt::format("{}/{}\n", nginx.url(), i);
    }
    DO_TRY(workspace.make_text("curl.conf", pairs));
    DO_TRY(workspace.make_text("urls", urls));
    Daemon daemon = DO_TRY(Daemon::start(workspace, {"--own"}));
    DO_TRY(daemon.use());
    return ManyFiles{std::move(workspace), std::move(nginx), std::move(daemon)};
  }

  Words job() const {
    Words words{sibling("many_files_job"), nginx_.url(), got(), std::to_string(kFiles)};
    if (!ca().empty()) words.push_back(ca());
    return words;
  }
  Side ours() const { return {"dosvc job", job(), &daemon_}; }
  Side ours_in_one_process() const {
    Words words{"env", "DOSVC_MODE=inproc", "DOSVC_STATE_DIR=" + workspace_ / "state-of-one"};
    for (const std::string& word : job()) words.push_back(word);
    return {"dosvc job in one process", words};
  }

  // `after`: what puts it on disk.
  Side curl(int at_once, const std::string& after = " && sync -f \"$0\"") const {
    const std::string trust = ca().empty() ? "" : fmt::format(" --cacert '{}'", ca());
    return shell(fmt::format("curl -Z{}{}", at_once, after.empty() ? "" : " && sync -f"),
                 fmt::format("curl -s --no-progress-meter -Z --parallel-max {}{} -K '{}'{}", at_once, trust,
                             workspace_ / "curl.conf", after));
  }
  Side wget2(int rounds) const {
    const std::string trust = ca().empty() ? "" : fmt::format(" --ca-certificate '{}'", ca());
    return shell("wget2 && sync -f",
                 fmt::format("wget2 -q --no-config --no-robots --max-threads=16{} -i '{}' -P \"$0\" && sync -f \"$0\"",
                             trust, workspace_ / "urls"),
                 rounds);
  }
  Side aria2c(int rounds) const {
    const std::string trust = ca().empty() ? "" : fmt::format(" --ca-certificate '{}'", ca());
    return shell("aria2c -j16 && sync -f",
                 fmt::format("aria2c -q --no-conf -j16 --file-allocation=none{} -i '{}' -d \"$0\" && sync -f \"$0\"",
                             trust, workspace_ / "urls"),
                 rounds);
  }

  Result<Cost> compare(Comparison comparison) const {
    comparison.before_each = [&] { clean(); };
    comparison.check_each = [&] { return check(); };
    return bench::compare(comparison);
  }

  // With how many transfers at once curl is fastest here.
  Result<int> best_of_curl(int tries) const {
    int best = 0;
    double least = std::numeric_limits<double>::max();
    for (const int at_once : {10, 25, 50, 100}) {
      for (int i = 0; i < tries; ++i) {
        clean();
        const Cost cost = DO_TRY(run_measured(curl(at_once).command));
        if (cost.wall >= least) continue;
        least = cost.wall;
        best = at_once;
      }
    }
    return best;
  }

 private:
  ManyFiles(Workspace workspace, Nginx nginx, Daemon daemon)
      : workspace_(std::move(workspace)), nginx_(std::move(nginx)), daemon_(std::move(daemon)) {}

  std::string got() const { return workspace_ / "got"; }
  const std::string& ca() const { return nginx_.ca_file(); }
  Side shell(const std::string& label, const std::string& script, int rounds = 0) const {
    return {label, {"sh", "-c", script, got()}, nullptr, rounds};
  }
  void clean() const {
    workspace_.clear("got");
    (void)workspace_.make_folder("got");
  }
  Result<void> check() const {
    int whole = 0;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(got(), error)) {
      whole += entry.file_size(error) == kSize;
    }
    if (whole == kFiles && !error) return {};
    return failed(fmt::format("{} files are whole, not {}", whole, kFiles));
  }

  Workspace workspace_;
  Nginx nginx_;
  Daemon daemon_;
};

Result<void> run(const std::string& name, const Nginx::How& how, Pace pace) {
  const ManyFiles files = DO_TRY(ManyFiles::create(how));
  const bool quick = pace == Pace::quick;
  const int best = DO_TRY(files.best_of_curl(quick ? 1 : 2));
  std::vector<Side> peers{files.curl(best)};
  if (!quick) peers.insert(peers.end(), {files.wget2(2), files.aria2c(1)});
  DO_TRY(files.compare(
      {.name = name, .ours = files.ours(), .peers = peers, .rounds = quick ? 2 : 5, .wall_goal = kWallGoal}));
  if (quick) return {};
  // Ours syncs all the same: a file that has its name is on disk.
  DO_TRY(
      files.compare({.name = name + " unsynced", .ours = files.ours(), .peers = {files.curl(best, "")}, .rounds = 5}));
  DO_TRY(files.compare(
      {.name = name + " in_process", .ours = files.ours_in_one_process(), .peers = {files.curl(best)}, .rounds = 5}));
  return {};
}

}  // namespace
}  // namespace dosvc::bench

int main(int argc, char** argv) {
  using namespace dosvc::bench;
  return run_cases(argc, argv,
                   {{"http1", [](Pace pace) { return run("many_files http1", {}, pace); }},
                    {"http2", [](Pace pace) { return run("many_files http2", {.tls = true, .http2 = true}, pace); }}});
}
