#pragma once

#include "core/job_service.h"

#include <sys/types.h>

#include <string>
#include <vector>

namespace dosvc {

// A program to run, without a shell between.
struct ProgramCall {
  std::string program;                   // absolute path
  std::vector<std::string> arguments;    // the first is the program's name
  std::vector<std::string> environment;  // "NAME=value", beside the owner's own HOME, USER, LOGNAME, SHELL and PATH
  mode_t umask = 022;
};

// Port: programs that are run for a job's owner.
class Programs {
 public:
  virtual ~Programs() = default;
  // Runs it as `owner` in every respect, in "/" and with /dev/null for input and output. The answer is its exit
  // status, 128 and the number of the signal that ended it; or an error when it could not be started. It is always
  // reaped, also when nobody waits for the answer any more.
  virtual void run(uid_t owner, ProgramCall call, Reply<int> exited) = 0;
};

}  // namespace dosvc
