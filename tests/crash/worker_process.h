#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/unique_fd.h"

namespace dosvc::crash {

// One life of a program. The destructor kills what still lives.
class WorkerProcess {
 public:
  explicit WorkerProcess(const std::vector<std::string>& command);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  // False when it isn't so in time, or the process has ended.
  bool wait_for_word(const std::string& word, std::chrono::milliseconds at_most);
  // True when it has ended by then.
  bool wait_for_end(std::chrono::microseconds at_most);

  // Its standard input ends; it is empty before.
  void close_input() { input_.reset(); }

  // The wait status, once it has ended; kill() first sends SIGKILL.
  int reap();
  int kill();

 private:
  pid_t pid_ = -1;
  int status_ = 0;
  UniqueFd process_;
  UniqueFd input_;
  UniqueFd words_;
  std::string heard_;
};

}  // namespace dosvc::crash
