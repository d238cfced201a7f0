#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace dosvc::bench {

using Words = std::vector<std::string>;  // a command and its arguments; looked up in PATH

// What a command cost, with all processes it started and waited for.
struct Cost {
  double wall = 0;  // seconds
  double cpu = 0;   // seconds, user and system
  double peak = 0;  // MiB resident, of its largest process
};

// Runs a command to its end and measures it. An error when it can't be run or doesn't exit with 0.
Result<Cost> run_measured(const Words& command);

// A process of ours that goes on beside us; it is told to end (with `end_signal`) and waited for in the destructor, and
// by the kernel should we die first.
class Companion {
 public:
  // What its standard streams are and which descriptor it inherits; -1: ours, and none.
  struct Streams {
    int in = -1;
    int out = -1;
    int inherited = -1;
  };
  static Result<Companion> start(const Words& command, Streams streams, int end_signal);
  Companion(Companion&& other) noexcept : pid_(other.pid_), end_signal_(other.end_signal_) { other.pid_ = -1; }
  Companion& operator=(Companion&&) = delete;
  ~Companion();

  pid_t pid() const { return pid_; }

 private:
  Companion(pid_t pid, int end_signal) : pid_(pid), end_signal_(end_signal) {}

  pid_t pid_;
  int end_signal_;
};

// The path of a program that was built beside this one.
std::string sibling(const std::string& name);

Error failed(const std::string& what);          // a sentence of ours
Error system_failed(const std::string& doing);  // with errno's text

// What main() of a bench returns: prints the error when there is one.
int exit_code(const Result<void>& result);

}  // namespace dosvc::bench
