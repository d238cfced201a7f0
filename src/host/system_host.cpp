#include "host/system_host.h"

#include "base/guid.h"

namespace dosvc {

SystemHost::SystemHost() {
  const Uuid seed = Uuid::random();
  std::seed_seq sequence(seed.bytes.begin(), seed.bytes.end());
  generator_.seed(sequence);
}

WallTime SystemHost::wall_now() const {
  return std::chrono::floor<WallTime::duration>(std::chrono::system_clock::now());
}

}  // namespace dosvc
