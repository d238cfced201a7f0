#pragma once

#include "base/result.h"

namespace dosvc::cli {

// What the program ends with. docs/cli.md and --help list the numbers; scripts rely on them.
enum class ExitCode : int {
  done = 0,
  failure = 1,      // dosvc itself can't work: the queue can't be opened, …
  usage = 2,        // the command line isn't right
  job_error = 3,    // a download failed, or a job can't do what was asked
  not_running = 3,  // `service status`, as systemctl tells it
  gave_up = 4,      // --max-wait is over
  no_such_job = 5,
  hung_up = 129,      // 128 + SIGHUP
  interrupted = 130,  // 128 + SIGINT
  terminated = 143,   // 128 + SIGTERM
};

// What an error of the job service means for the one who typed the command.
ExitCode exit_code_for(const Error& error);

ExitCode exit_code_for_signal(int number);

// An error in the command line itself.
inline Error usage_error(std::string message) { return {E_INVALIDARG, ErrorContext::none, std::move(message)}; }

}  // namespace dosvc::cli
