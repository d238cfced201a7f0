#pragma once

#include <filesystem>

namespace dosvc {

// The program or library that this very code is part of: what else belongs to it is found from there, wherever it was
// installed. Empty when the loader doesn't know.
std::filesystem::path own_file();

}  // namespace dosvc
