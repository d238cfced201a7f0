#include "service/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace dosvc::service {

std::variant<Options, ShortAnswer, Error> parse_options(std::vector<std::string> words) {
  Options options;
  bool system = false;
  bool session = false;
  bool own = false;
  int ready_fd = -1;
  CLI::App app("dosvcd " DOSVC_VERSION
               ": keeps a queue of downloads and carries it out; programs reach it through\n"
               "libdosvc, the command dosvc or D-Bus (org.dosvc1).",
               "dosvcd");
  app.set_version_flag("--version", "dosvcd " DOSVC_VERSION);
  auto* kind = app.add_option_group("kind");
  kind->add_flag("--system", system, "the service of all users, on the system bus");
  kind->add_flag("--session", session, "one user's service, on his session bus and his own socket");
  kind->add_flag("--own", own, "one user's service, on his own socket alone");
  kind->require_option(1);
  app.add_option("--socket", options.socket, "where one user's service is reached");
  app.add_option("--listen", options.listen, "serve direct connections at this socket, too");
  app.add_option("--state-directory", options.state_directory, "where the queue is kept");
  app.add_option("--config", options.configuration, "the file with the settings");
  app.add_option("--ready-fd", ready_fd, "tell on this descriptor when the service is ready, or why it isn't")
      ->check(CLI::NonNegativeNumber);
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::CallForHelp&) {
    return ShortAnswer{app.help()};
  } catch (const CLI::CallForVersion&) {
    return ShortAnswer{app.version() + "\n"};
  } catch (const CLI::ParseError& error) {
    return Error{E_INVALIDARG, ErrorContext::none, std::string(error.what()) + ": see dosvcd --help"};
  }
  options.kind = system ? Kind::system : session ? Kind::session : Kind::own;
  if (ready_fd >= 0) options.ready_fd = ready_fd;
  return options;
}

}  // namespace dosvc::service
