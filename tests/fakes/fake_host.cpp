#include "fakes/fake_host.h"

namespace dosvc {

std::uint64_t FakeHost::random() {
  if (!next_random.empty()) {
    const std::uint64_t number = next_random.front();
    next_random.pop_front();
    return number;
  }
  // splitmix64
  std::uint64_t mixed = seed_ += 0x9E3779B97F4A7C15ULL;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
  return mixed ^ (mixed >> 31);
}

}  // namespace dosvc
