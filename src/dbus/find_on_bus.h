#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dosvc {

enum class Bus : std::uint8_t { system, session };
std::string_view name_of(Bus bus);  // "system bus"

// The address of the bus when org.dosvc1 runs there. With `start`, also when the bus can start it, after it has done
// so. Empty: there is no such bus, or it doesn't know the name. An error: it knows the name, but can't start it.
//
// Waits for the bus, which may wait for the service to be ready.
Result<std::optional<std::string>> find_on_bus(Bus bus, bool start);

}  // namespace dosvc
