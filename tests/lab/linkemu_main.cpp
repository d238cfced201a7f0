// linkemu: a link between two network namespaces that exist already, as README.md tells.

#include <signal.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "lab/emulator.h"

namespace dosvc::lab {
namespace {

constexpr const char* kUsage =
    "usage: linkemu --a NAMESPACE:INTERFACE --b NAMESPACE:INTERFACE [--rate 50M] [--up-rate 50M] [--delay MS]\n"
    "               [--queue MS] [--loss PERCENT] [--seconds N]\n"
    "Makes the interfaces, carries frames between them, and tells what became of them when it ends: on SIGTERM, "
    "SIGINT\n"
    "or after N seconds. \"Down\" is from a to b; the loss is there alone.\n";

struct Arguments {
  std::string a;
  std::string b;
  Line down{.queue = std::chrono::milliseconds(100)};
  std::optional<double> up_rate;
  long seconds = 0;  // 0: until a signal
};

std::optional<double> read_number(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  const std::string_view unit = end;
  if (end == text.c_str() || number < 0) return std::nullopt;
  if (unit == "K") return number * 1e3;
  if (unit == "M") return number * 1e6;
  if (unit == "G") return number * 1e9;
  return unit.empty() ? std::optional(number) : std::nullopt;
}

Span milliseconds(double number) { return Span(static_cast<Span::rep>(number * 1e6)); }

bool read_arguments(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) return false;
    const std::string_view name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--a" || name == "--b") {
      (name == "--a" ? arguments.a : arguments.b) = value;
      continue;
    }
    const auto number = read_number(value);
    if (!number) return false;
    if (name == "--rate") {
      arguments.down.rate = *number;
    } else if (name == "--up-rate") {
      arguments.up_rate = number;
    } else if (name == "--delay") {
      arguments.down.delay = milliseconds(*number);
    } else if (name == "--queue") {
      arguments.down.queue = milliseconds(*number);
    } else if (name == "--loss") {
      arguments.down.loss = *number / 100;
    } else if (name == "--seconds") {
      arguments.seconds = static_cast<long>(*number);
    } else {
      return false;
    }
  }
  return !arguments.a.empty() && !arguments.b.empty();
}

// "NAMESPACE:INTERFACE"; an empty namespace is our own.
Result<Tap> make_tap_at(const std::string& place) {
  const std::size_t colon = place.find(':');
  if (colon == std::string::npos) return Error{E_INVALIDARG, ErrorContext::none, place + " is no NAMESPACE:INTERFACE"};
  if (colon == 0) return make_tap(place.substr(1));
  const NetNamespace where = DO_TRY(NetNamespace::open(place.substr(0, colon)));
  const Inside inside = DO_TRY(Inside::enter(where));
  return make_tap(place.substr(colon + 1));
}

void report(const char* direction, const Counts& counts) {
  std::printf("%s: %llu frames, %llu bytes, %llu lost, %llu dropped, longest wait %.3f ms\n", direction,
              static_cast<unsigned long long>(counts.delivered), static_cast<unsigned long long>(counts.bytes),
              static_cast<unsigned long long>(counts.lost), static_cast<unsigned long long>(counts.dropped),
              std::chrono::duration<double, std::milli>(counts.longest_wait).count());
}

void wait_for_end(const sigset_t& ending, long seconds) {
  int received = 0;
  if (seconds == 0) {
    sigwait(&ending, &received);
    return;
  }
  const timespec at_most{seconds, 0};
  sigtimedwait(&ending, nullptr, &at_most);
}

Result<void> run(const Arguments& arguments, const sigset_t& ending) {
  Link link = even_link(arguments.down);
  if (arguments.up_rate) link.up.rate = *arguments.up_rate;
  const auto emulator =
      DO_TRY(Emulator::start(DO_TRY(make_tap_at(arguments.a)), DO_TRY(make_tap_at(arguments.b)), link));
  if (!emulator->in_real_time()) std::cerr << "linkemu: no real-time priority, so the link has a jitter\n";
  wait_for_end(ending, arguments.seconds);
  const LinkCounts counts = emulator->counts();
  report("down", counts.down);
  report("up", counts.up);
  return {};
}

}  // namespace
}  // namespace dosvc::lab

int main(int argc, char** argv) {
  dosvc::lab::Arguments arguments;
  if (!dosvc::lab::read_arguments(argc, argv, arguments)) {
    std::cerr << dosvc::lab::kUsage;
    return 2;
  }
  // Before any thread begins, so that each of them inherits it.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  const auto result = dosvc::lab::run(arguments, ending);
  if (result) return 0;
  std::cerr << "linkemu: " << result.error().message << "\n";
  return 1;
}
