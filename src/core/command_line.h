#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dosvc {

// The words of a command line, read as Windows programs read theirs: spaces and tabs part words but between quotation
// marks; 2n backslashes before a quotation mark are n and the mark, 2n + 1 are n and a mark that is part of the word;
// other backslashes are themselves; two marks between marks are one.
std::vector<std::string> split_command_line(std::string_view text);

}  // namespace dosvc
