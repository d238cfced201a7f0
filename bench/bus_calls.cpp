// What a method call to the service costs beside one that the bus daemon answers itself, GetId, on the same bus in the
// same run; and the same call on the service's own socket and through libdosvc.

#include <fmt/core.h>
#include <signal.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "compare.h"
#include "core/blocking_call.h"
#include "daemon.h"
#include "dbus/proxy.h"
#include "dbus/wire.h"

namespace dosvc::bench {
namespace {

constexpr int kRounds = 15;
constexpr int kCalls = 3'000;
constexpr double kGoal = 2;

struct BusUnref {
  void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
};
using Bus = std::unique_ptr<sd_bus, BusUnref>;

// A bus daemon of our own, as a session has it.
Result<Companion> start_bus(const Workspace& workspace) {
  DO_TRY(workspace.make_text("bus.conf", fmt::format(R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus
Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <policy context="default">
    <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>
  </policy>
</busconfig>
)",
                                                     workspace / "bus")));
  int pipe[2];
  if (::pipe(pipe) != 0) return system_failed("making a pipe");
  const UniqueFd from(pipe[0]);
  UniqueFd to(pipe[1]);
  auto bus = DO_TRY(Companion::start({"dbus-daemon", "--nofork", "--config-file=" + (workspace / "bus.conf"),
                                      fmt::format("--print-address={}", to.get())},
                                     {.inherited = to.get()}, SIGTERM));
  to.reset();
  char word = 0;
  if (::read(from.get(), &word, 1) != 1) return failed("dbus-daemon didn't start");
  return bus;
}

Result<Bus> open_bus(const std::string& address, bool bus_client) {
  sd_bus* made = nullptr;
  sd_bus_new(&made);
  Bus bus(made);
  if (sd_bus_set_address(made, address.c_str()) < 0 || sd_bus_set_bus_client(made, bus_client) < 0 ||
      sd_bus_start(made) < 0)
    return failed("connecting to " + address);
  return bus;
}

double microseconds_of(const std::function<bool()>& call) {
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < kCalls; ++i) {
    if (!call()) return -1;
  }
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - began).count() / kCalls;
}

bool call(sd_bus* bus, const char* to, const char* path, const char* interface, const char* member, const char* types,
          const char* first, const char* second) {
  sd_bus_message* answer = nullptr;
  const int done = second ? sd_bus_call_method(bus, to, path, interface, member, nullptr, &answer, types, first, second)
                   : first ? sd_bus_call_method(bus, to, path, interface, member, nullptr, &answer, types, first)
                           : sd_bus_call_method(bus, to, path, interface, member, nullptr, &answer, types);
  sd_bus_message_unref(answer);
  return done >= 0;
}

Result<void> run() {
  const Workspace workspace = DO_TRY(Workspace::create());
  const Companion daemon_of_bus = DO_TRY(start_bus(workspace));
  const std::string bus_address = "unix:path=" + (workspace / "bus");
  ::setenv("DBUS_SESSION_BUS_ADDRESS", bus_address.c_str(), 1);
  const Daemon daemon = DO_TRY(Daemon::start(workspace, {"--session"}));
  const Bus bus = DO_TRY(open_bus(bus_address, true));
  const Bus direct = DO_TRY(open_bus(daemon.address(), false));
  const auto service = DO_TRY(open_bus_proxy([&](bool) {
    return Result<ServiceAddress>(ServiceAddress{bus_address, true});
  }));
  const auto job = DO_TRY(wait_for<std::shared_ptr<JobView>>(
      [&](auto reply) { service->create_job(Caller::this_process(), {.display_name = "a job"}, std::move(reply)); }));
  const std::string path = wire::path_of(job->id());
  const auto state = [&](sd_bus* on, const char* to) {
    return call(on, to, path.c_str(), "org.freedesktop.DBus.Properties", "Get", "ss", wire::kJob, "State");
  };
  const auto everything = [&](sd_bus* on, const char* to) {
    return call(on, to, path.c_str(), "org.freedesktop.DBus.Properties", "GetAll", "s", wire::kJob, nullptr);
  };
  const std::vector<std::pair<std::string, std::function<bool()>>> cases{
      {"Get State, bus", [&] { return state(bus.get(), wire::kBusName); }},
      {"GetAll, bus", [&] { return everything(bus.get(), wire::kBusName); }},
      {"Get State, socket", [&] { return state(direct.get(), nullptr); }},
      {"GetAll, socket", [&] { return everything(direct.get(), nullptr); }},
      {"snapshot(), bus", [&] { return job->snapshot() != nullptr; }},
  };
  std::vector<std::vector<double>> ratios(cases.size()), times(cases.size());
  std::vector<double> peer;
  for (int round = 0; round <= kRounds; ++round) {
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const double id = microseconds_of([&] {
        return call(bus.get(), "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId", "",
                    nullptr, nullptr);
      });
      const double ours = microseconds_of(cases[i].second);
      if (id < 0 || ours < 0) return failed("a call failed: " + cases[i].first);
      if (round == 0) continue;
      peer.push_back(id);
      ratios[i].push_back(ours / id);
      times[i].push_back(ours);
    }
  }
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const double ratio = median(ratios[i]);
    fmt::print("{:<28} {:.2f} of GetId | {:.0f} us | GetId {:.0f} us | {} pairs of {} calls; goal <= {:.0f} {}\n",
               "bus_calls " + cases[i].first, ratio, median(times[i]), median(peer), kRounds, kCalls, kGoal,
               ratio <= kGoal ? "met" : "MISSED");
  }
  return {};
}

}  // namespace
}  // namespace dosvc::bench

int main() { return dosvc::bench::exit_code(dosvc::bench::run()); }
