#pragma once

#include <random>

#include "engine/host.h"

namespace dosvc {

// The machine's clock, and a generator that begins where the kernel's generator says.
class SystemHost final : public Host {
 public:
  SystemHost();
  WallTime wall_now() const override;
  std::uint64_t random() override { return generator_(); }

 private:
  std::mt19937_64 generator_;
};

}  // namespace dosvc
