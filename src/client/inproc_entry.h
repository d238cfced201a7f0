#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "core/job_service.h"

// The door to libdosvc-inproc, the library that holds the engine. It is loaded on demand, so that a program which talks
// to a service doesn't carry curl and SQLite. What passes the door are C++ objects, so both sides must be of one build:
// compare the stamps before anything else. The library must never be unloaded, because its threads run in it.

namespace dosvc {

struct InProcessRequest {
  std::string state_directory;  // absolute; empty: the one that the environment names
  bool transfers = true;        // false: jobs are kept and changed, but nothing moves
};

// The version of the project, given by CMake, and a number that is raised when something that passes the door changes
// between two versions: this file, core/job_service.h and what they include.
inline constexpr char kInprocStamp[] = DOSVC_VERSION "/2";

}  // namespace dosvc

extern "C" {

// The kInprocStamp that the library was built with.
using DosvcInprocStamp = const char*();
// host/in_process_service.h says what the service promises.
using DosvcOpenInProcess = void(const dosvc::InProcessRequest& request,
                                dosvc::Result<std::unique_ptr<dosvc::JobService>>& answer);

__attribute__((visibility("default"))) DosvcInprocStamp dosvc_inproc_stamp;
__attribute__((visibility("default"))) DosvcOpenInProcess dosvc_open_in_process;
}
