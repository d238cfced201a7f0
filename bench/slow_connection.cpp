// One file from a server that gives each of eight connections the same rate, and one of them a hundredth of it. It
// answers a ninth connection with 503.

#include <fmt/core.h>

#include "cases.h"
#include "origin_server.h"
#include "peers.h"
#include "workspace.h"

namespace dosvc::bench {
namespace {

constexpr std::uint64_t kRate = 4 << 20;  // bytes per second of one connection
constexpr int kConnections = 8;
constexpr double kGoal = 1.15;  // of what seven and a hundredth of an eighth take

Result<void> run(Pace pace) {
  const bool quick = pace == Pace::quick;
  const std::uint64_t size = quick ? 64 << 20 : 256 << 20;
  const double ideal = static_cast<double>(size) / (static_cast<double>(kRate) * (kConnections - 1 + 0.01));
  const Workspace workspace = DO_TRY(Workspace::create());
  const OriginServer origin = DO_TRY(OriginServer::start());
  Daemon daemon = DO_TRY(Daemon::start(workspace, {"--own"}));
  DO_TRY(daemon.use());

  int run = 0;
  // The origin counts connections from 1 for each name.
  const auto fetching = [&] {
    return Fetching{fmt::format("{}bytes/{}/{}?rate={}&c3.rate={}&most-open={}", origin.url(), size, run++, kRate,
                                kRate / 100, kConnections),
                    workspace / "got"};
  };
  const auto measure = [&](auto side_of) -> Result<double> {
    workspace.clear("got");
    DO_TRY(workspace.make_folder("got"));
    const Fetching what = fetching();
    return DO_TRY(run_measured(side_of(what).command)).wall;
  };
  std::vector<double> ours;
  std::vector<double> theirs;
  for (int round = 0; round < (quick ? 1 : 3); ++round) {
    ours.push_back(DO_TRY(measure([&](const Fetching& what) { return dosvc_get(what, daemon); })));
    theirs.push_back(DO_TRY(measure([&](const Fetching& what) { return aria2c(what, Until::synced, kConnections); })));
  }
  const double ratio = median(ours) / ideal;
  fmt::print(
      "{:<20} {:.2f} of the ideal {:.2f} s for {} MiB | dosvc get: {:.2f} s | aria2c -x{} && sync: {:.2f} s | "
      "{} rounds{}\n",
      "slow_connection", ratio, ideal, size >> 20, median(ours), kConnections, median(theirs), ours.size(),
      verdict("wall", kGoal, ratio));
  return {};
}

}  // namespace
}  // namespace dosvc::bench

int main(int argc, char** argv) {
  return dosvc::bench::run_cases(argc, argv, {{"slow_connection", dosvc::bench::run}});
}
