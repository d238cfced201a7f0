// One file over a link of 200 Mbit/s, 100 ms there and back, with a queue of 100 ms and frames lost by chance, from
// nginx in a network namespace of its own. The server avoids congestion by cubic.

#include <fmt/core.h>

#include "cases.h"
#include "lab/lab.h"
#include "nginx.h"
#include "peers.h"
#include "workspace.h"

namespace dosvc::bench {
namespace {

using namespace std::chrono_literals;

constexpr double kRate = 200e6;
constexpr std::uint64_t kMiB = 1 << 20;
// Of 1,538 bytes on the line 1,448 are the file's.
constexpr double kShare = 1448.0 / 1538.0;
constexpr double kLineGoal = 1.15;

struct Test {
  std::string name;
  std::uint64_t mib = 32;
  double loss = 0;  // percent
  int rounds = 5;
  int rounds_of_curl = 0;  // 0: as many
};

class FarServer {
 public:
  static Result<FarServer> create(const Test& test) {
    if (const std::string obstacle = lab::Lab::obstacle(); !obstacle.empty()) return failed(obstacle);
    lab::Lab lab = DO_TRY(
        lab::Lab::create(lab::even_link({.rate = kRate, .delay = 50ms, .queue = 100ms, .loss = test.loss / 100})));
    Workspace workspace = DO_TRY(Workspace::create());
    DO_TRY(workspace.make_folder("www"));
    DO_TRY(workspace.make_folder("got"));
    DO_TRY(workspace.make_file("www/file", test.mib * kMiB));
    Nginx nginx = DO_TRY(serve(lab, workspace));
    // From here on everything that is started is the client's.
    lab::Inside client = DO_TRY(lab::Inside::enter(lab.client()));
    Daemon daemon = DO_TRY(Daemon::start(workspace, {"--own"}));
    DO_TRY(daemon.use());
    return FarServer{std::move(lab), std::move(workspace), std::move(nginx), std::move(client), std::move(daemon)};
  }

  const Daemon& daemon() const { return daemon_; }
  Fetching fetching() const { return {nginx_.url() + "/file", workspace_ / "got"}; }
  void clean() const {
    workspace_.clear("got");
    (void)workspace_.make_folder("got");
  }
  Result<void> check(std::uint64_t size) const {
    std::error_code error;
    if (std::filesystem::file_size(fetching().target(), error) == size && !error) return {};
    return failed("the file isn't whole");
  }
  void tell(const std::string& name) const {
    const lab::LinkCounts counts = lab_.link().counts();
    const auto control = lab_.congestion_control();
    const double frames = static_cast<double>(counts.down.delivered + counts.down.lost + counts.down.dropped);
    fmt::print(
        "{:<20} server: {} (nginx's socket: {}); of {:.0f} frames {:.3f} % lost, {:.3f} % dropped by the queue; "
        "latest {:.1f} ms{}\n",
        name, control ? *control : control.error().message, nginx_.congestion_control(), frames,
        100 * static_cast<double>(counts.down.lost) / frames, 100 * static_cast<double>(counts.down.dropped) / frames,
        std::chrono::duration<double, std::milli>(counts.latest).count(),
        lab_.link().in_real_time() ? "" : ", without real-time priority");
  }

 private:
  FarServer(lab::Lab lab, Workspace workspace, Nginx nginx, lab::Inside client, Daemon daemon)
      : lab_(std::move(lab)),
        workspace_(std::move(workspace)),
        nginx_(std::move(nginx)),
        client_(std::move(client)),
        daemon_(std::move(daemon)) {}

  static Result<Nginx> serve(const lab::Lab& lab, const Workspace& workspace) {
    const lab::Inside inside = DO_TRY(lab::Inside::enter(lab.server()));
    return Nginx::start(workspace, "www", {.address = lab::kServerAddress});
  }

  lab::Lab lab_;
  Workspace workspace_;
  Nginx nginx_;
  lab::Inside client_;
  Daemon daemon_;
};

Comparison comparison_of(const FarServer& server, const Test& test, std::vector<Side> peers) {
  return {.name = "far_server " + test.name,
          .ours = dosvc_get(server.fetching(), server.daemon()),
          .peers = std::move(peers),
          .rounds = test.rounds,
          .before_each = [&server] { server.clean(); },
          .check_each = [&server, size = test.mib * kMiB] { return server.check(size); }};
}

// Not slower than aria2c with 16 connections.
Result<void> beside_others(Test test, Pace pace) {
  if (pace == Pace::quick) test.rounds = test.rounds_of_curl = 1;
  const FarServer server = DO_TRY(FarServer::create(test));
  Side curl_side = curl(server.fetching(), Until::synced);
  curl_side.rounds = test.rounds_of_curl;
  curl_side.is_aim = false;
  Comparison comparison =
      comparison_of(server, test, {aria2c(server.fetching(), Until::synced, 16), std::move(curl_side)});
  comparison.wall_goal = 1.0;
  DO_TRY(compare(comparison));
  server.tell(comparison.name);
  return {};
}

// How long the line alone takes for the file.
double ideal(std::uint64_t mib) { return static_cast<double>(mib * kMiB) * 8 / (kRate * kShare); }

Result<void> beside_the_line(Test test, Pace pace) {
  if (pace == Pace::quick) test.mib = 128;
  const FarServer server = DO_TRY(FarServer::create(test));
  Side aria2c_side = aria2c(server.fetching(), Until::synced, 16);
  Side curl_side = curl(server.fetching(), Until::synced);
  aria2c_side.rounds = curl_side.rounds = 1;
  Comparison comparison = comparison_of(server, test, {std::move(aria2c_side), std::move(curl_side)});
  comparison.warm_up = false;
  if (pace == Pace::quick) comparison.rounds = 1;
  const Cost cost = DO_TRY(compare(comparison));
  const double ratio = cost.wall / ideal(test.mib);
  fmt::print("{:<20} {:.2f} of the line's own {:.2f} s for {} MiB{}\n", comparison.name, ratio, ideal(test.mib),
             test.mib, verdict("wall", kLineGoal, ratio));
  server.tell(comparison.name);
  return {};
}

}  // namespace
}  // namespace dosvc::bench

int main(int argc, char** argv) {
  using namespace dosvc::bench;
  const auto beside = [](Test test) {
    return Case{test.name, [test](Pace pace) { return beside_others(test, pace); }};
  };
  return run_cases(
      argc, argv,
      {beside({.name = "loss_0"}),
       beside({.name = "loss_0.05", .loss = 0.05, .rounds_of_curl = 2}),
       beside({.name = "loss_0.2", .loss = 0.2, .rounds_of_curl = 1}),
       {"long", [](Pace pace) { return beside_the_line({.name = "long", .mib = 512, .rounds = 3}, pace); }}});
}
