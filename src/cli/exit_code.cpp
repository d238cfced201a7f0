#include "cli/exit_code.h"

#include <signal.h>

namespace dosvc::cli {

ExitCode exit_code_for(const Error& error) {
  if (error.context == ErrorContext::queue) return ExitCode::failure;
  switch (error.code) {
    case E_INVALIDARG:
    case BG_E_STRING_TOO_LONG:
      return ExitCode::usage;
    case BG_E_NOT_FOUND:
      return ExitCode::no_such_job;
    default:
      return ExitCode::job_error;
  }
}

ExitCode exit_code_for_signal(int number) {
  if (number == SIGHUP) return ExitCode::hung_up;
  return number == SIGINT ? ExitCode::interrupted : ExitCode::terminated;
}

}  // namespace dosvc::cli
