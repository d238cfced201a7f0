#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "base/unique_fd.h"

namespace dosvc::cli_tests {

struct Finished {
  int code = -1;  // -1: ended by a signal
  std::string out;
  std::string err;
};

// One run of a program, its output caught. Killed by the destructor if it still runs. One thread.
class Program {
 public:
  struct Start {
    std::vector<std::string> words;  // words[0] is the program's path
    std::string folder;              // to run in
    std::map<std::string, std::string> environment;
    bool terminal = false;  // standard error is one, 80 columns wide
  };
  explicit Program(const Start& start);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  // Wait until standard output, or standard error, holds `text`. False when it ends without it, or after half a minute.
  bool wait_for_text(const std::string& text) { return wait_for(text, finished_.out); }
  bool wait_for_error_text(const std::string& text) { return wait_for(text, finished_.err); }
  // Waits for the end; a program that doesn't come to one is killed, and the code is -1.
  Finished finish();

 private:
  bool wait_for(const std::string& text, const std::string& in);
  bool read_some();

  pid_t pid_ = -1;
  UniqueFd out_;
  UniqueFd err_;
  Finished finished_;
};

}  // namespace dosvc::cli_tests
