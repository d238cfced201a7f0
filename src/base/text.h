#pragma once

#include <string>
#include <string_view>

namespace dosvc {

// Any bytes as part of a one-line message: valid UTF-8 stays, but control characters, line separators, marks that turn
// the direction of writing, and bytes that aren't UTF-8 become \xNN. So no text can forge a second line or steer a
// terminal.
std::string escaped(std::string_view text);

}  // namespace dosvc
