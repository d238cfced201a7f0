#include <signal.h>

#include <cstdio>
#include <iostream>
#include <limits>
#include <string_view>

#include "origin/origin.h"
#include "origin/url_script.h"

namespace {

constexpr const char* kUsage =
    "usage: dosvc-origin [--port N] [--tls DIR] [--portal] [--seconds N]\n"
    "A web server on 127.0.0.1 that is right until its URLs tell it to be wrong. Prints its own URLs, and ends on\n"
    "SIGTERM, SIGINT or after N seconds.\n"
    "\n"
    "  --port N     listen there; else on any free port\n"
    "  --tls DIR    https as well; writes DIR/ca.pem for the client to trust\n"
    "  --portal     answer every request with a page, as a network does that wants a login\n"
    "  --seconds N  end by itself\n"
    "\n"
    "  /bytes/SIZE[/NAME]?PARAMETERS      SIZE bytes, served as the parameters tell\n"
    "  /redirect/N?to=URL[&status=302]    a chain of N redirects to URL\n"
    "  /loop                              a redirect to itself\n"
    "\n"
    "A parameter is NAME=VALUE, with a prefix for some requests only: 2. 2-4. 2-. ranged. ranged1. whole. c3. c2-.\n"
    "(by number, by having a Range, by the number of the connection). tests/origin/README.md says what each does, "
    "with\n"
    "examples. The names:\n";

void print_usage(std::ostream& out) {
  out << kUsage;
  std::size_t column = 0;
  for (const std::string& name : dosvc::origin::url_parameters()) {
    constexpr std::size_t kWidth = 110;
    if (column + name.size() > kWidth) column = 0;
    if (column == 0) out << "\n ";
    out << ' ' << name;
    column += name.size() + 1;
  }
  out << "\n";
}

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
  if (argc == 2 && std::string_view(argv[1]) == "--help") {
    print_usage(std::cout);
    return 0;
  }
  Arguments arguments;
  if (!read_arguments(argc, argv, arguments)) {
    print_usage(std::cerr);
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
