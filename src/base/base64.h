#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dosvc {

// RFC 4648, section 4: with padding, without line breaks. Read is only what is written so: nothing for anything else.
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

}  // namespace dosvc
