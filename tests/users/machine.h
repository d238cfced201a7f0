#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/program.h"
#include "fakes/temp_folder.h"

namespace dosvc::users {

struct User {
  std::string name;
  uid_t uid = 0;
};

// What a machine with several users has, for this process and its children alone: users with names, and a system bus
// with the rules that the machine's own has, and with ours as they are installed. Needs root, for a mount namespace.
class Machine {
 public:
  Machine();
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // Why it can't be; empty when it is.
  const std::string& problem() const { return problem_; }

  const User& ann() const { return ann_; }
  const User& bob() const { return bob_; }
  // A folder of this user's own.
  std::string folder_of(const User& user) const { return home_ / user.name; }
  const std::string& bus_address() const { return bus_address_; }
  std::string path(const std::string& name) const { return home_ / name; }

  // Starts a program as this user; root: as ourselves. With nothing of our environment but the system bus's address.
  std::unique_ptr<cli_tests::Program> start(const User& user, std::vector<std::string> words,
                                            std::map<std::string, std::string> environment = {}) const;
  // The same, to its end.
  cli_tests::Finished run(const User& user, std::vector<std::string> words) const;

 private:
  std::string make_users() const;
  std::string start_bus();

  TempFolder home_;
  const User ann_{"dosvc-ann", 61'021};
  const User bob_{"dosvc-bob", 61'022};
  std::string bus_address_;
  std::unique_ptr<cli_tests::Program> bus_;
  std::string problem_;
};

inline const User kRoot{"root", 0};

}  // namespace dosvc::users
