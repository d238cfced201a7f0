#include <signal.h>

#include <cstdio>
#include <iostream>
#include <limits>
#include <string_view>

#include "origin/origin.h"

namespace {

constexpr const char* kUsage =
    "usage: dosvc-origin [--port N] [--tls DIR] [--portal] [--seconds N]\n"
    "Serves /bytes/SIZE?… on 127.0.0.1 as tests/origin/README.md tells, prints its URLs, and ends on SIGTERM,\n"
    "SIGINT or after N seconds.\n";

struct Arguments {
  dosvc::origin::Origin::Options origin;
  bool portal = false;
  std::uint64_t seconds = 0;  // 0: until a signal
};

bool read_arguments(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--portal") {
      arguments.portal = true;
      continue;
    }
    if (i + 1 == argc) return false;
    const std::string_view value = argv[++i];
    const auto number = dosvc::origin::read_number(value);
    if (name == "--tls") {
      arguments.origin.tls_directory = value;
    } else if (name == "--port" && number && *number <= std::numeric_limits<std::uint16_t>::max()) {
      arguments.origin.port = static_cast<std::uint16_t>(*number);
    } else if (name == "--seconds" && number) {
      arguments.seconds = *number;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!read_arguments(argc, argv, arguments)) {
    std::cerr << kUsage;
    return 2;
  }
  // Before any thread begins, so that each of them inherits it.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);

  dosvc::origin::Origin origin(arguments.origin);
  if (!origin.error().empty()) {
    std::cerr << "dosvc-origin: " << origin.error() << "\n";
    return 1;
  }
  if (arguments.portal) origin.intercept(dosvc::origin::status(200));
  std::cout << origin.url("/") << "\n";
  if (!arguments.origin.tls_directory.empty()) std::cout << origin.tls_url("/") << "\n";
  std::cout.flush();

  if (arguments.seconds == 0) {
    int received = 0;
    sigwait(&ending, &received);
  } else {
    const timespec at_most{static_cast<std::time_t>(arguments.seconds), 0};
    sigtimedwait(&ending, nullptr, &at_most);
  }
  return 0;
}
