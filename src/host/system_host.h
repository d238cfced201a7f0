#pragma once

#include <random>
#include <string>

#include "engine/host.h"
#include "host/state_directory.h"
#include "host/timekeeper.h"

namespace dosvc {

// The machine's clock, and a generator that begins where the kernel's generator says.
class SystemHost final : public Host {
 public:
  // The spool is in `state_directory`, which is prepared.
  SystemHost(std::string state_directory, Serves serves, const Timekeeper* time = nullptr);
  WallTime wall_now() const override;
  Clock::duration asleep() const override;
  std::uint64_t random() override { return generator_(); }
  Result<std::string> spool_folder(uid_t owner) override;

 private:
  const std::string state_directory_;
  const Serves serves_;
  const Timekeeper* time_;  // null: the machine
  std::mt19937_64 generator_;
};

}  // namespace dosvc
