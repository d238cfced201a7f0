// One file of 1 GiB from nginx on the loopback, beside others who fetch it.

#include <fmt/core.h>

#include <fstream>
#include <span>
#include <vector>

#include "base/sha256.h"
#include "cases.h"
#include "nginx.h"
#include "peers.h"
#include "workspace.h"

namespace dosvc::bench {
namespace {

constexpr std::uint64_t kSize = std::uint64_t{1} << 30;
constexpr double kPeakGoal = 40;     // MiB
constexpr double kDigestGoal = 1.1;  // beside the same without a digest

class OneFile {
 public:
  static Result<OneFile> create(const Nginx::How& how) {
    Workspace workspace = DO_TRY(Workspace::create());
    DO_TRY(workspace.make_folder("www"));
    DO_TRY(workspace.make_folder("got"));
    DO_TRY(workspace.make_file("www/file", kSize));
    Nginx nginx = DO_TRY(Nginx::start(workspace, "www", how));
    Daemon daemon = DO_TRY(Daemon::start(workspace, {"--own"}));
    DO_TRY(daemon.use());
    return OneFile{std::move(workspace), std::move(nginx), std::move(daemon)};
  }

  const Daemon& daemon() const { return daemon_; }
  Fetching fetching() const { return {nginx_.url() + "/file", workspace_ / "got", nginx_.ca_file()}; }
  std::string served() const { return workspace_ / "www/file"; }

  std::vector<Side> peers(Until until, Pace pace) const {
    const Fetching what = fetching();
    if (pace == Pace::quick) return {curl(what, until), wget2(what, until)};
    return {curl(what, until),       wget2(what, until),   aria2c(what, until, 1),
            aria2c(what, until, 16), axel(what, until, 1), axel(what, until, 4)};
  }

  Result<Cost> compare(Comparison comparison) const {
    comparison.before_each = [&] {
      workspace_.clear("got");
      (void)workspace_.make_folder("got");
    };
    comparison.check_each = [&]() -> Result<void> {
      std::error_code error;
      if (std::filesystem::file_size(fetching().target(), error) == kSize && !error) return {};
      return failed("the file isn't whole");
    };
    return bench::compare(comparison);
  }

 private:
  OneFile(Workspace workspace, Nginx nginx, Daemon daemon)
      : workspace_(std::move(workspace)), nginx_(std::move(nginx)), daemon_(std::move(daemon)) {}

  Workspace workspace_;
  Nginx nginx_;
  Daemon daemon_;
};

Result<std::string> sha256_of(const std::string& path) {
  Sha256 digest = DO_TRY(Sha256::begin());
  std::ifstream file(path, std::ios::binary);
  std::vector<char> block(1 << 20);
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())), file.gcount() > 0) {
    digest.add(std::as_bytes(std::span(block.data(), static_cast<std::size_t>(file.gcount()))));
  }
  return digest.finish();
}

int rounds(Pace pace) { return pace == Pace::quick ? 3 : 5; }

Result<void> synced(const std::string& name, const Nginx::How& how, Pace pace) {
  const OneFile file = DO_TRY(OneFile::create(how));
  DO_TRY(file.compare({.name = name,
                       .ours = dosvc_get(file.fetching(), file.daemon()),
                       .peers = file.peers(Until::synced, pace),
                       .rounds = rounds(pace),
                       .wall_goal = 1.0,
                       .cpu_goal = 1.0,
                       .peak_goal = kPeakGoal}));
  return {};
}

// What doesn't sync isn't dosvc: this is its transport alone, without queue and checkpoints.
Result<void> unsynced(const std::string& name, const Nginx::How& how, Pace pace) {
  const OneFile file = DO_TRY(OneFile::create(how));
  DO_TRY(file.compare({.name = name,
                       .ours = transport_alone(file.fetching()),
                       .peers = file.peers(Until::written, pace),
                       .rounds = rounds(pace),
                       .wall_goal = 1.0,
                       .cpu_goal = 1.0,
                       .peak_goal = kPeakGoal}));
  return {};
}

Result<void> with_sha256(Pace pace) {
  const OneFile file = DO_TRY(OneFile::create({}));
  const std::string sha256 = DO_TRY(sha256_of(file.served()));
  DO_TRY(file.compare({.name = "one_file sha256",
                       .ours = dosvc_get(file.fetching(), file.daemon(), sha256),
                       .peers = {dosvc_get(file.fetching(), file.daemon())},
                       .rounds = pace == Pace::quick ? 3 : 7,
                       .wall_goal = kDigestGoal}));
  return {};
}

}  // namespace
}  // namespace dosvc::bench

int main(int argc, char** argv) {
  using namespace dosvc::bench;
  const Nginx::How tls{.tls = true};
  return run_cases(argc, argv,
                   {{"synced", [](Pace pace) { return synced("one_file synced", {}, pace); }},
                    {"unsynced", [](Pace pace) { return unsynced("one_file unsynced", {}, pace); }},
                    {"sha256", with_sha256},
                    {"tls", [tls](Pace pace) { return synced("one_file tls", tls, pace); }},
                    {"tls_unsynced", [tls](Pace pace) { return unsynced("one_file tls_uns.", tls, pace); }}});
}
