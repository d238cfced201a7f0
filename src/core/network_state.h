#pragma once

#include <cstdint>

namespace dosvc {

// Whether the machine has a network beside its loopback.
enum class NetworkState : std::uint8_t { there, lost };

}  // namespace dosvc
