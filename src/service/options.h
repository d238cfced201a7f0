#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"

namespace dosvc::service {

// Whose service it is and where it is found.
enum class Kind : std::uint8_t {
  system,   // of all users, on the system bus
  session,  // of one user, on his session bus and on his own socket
  own       // of one user, on his own socket alone
};

struct Options {
  Kind kind = Kind::own;
  std::string socket;           // of one user's service; empty: see find_places()
  std::string listen;           // one more
  std::string state_directory;  // likewise
  std::string configuration;
  std::optional<int> ready_fd;  // a pipe on which whoever starts the service waits: see StartReport
};

struct ShortAnswer {  // --help, --version
  std::string text;
};

// `words` without the program's name.
std::variant<Options, ShortAnswer, Error> parse_options(std::vector<std::string> words);

}  // namespace dosvc::service
