#pragma once

#include <string>

#include "base/result.h"

namespace dosvc {

// Where a user's own queue lives: $DOSVC_STATE_DIR, else $XDG_STATE_HOME/dosvc, else $HOME/.local/state/dosvc; always
// absolute. An error when the environment names none of them.
Result<std::string> default_state_directory();

// The socket of the service that holds it: in the state directory where DOSVC_STATE_DIR names it, so that each has its
// own; else $XDG_RUNTIME_DIR/dosvc/socket; without that folder, or where it is another user's, in the state directory,
// too. A service that listens elsewhere has a link to its socket in its state directory, so that all of a user's
// programs find it, also those that run without that variable (cron, sudo).
Result<std::string> own_socket_path();

}  // namespace dosvc
