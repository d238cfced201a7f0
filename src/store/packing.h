#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/file.h"
#include "core/http_options.h"

namespace dosvc {

// Lists as one text. What is read is hostile: nothing when it isn't exactly what pack() writes.

// Any texts: each as "<length>:<bytes>,".
std::string pack(const std::vector<std::string>& texts);
std::optional<std::vector<std::string>> unpack(std::string_view packed);

// Four texts each: target and scheme as numbers, user, password.
std::string pack(const std::vector<Credentials>& credentials);
std::optional<std::vector<Credentials>> unpack_credentials(std::string_view packed);

// "0+100,200+": offset and length; without one, to the end.
std::string pack(const std::vector<FileRange>& ranges);
std::optional<std::vector<FileRange>> unpack_ranges(std::string_view packed);

}  // namespace dosvc
